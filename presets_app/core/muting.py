"""Warnings and notes that a team has turned off, with who did it and why. Kept in the project's policy under `muted`:
{code: {reason, by, at}} for the whole project, {"code@preset": ...} for one preset."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from presets_app.core.problems import Problem

_CODE = re.compile(r"[a-z][a-z0-9_]{0,79}")
_NEVER = re.compile(r"secret_|schema_(?!required)|format_|name_|json_|yaml_|key_")


@dataclass(frozen=True)
class Mute:
    """`preset` is the short name of the only preset meant, "" for the whole project; `at` as ISO 8601."""

    code: str
    preset: str
    reason: str
    by: str
    at: str

    @property
    def key(self) -> str:
        return key_of(self.code, self.preset)


@dataclass(frozen=True)
class TurnedOff:
    problem: Problem
    mute: Mute


def key_of(code: str, preset: str = "") -> str:
    return f"{code}@{preset}" if preset else code


def can_be_muted(code: str) -> bool:
    """Not what keeps a document from being saved, and nothing about secrets: those are never hidden."""
    return bool(_CODE.fullmatch(code)) and not _NEVER.match(code)


def mutes(policy: Mapping[str, Any]) -> list[Mute]:
    """Those of a policy, by key; entries of another shape are passed over."""
    held = policy.get("muted")
    return [mute for mute in _mutes(held if isinstance(held, dict) else {}) if can_be_muted(mute.code)]


def _mutes(held: dict[str, Any]) -> Iterator[Mute]:
    for key, about in sorted(held.items()):
        if isinstance(about, dict):
            code, _, preset = key.partition("@")
            said = (str(about.get(name, "")) for name in ("reason", "by", "at"))
            yield Mute(code, preset, *said)


def parted(
    problems: Iterable[Problem], policy: Mapping[str, Any], preset: str = ""
) -> tuple[list[Problem], list[TurnedOff]]:
    """What is shown, and what is turned off for this preset or the whole project. An error is always shown."""
    held = {mute.key: mute for mute in mutes(policy)}
    shown: list[Problem] = []
    off: list[TurnedOff] = []
    for problem in problems:
        mute = held.get(key_of(problem.code, preset)) or held.get(problem.code)
        if mute is None or problem.severity == "error":
            shown.append(problem)
        else:
            off.append(TurnedOff(problem, mute))
    return shown, off
