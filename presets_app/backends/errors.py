"""What can go wrong between a backend and its vendor; each exception says why as a `Failure`.

BackendFailed
|-- FetchRefused        the guard did not let the request out, or did not accept where the reply led
|-- FetchFailed         no usable reply; `sent` tells whether the request may have arrived
|-- VendorRefused       the vendor said no and did not take the work; nothing is charged
|-- VendorFailed        the vendor cannot answer a question now
`-- MayHaveBeenCharged  a submit without a clear reply: look for it in the history, never send it again blindly
"""

from __future__ import annotations

from presets_app.core.errors import MatchframeError, Refused, Unavailable
from presets_app.core.problems import Failure


class BackendFailed(MatchframeError):
    """Base: `failure` is what the attempt's row keeps; the text is its message."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message, code=failure.code, hint=failure.hint)
        self.failure = failure


class _Fetch(BackendFailed):
    """`sent` is False only when it is certain that no byte of the request left."""

    def __init__(self, failure: Failure, *, sent: bool) -> None:
        super().__init__(failure)
        self.sent = sent


class FetchRefused(_Fetch, Refused):
    """The guarded fetcher refused an address, a scheme, a redirect or a reply's form."""


class FetchFailed(_Fetch, Unavailable):
    """No usable reply came."""


class VendorRefused(BackendFailed, Refused):
    """The vendor answered, and refused the request."""


class VendorFailed(BackendFailed, Unavailable):
    """The vendor answered with a fault of its own."""


class MayHaveBeenCharged(BackendFailed, Unavailable):
    """The vendor may hold (and bill) the work although no id came back."""
