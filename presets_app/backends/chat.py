"""A language model served on the team's own machines, in the OpenAI form of a chat endpoint: asked for words, nothing
else. It is reached through the guarded fetcher, on this machine or in the team's own network only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from presets_app.backends.addresses import HostRule
from presets_app.backends.errors import FetchFailed, VendorFailed, VendorRefused
from presets_app.backends.fetcher import Fetcher
from presets_app.core.errors import Invalid
from presets_app.core.problems import Failure
from presets_app.core.recipes import expanding

SECONDS = 300.0  # for a whole answer; a model of 7 billion parameters on a CPU writes about 5 words a second
ANSWER_LIMIT = 1 << 20  # bytes
_HINT = "Write the address up to its version, for example http://127.0.0.1:11434/v1."
_OK, _REFUSED, _BROKEN = 200, 400, 500


def rule_of(endpoint: str) -> HostRule:
    """The one host behind an endpoint, which must turn out to be this machine or one of the team's own network.
    Raises Invalid for no address."""
    try:
        rule = HostRule.configured(endpoint, private=True)
    except ValueError:
        raise Invalid("The language model's address is not a URL.", code="address_malformed", hint=_HINT) from None
    if not endpoint.startswith(("http://", "https://")):
        raise Invalid("The language model's address is not one of the web.", code="address_malformed", hint=_HINT)
    return rule


def complete(endpoint: str, model: str, text: str, options: Mapping[str, Any]) -> str:
    """The model's answer as it stands; `options` holds instruction, seed, temperature and max_tokens.

    Raises VendorRefused, VendorFailed, FetchRefused (an address outside the team's network among them), FetchFailed.
    """
    fetcher = Fetcher([rule_of(endpoint)], step_timeout=SECONDS, total_timeout=SECONDS)
    body = {
        "model": model,
        "messages": expanding.messages(options["instruction"], text),
        "temperature": options["temperature"],
        "seed": options["seed"] % 2**31,  # servers of this form take 32 bits
        "max_tokens": options["max_tokens"],
        "stream": False,
    }
    address = endpoint.rstrip("/") + "/chat/completions"
    try:
        status, value = fetcher.request_json("POST", address, body, {}, limit=ANSWER_LIMIT)
    except FetchFailed as error:
        raise FetchFailed(_unanswered(error.failure), sent=error.sent) from None
    if status != _OK:
        raise _refusal(status, model)
    answer = _words(value)
    if answer is None:
        raise VendorFailed(_strange())
    return answer


def _unanswered(failure: Failure) -> Failure:
    """The fetcher's own sentences are about targets."""
    message = failure.message.replace("The server", "The language model's server")
    return replace(failure, message=message, hint="Look whether it runs at that address, then do this step again.")


def _words(value: Any) -> str | None:
    """choices[0].message.content, when it is a text."""
    choices = value.get("choices") if isinstance(value, Mapping) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, Mapping) else None
    content = message.get("content") if isinstance(message, Mapping) else None
    return content if isinstance(content, str) else None


def _refusal(status: int, model: str) -> VendorRefused | VendorFailed:
    evidence = {"status": status}
    if _REFUSED <= status < _BROKEN:
        text = f"The language model's server did not take the question (HTTP {status})."
        hint = f"Look whether it serves a model named {model[:80]}."
        return VendorRefused(Failure("preset", "endpoint_refused", "after_change", text, hint, evidence))
    text = f"The language model's server cannot answer now (HTTP {status})."
    return VendorFailed(Failure("service", "endpoint_failed", "later", text, "Look at its log.", evidence))


def _strange() -> Failure:
    text = "The answer is not one of a chat endpoint in the OpenAI form."
    return Failure("environment", "endpoint_strange", "after_change", text, "Check the address of the language model.")
