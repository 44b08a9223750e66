"""The only socket to WaveSpeed: submit once, poll patiently, look in the history, fetch outputs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from typing import IO, Any
from urllib.parse import urlsplit

from presets_app.backends.addresses import HostRule
from presets_app.backends.base import CatalogueModel, Found, Health, Polled, Quote, Submitted
from presets_app.backends.errors import (
    BackendFailed,
    FetchFailed,
    FetchRefused,
    MayHaveBeenCharged,
    VendorFailed,
    VendorRefused,
)
from presets_app.backends.fetcher import Downloaded, Fetcher
from presets_app.backends.wavespeed import failures, replies
from presets_app.core.errors import Invalid
from presets_app.core.problems import Failure, Problem

API = "/api/v3"
OUTPUT_HOSTS = ("*.wavespeed.ai",)  # the vendor documents cdn.wavespeed.ai as an example only
_MODEL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*){0,4}")
_KEY_HINT = "Copy the key again from the service's page, without spaces or line ends."
_ADDRESS_HINT = "Use the form https://host, or http://127.0.0.1:port for a stand-in on this machine."
_RETRIED = (429, 500, 502, 503, 504)  # what the vendor's own clients retry, for GET only
_TRIES = 5
_PAGE_SIZE, _PAGES = 100, 100  # of the history
Answer = tuple[int, Any]


def open_client(
    base_url: str, key: str, *, output_hosts: Iterable[str] = (), local_only: bool = False
) -> WaveSpeedClient:
    """A client for a target's settings. A loopback address is allowed only as `base_url` itself, with its port.

    Raises Invalid for a key that cannot be a header's value, or an address that is none.
    """
    if not re.fullmatch(r"[!-~]{1,500}", key):
        raise Invalid("The target's key is empty or holds characters no key has.", code="key_malformed", hint=_KEY_HINT)
    hosts = [HostRule(host.lower()) for host in (*OUTPUT_HOSTS, *output_hosts)]
    try:
        own = HostRule.configured(base_url)
    except ValueError:
        raise Invalid("The target's address is not a URL.", code="address_malformed", hint=_ADDRESS_HINT) from None
    fetcher = Fetcher([own, *hosts], local_only=local_only)
    return WaveSpeedClient(base_url, key, fetcher)


class WaveSpeedClient:
    """`patience` is the unit of waiting in seconds between tries of a GET: 1, 2, 3, ... times."""

    def __init__(
        self,
        base_url: str,
        key: str,
        fetcher: Fetcher,
        *,
        patience: float = 1.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._key = key
        self._fetcher = fetcher
        self._patience = patience
        self._sleep = sleep
        self._poll_urls: dict[str, str] = {}

    def catalogue(self) -> list[CatalogueModel]:
        """The models that the service offers now; entries that do not have the documented form are left out."""
        return replies.models(self._data(self._get(f"{API}/models"), list))

    def quote(self, model: str, body: dict[str, Any]) -> Quote:
        """What one request would cost. Free of charge, so it is asked before money is spent."""
        asked = {"model_id": model, "inputs": body}
        return replies.quote(self._data(self._ask("POST", f"{API}/model/price", asked), dict))

    def submit(self, model: str, body: dict[str, Any]) -> Submitted:
        """Send one paid request, exactly once.

        Raises VendorRefused when the service did not take it, FetchFailed when nothing was sent, and
        MayHaveBeenCharged for everything in between: no reply, a 5xx, a reply that cannot be read.
        """
        if not _MODEL_ID.fullmatch(model):
            raise VendorRefused(failures.of_http(404))
        try:
            status, value = self._ask("POST", f"{API}/{model}", body)
        except (FetchFailed, FetchRefused) as error:
            if error.sent:
                raise _unclear(error) from None
            raise
        if 400 <= status < 500:
            raise VendorRefused(failures.of_http(status))
        submitted = replies.submitted(value) if status < 300 else None
        if submitted is None:
            why = failures.of_http(status) if status >= 300 else failures.bad_envelope(status)
            raise _unclear(VendorFailed(why))
        self._remember(submitted.vendor_id, replies.poll_url(value))
        return submitted

    def poll(self, vendor_id: str) -> Polled:
        """The state of a task. Raises VendorRefused (`not_there`) when the service no longer knows it."""
        status, value = self._get_url(self._poll_urls.get(vendor_id) or self._poll_url(vendor_id))
        if status == 404:
            # Documents and official clients disagree about the form; both are tried before giving a task up.
            self._poll_urls.pop(vendor_id, None)
            status, value = self._get_url(self._poll_url(vendor_id, result=False))
        return replies.polled(self._data((status, value), dict))

    def find(self, model: str, created_after: str) -> list[Found]:
        """The service's whole history of a model since an ISO 8601 time, newest first: where a submit without a
        clear reply is looked for.

        Raises VendorFailed rather than give a part of it: what is missing here would be taken as never sent.
        """
        found: dict[str, Found] = {}
        for page in range(1, _PAGES + 1):
            asked = {"page": page, "page_size": _PAGE_SIZE, "created_after": created_after, "model": model}
            data = self._data(self._ask("POST", f"{API}/predictions", asked), dict)
            items = replies.history(data)
            new = {entry.vendor_id: entry for entry in items if entry.vendor_id not in found}
            found.update(new)
            if not items or (not new and len(items) < _PAGE_SIZE):
                return [entry for entry in found.values() if entry.model == model]
            if not new:
                break
        raise VendorFailed(failures.history_incomplete())

    def download(self, url: str, sink: IO[bytes], *, limit: int) -> Downloaded:
        """Fetch an output that a poll named; the key is not sent along."""
        return self._fetcher.download(url, sink, limit=limit)

    def check(self) -> Health:
        """Whether the service answers and takes the key, and the balance it states."""
        try:
            balance = replies.balance(self._data(self._get(f"{API}/balance"), dict))
        except BackendFailed as error:
            return Health(False, list(error.problems), {})
        if float(balance) > 0:
            return Health(True, [], {"balance": balance})
        text = "The account's balance is empty."
        return Health(False, [Problem("no_funds", "error", "", text, "Top up the account.")], {"balance": balance})

    def _remember(self, vendor_id: str, url: str | None) -> None:
        """Keep the poll address that the service named, but only on the target's own origin."""
        if url and urlsplit(url)[:2] == urlsplit(self._base)[:2]:
            self._poll_urls[vendor_id] = url

    def _poll_url(self, vendor_id: str, *, result: bool = True) -> str:
        if not replies.VENDOR_ID.fullmatch(vendor_id):
            raise VendorRefused(failures.of_http(404))
        return f"{self._base}{API}/predictions/{vendor_id}" + ("/result" if result else "")

    def _get(self, path: str) -> Answer:
        return self._get_url(self._base + path)

    def _get_url(self, url: str) -> Answer:
        """GET with patience: overload, 5xx and broken connections are tried again, five times in all."""
        for attempt in range(1, _TRIES + 1):
            try:
                status, value = self._fetcher.request_json("GET", url, headers=self._headers())
                if status not in _RETRIED or attempt == _TRIES:
                    return status, value
            except FetchFailed as error:
                if attempt == _TRIES or error.code == "not_json":
                    raise
            self._sleep(self._patience * attempt)
        raise AssertionError("unreachable")

    def _ask(self, method: str, path: str, body: dict[str, Any]) -> Answer:
        return self._fetcher.request_json(method, self._base + path, body, self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}"}

    def _data(self, answer: Answer, form: type) -> Any:
        """The `data` of a good envelope. Raises VendorRefused for 4xx, VendorFailed for anything else."""
        status, value = answer
        if 400 <= status < 500 and status != 429:
            raise VendorRefused(failures.of_http(status))
        if status >= 300:
            raise VendorFailed(failures.of_http(status))
        data = replies.data(value)
        if not isinstance(data, form):
            raise VendorFailed(failures.bad_envelope(status))
        return data


def _unclear(error: BackendFailed) -> MayHaveBeenCharged:
    """A submit's fault as the state in which the history, or a person, must tell whether the work was taken."""
    why = error.failure
    text = f"It is not certain whether the service took the request: {why.message}"
    hint = "Look in the service's history before sending it again: it may be running and billed."
    evidence = {**why.evidence, "reason": why.code}
    return MayHaveBeenCharged(Failure(why.cause, "may_have_been_charged", "after_change", text, hint, evidence))
