"""What a request says, as plain text: missing fields are empty, NUL bytes are dropped, lengths are bounded."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

NAME = 200  # characters; longer than any name that is accepted, so that the refusal still names the fault
REASON = 4000


def said(given: QueryDict, name: str, most: int = NAME) -> str:
    """One field, trimmed of spaces around it."""
    return (given.get(name) or "")[:most].replace("\x00", "").strip()


def text(given: QueryDict, name: str) -> str:
    """One field that may be long, with its line breaks as one character each; the request's own size bounds it."""
    return (given.get(name) or "").replace("\r\n", "\n")


def asked(request: HttpRequest, *names: str) -> dict[str, str]:
    """The named query parameters."""
    return {name: said(request.GET, name) for name in names}
