"""Fixes of sizes, lengths and rates, of the document's form, and of values where a name belongs."""

from __future__ import annotations

from typing import Any

from presets_app.core.families import rules_of
from presets_app.core.lints.mending import Change, Fix, removing, setting
from presets_app.core.lints.values import fraction, number, whole
from presets_app.core.pointers import parts_of, value_at
from presets_app.core.problems import Problem
from presets_app.core.schema import near_name
from presets_app.core.secrets import is_variable_name

Document = dict[str, Any]


def _frames(_problem: Problem, document: Document) -> Fix | None:
    rules, frames = rules_of(document), whole(document.get("frames"))
    if rules is None or frames is None or not rules.frames_step:
        return None
    nearest = min(rules.nearest_frames(frames), key=lambda count: abs(count - frames))
    return setting(f"Use {nearest} frames", "/frames", nearest)


def _side(problem: Problem, document: Document) -> Fix | None:
    """The multiple below, which is what ComfyUI renders of the size as it stands."""
    rules, pixels = rules_of(document), whole(value_at(document, problem.path))
    if rules is None or pixels is None or not rules.size_step:
        return None
    near = rules.nearest_sizes(pixels)[0]
    return setting(f"Use {near}", problem.path, near)


def _rate(_problem: Problem, document: Document) -> Fix | None:
    rules = rules_of(document)
    if rules is None or not rules.fps:
        return None
    usual, output = rules.fps[0], document.get("output")
    changes = [Change("/fps", usual)]
    written = output.get("fps") if isinstance(output, dict) else None
    if written is not None and fraction(written) == fraction(document.get("fps")):
        changes.append(Change("/output/fps", usual))
    return Fix(f"Use {usual} frames a second", tuple(changes))


def _renamed(problem: Problem, document: Document) -> Fix | None:
    """A number by the name that another program gives it. What means nothing here is a person's to remove, and texts
    of unknown fields are repeated nowhere."""
    holder, _, last = problem.path.rpartition("/")
    name, value, beside = near_name(last), value_at(document, problem.path), value_at(document, holder)
    if number(value) is None or not isinstance(beside, dict) or name in beside or f"`{name}`" not in problem.hint:
        return None
    return Fix(f"Call it {name}", (Change(f"{holder}/{name}", value), *removing("", problem.path).changes))


def _null(problem: Problem, document: Document) -> Fix | None:
    """An absent value is left out, never null."""
    holder, _, last = problem.path.rpartition("/")
    beside = value_at(document, holder)
    if isinstance(beside, dict) and parts_of(f"/{last}")[0] in beside and value_at(document, problem.path) is None:
        return removing("Leave it out", problem.path)
    return None


def _names_only(problem: Problem, document: Document) -> Fix | None:
    """Keeps the variable's name of NAME=value; nothing of the value is repeated."""
    entries = document.get("environment")
    if problem.path == "/environment" and isinstance(entries, dict):
        names = sorted(key for key in entries if is_variable_name(key))
        return setting("Keep the names only", "/environment", names) if len(names) == len(entries) else None
    entry = value_at(document, problem.path)
    name = entry.partition("=")[0].strip() if isinstance(entry, str) and "=" in entry else ""
    return setting("Keep the name only", problem.path, name) if is_variable_name(name) else None


MAKERS = {
    "frames_rule": _frames,
    "size_rule": _side,
    "fps_for_family": _rate,
    "fps_of_output": lambda problem, _document: removing("Leave the output's rate out", problem.path),
    "schema_unknown_field": _renamed,
    "schema_type": _null,
    "secret_in_environment": _names_only,
}
