"""Presets as ComfyUI API graphs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app.backends.base import Exported
from presets_app.backends.comfyui.compiling.whole import compile_graph

__all__ = ["compile_graph", "to_form"]


def to_form(document: Mapping[str, Any]) -> Exported:
    """The graph that a stock server accepts as `{"prompt": output}`."""
    return compile_graph(document)
