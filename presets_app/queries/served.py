"""A preset on a server of the team's own: what becomes of it there, by what the server said of itself last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.backends import registry
from presets_app.backends.base import Compiled
from presets_app.core.errors import NotFound
from presets_app.models import Target


def compiled(target: Target, document: Mapping[str, Any], *, run_name: str = "") -> Compiled:
    """A document as work for the server. One that never answered is taken for a stock server."""
    return registry.load_server(target.kind).compile(document, {"nodes": _nodes(target)}, run_name=run_name)


def _nodes(target: Target) -> Mapping[str, Any] | None:
    if not target.probe:
        return None
    try:
        record = get_json(wiring.artifacts(), target.probe)
        found: Mapping[str, Any] = get_json(wiring.artifacts(), record["nodes"])
    except NotFound:
        return None
    return found
