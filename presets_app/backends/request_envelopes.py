"""A request to a service as people keep it: bare, or with its model, path and headers around the body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_PATHS = ("path", "url", "endpoint")
_BODIES = ("body", "json", "payload")
_HOST = re.compile(r"https?://[^/\s]{1,300}")
_LONGEST = 2000  # characters of a path that are looked at


@dataclass(frozen=True)
class Enveloped:
    """`path` is without host and query, "" when not stated; `model` "" when not stated. `below` is the pointer of the
    body in the file ("" when the file is the body)."""

    path: str
    model: str
    body: Mapping[str, Any]
    below: str

    def __bool__(self) -> bool:
        return bool(self.body)


def opened(value: Mapping[str, Any]) -> Enveloped:
    """The parts of a request; never raises."""
    body, below = value, ""
    for name in _BODIES:
        inner = value.get(name)
        if isinstance(inner, Mapping):
            body, below = inner, f"/{name}"
            break
    model = next((text for text in (value.get("model"), body.get("model")) if isinstance(text, str)), "")
    return Enveloped(_path(value), model[:200], body, below)


def _path(value: Mapping[str, Any]) -> str:
    stated = next((text for name in _PATHS if isinstance(text := value.get(name), str)), "")[:_LONGEST]
    path = _HOST.sub("", stated, count=1).split("?")[0].strip()
    return path if path.startswith("/") or not path else f"/{path}"
