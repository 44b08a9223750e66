"""One document as one graph: checks first, then the family's nodes, then the books."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app.backends.base import Exported
from presets_app.backends.comfyui import capability, validating
from presets_app.backends.comfyui.compiling.building import Builder
from presets_app.backends.comfyui.compiling.ltx import compile_ltx
from presets_app.backends.comfyui.compiling.settling import settle
from presets_app.backends.comfyui.compiling.wan import compile_wan
from presets_app.core.ledger import BOOKKEEPING
from presets_app.core.problems import Problem, has_errors
from presets_app.core.schema import validate

_NOTHING = "Nothing was compiled: see the problems."
_LOOSE = BOOKKEEPING | {"name"}


def compile_graph(
    document: Mapping[str, Any],
    *,
    run_name: str = "",
    assets: Mapping[str, str] | None = None,
    object_info: Mapping[str, Any] | None = None,
) -> Exported:
    """The graph to post as `{"prompt": output}`, {} when a problem is an error.

    `run_name` becomes the file's name under the server's folder `video`. `assets` maps an input's key to the name
    the server gave the uploaded file. `object_info` is the server's own answer: with it, missing nodes and files
    are found before anything is sent.
    """
    build = Builder(document)
    build.problems += [*_shape(document), *capability.problems(document)]
    if not has_errors(build.problems):
        make = compile_ltx if str(document["family"]).startswith("ltx") else compile_wan
        make(build, assets or {}, run_name)
    if not has_errors(build.problems):
        settle(build)
        _check(build, object_info)
    return _handed_over(build)


def _shape(document: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the document itself; a missing name or format does not keep it from rendering."""
    found = validate(dict(document))
    return [problem for problem in found if problem.severity == "error" and _top(problem.path) not in _LOOSE]


def _top(path: str) -> str:
    return path.split("/")[1] if "/" in path else ""


def _check(build: Builder, object_info: Mapping[str, Any] | None) -> None:
    """Ask the schemas what the server would ask, and answer in the document's words."""
    for fault in validating.faults(build.graph, object_info):
        path = build.path_behind(build.place_of(fault.node, fault.name)) if fault.name else ""
        build.problems.append(fault.as_problem(path))


def _handed_over(build: Builder) -> Exported:
    if has_errors(build.problems):
        losses = Builder(build.document).ledger.closed(_NOTHING)
        return Exported({}, losses, build.problems)
    return Exported(build.graph, build.ledger.closed("A graph has no field for it."), build.problems)
