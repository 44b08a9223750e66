"""The project's policy: what a sample must hold, what a release must show. A document in Git like the rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from presets_app.core.canonical import digest
from presets_app.core.problems import Problem

FORMAT = "matchframe/policy/1"
_HALF = 0.5  # an error rate of one half is a coin's

# Minimum sample sizes: facts on exact finite-batch statistics; about 14, 28 and 58 clean items bound the bad share
# at 20, 10 and 5 percent with 95 % confidence, whatever the batch size.
STANDARDS = {"smoke": 15, "standard": 30, "release": 59}

DEFAULT: dict[str, Any] = {
    "format": FORMAT,
    "version": 1,
    "standard": "smoke",
    "standards": STANDARDS,
    "confidence": 0.95,
    "error_share": 0.1,
    "streak": 2,  # passes in a row; the second shows something new only with new seeds or a cold start
    "restore_proof_items": 10,
    "dry_run": [],
    "muted": {},  # core.muting; it hides advice and never decides, so approvals do not bind to it
}

# What a document that does not say it has always meant: defaults changed, stored policies did not.
EARLIER: dict[str, Any] = {"streak": 1}
RETIRED = ("inconclusive_share",)  # decided nothing: a pair that waits for a person makes a check inconclusive anyway

# Settings that a policy may state and need not; a policy without them has the version it had before they existed.
UNSTATED: dict[str, Any] = {
    "sequential": {"p0": 0.02, "p1": 0.15, "alpha": 0.05, "beta": 0.10},
    "trial_pairs": 20,  # pairs that a new gate is judged on before it decides; facts on engine CI
}


def problems(values: Mapping[str, Any]) -> list[Problem]:
    """What stands against changing these settings."""
    return [fault for name, value in values.items() for fault in _problems(name, value)]


def _problems(name: str, value: Any) -> Iterator[Problem]:
    if name not in _ACCEPTS:
        hint = f"Settings: {', '.join(sorted(_ACCEPTS))}."
        yield Problem("policy_unknown_setting", "error", "", f"The policy has no setting {name[:80]!r}.", hint)
    elif not _ACCEPTS[name](value):
        text = f"This value does not fit the policy's {name}."
        hint = f"It is now, by default: {json.dumps({**DEFAULT, **UNSTATED}[name])}."
        yield Problem("policy_value_invalid", "error", f"/{name}", text, hint)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_share(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1


def _is_sequential(value: Any) -> bool:
    if not (isinstance(value, dict) and value.keys() <= UNSTATED["sequential"].keys()):
        return False
    if not all(isinstance(rate, float) for rate in value.values()):
        return False
    whole = {**UNSTATED["sequential"], **value}
    return 0 < whole["p0"] < whole["p1"] < 1 and all(0 < whole[name] < _HALF for name in ("alpha", "beta"))


def _is_standards(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == STANDARDS.keys() and all(map(_is_count, value.values()))


_ACCEPTS: dict[str, Callable[[Any], bool]] = {
    "standard": lambda value: isinstance(value, str) and value in STANDARDS,
    "standards": _is_standards,
    "confidence": lambda value: _is_share(value) and value > 0,
    "error_share": _is_share,
    "streak": _is_count,
    "restore_proof_items": _is_count,
    "sequential": _is_sequential,
    "trial_pairs": _is_count,
    "dry_run": lambda value: isinstance(value, list) and all(isinstance(inner, str) for inner in value),
}


def merged(document: dict[str, Any] | None) -> dict[str, Any]:
    """The project's policy over the defaults, so that an older document still answers every question."""
    return {**DEFAULT, **EARLIER, **document} if document else dict(DEFAULT)


def changed(document: dict[str, Any] | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """The policy's next version, without settings that decide nothing any more."""
    current = merged(document)
    kept = {name: value for name, value in current.items() if name not in RETIRED}
    return {**kept, **values, "version": int(current["version"]) + 1}


def version(document: dict[str, Any] | None) -> str:
    """What an approval binds to: the digest of the effective policy, without what is only turned off on pages."""
    return digest({name: value for name, value in merged(document).items() if name != "muted"})
