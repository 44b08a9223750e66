"""Where in a form each problem of its document stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from presets_app.core.editing.parts import Form
from presets_app.core.problems import Problem


def placed(form: Form, problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Each problem with the field it stands at: `field` is the id of the control, "" where no one control is meant,
    and `anchor` the id of the nearest part of the page."""
    fields = {field.path: field.id for field in form.every()}
    parts = {part.path: part.id for group in form.groups for listing in group.lists for part in listing.elements}
    parts |= {listing.path: listing.id for group in form.groups for listing in group.lists}
    groups = {f"/{group.key}": f"group-{group.key}" for group in form.groups}
    return [
        {
            "problem": problem,
            "field": (field := _nearest(problem.path, fields)),
            "anchor": field or _nearest(problem.path, parts) or _nearest(problem.path, groups),
        }
        for problem in problems
    ]


def _nearest(path: str, places: Mapping[str, str]) -> str:
    """What stands at the pointer, or at the nearest one above it."""
    while path:
        if path in places:
            return places[path]
        path = path.rpartition("/")[0]
    return ""
