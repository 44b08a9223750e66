"""The child's side of a step: what is asked for, by its kind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.failures import cannot
from runner.progress import Report
from runner.recipes import enlarging, expanding
from runner.recipes.places import MADE, SOURCE
from runner.weights import Hashes


def do(asked: Mapping[str, Any], root: Path, folder: Path, hashes: Hashes, report: Report) -> dict[str, Any]:
    """The values of one step. Raises CannotRender, Cancelled and whatever the libraries raise."""
    if asked["kind"] == "upscale":
        return {"size": enlarging.enlarge(folder / SOURCE, folder / MADE, asked, report)}
    if asked["kind"] == "expand_prompt":
        return expanding.expand(asked, root, hashes, report)
    raise cannot("ours", "step_unknown", f"This runner knows no step of the kind {str(asked['kind'])[:40]!r}.")
