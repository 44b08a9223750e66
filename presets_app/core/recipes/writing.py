"""A recipe as text for people: the order in which it is read, not that of the alphabet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_WHOLE = ("format", "name", "description", "steps")
_STEP = ("name", "kind", "note", "preset", "revision", "target", "model", "inputs", "items", "input_set", "overrides")


def written(document: Mapping[str, Any]) -> str:
    """JSON with the fields in the order of the documentation; others follow as they are."""
    whole = _ordered(document, _WHOLE)
    whole["steps"] = [_ordered(step, _STEP) for step in document["steps"]]
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _ordered(given: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    first = {name: given[name] for name in names if name in given}
    return {**first, **{name: value for name, value in given.items() if name not in first}}
