"""Reads the Dockerfile into stages, each a list of instructions, and compose.yaml into plain values."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML

from tests.architecture.tree import text


@dataclass
class Stage:
    """One FROM and what follows it; `parent` is an image or the name of an earlier stage."""

    name: str
    parent: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        return [rest for step, rest in self.steps if step == word]


def instructions(source: str) -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", source, flags=re.M))
    rows = [line.split(None, 1) for line in joined.splitlines() if line.strip()]
    return [(row[0].upper(), row[1].strip()) for row in rows]


def stages() -> dict[str, Stage]:
    found: dict[str, Stage] = {}
    current = Stage("", "")
    for word, rest in instructions(text("Dockerfile")):
        if word == "FROM":
            parent, _, name = re.split(r"\s+(AS)\s+", rest, flags=re.I)
            current = found[name] = Stage(name, parent)
        else:
            current.steps.append((word, rest))
    return found


def last(target: str, word: str) -> str | None:
    """The instruction in force at the end of a target, inherited through the stages it builds on."""
    known = stages()
    while target in known:
        here = known[target].all(word)
        if here:
            return here[-1]
        target = known[target].parent
    return None


def exec_form(rest: str) -> list[str] | None:
    """The argument list, None where the instruction is a shell line."""
    try:
        value = json.loads(rest)
    except ValueError:
        return None
    return value if isinstance(value, list) and all(isinstance(part, str) for part in value) else None


def compose() -> dict[str, Any]:
    value: dict[str, Any] = YAML(typ="safe", pure=True).load(text("compose.yaml"))
    return value
