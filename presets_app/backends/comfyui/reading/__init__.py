"""ComfyUI's files made into one plain graph, whichever of its formats they are in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app.backends.comfyui.graph import Graph
from presets_app.backends.comfyui.node_schemas import NodeSchemas, built_in
from presets_app.backends.comfyui.reading.api_format import read_api
from presets_app.backends.comfyui.reading.recognising import MOST_NODES, found_in, is_too_large
from presets_app.backends.comfyui.reading.ui_format import read_ui
from presets_app.core.problems import Problem

__all__ = ["read"]


def read(value: Mapping[str, Any], *, schemas: NodeSchemas | None = None) -> Graph:
    """The graph of a workflow in UI or API format, bare or as servers and files wrap it. Raises nothing: what is wrong
    stands in the graph's problems. `schemas` are a server's, where one is known; the project's own facts fill in."""
    known = schemas.or_built_in() if schemas is not None else built_in()
    found = found_in(value)
    if found is None:
        return Graph({}, "api", problems=(_no_workflow(),))
    if is_too_large(found):
        return Graph({}, found.form, problems=(_too_large(),))
    read_one = read_ui if found.form == "ui" else read_api
    return read_one(found.graph, found.pointer, known)


def _no_workflow() -> Problem:
    return Problem(
        "graph_not_found", "error", "", "This is no ComfyUI workflow: it lists no nodes and holds no API graph.",
        "Save the workflow in ComfyUI, or export it with Export (API), and import that file.",
    )  # fmt: skip


def _too_large() -> Problem:
    return Problem(
        "graph_too_large", "error", "", f"The workflow has more than {MOST_NODES:,} nodes or 300,000 links.",
        "Check whether this is the file you meant.",
    )  # fmt: skip
