"""Fixes of what stands in the stages."""

from __future__ import annotations

from typing import Any

from presets_app.core.lints.mending import Fix, removing, setting
from presets_app.core.lints.sampling import usual_shift
from presets_app.core.lints.values import stages_of, whole
from presets_app.core.pointers import value_at
from presets_app.core.problems import Problem

Document = dict[str, Any]
_USUAL_STEPS = 8  # of the distilled models, which are the ones that are run with so few


def _stage(problem: Problem, document: Document) -> dict[str, Any]:
    """The stage a problem's path leads into, {} when there is none."""
    found = value_at(document, "/".join(problem.path.split("/")[:3]))
    return found if isinstance(found, dict) else {}


def _other_role(problem: Problem, document: Document) -> Fix | None:
    taken = {stage.get("role") for _, stage in stages_of(document) if isinstance(stage.get("role"), str)}
    role = str(_stage(problem, document).get("role"))[:36]
    free = next(name for name in (f"{role}_{count}" for count in range(2, 2 + len(taken) + 1)) if name not in taken)
    return setting(f"Call it {free}", problem.path, free)


def _steps_of_sigmas(problem: Problem, document: Document) -> Fix | None:
    sigmas = _stage(problem, document).get("sigmas")
    if not isinstance(sigmas, list) or len(sigmas) < 2:
        return None
    return setting(f"Set steps to {len(sigmas) - 1}", problem.path, len(sigmas) - 1)


def _end(problem: Problem, document: Document) -> Fix | None:
    steps = whole(_stage(problem, document).get("steps"))
    return None if steps is None else setting(f"Write {steps}", problem.path, steps)


def _joined(problem: Problem, document: Document) -> Fix | None:
    """The stage begins where the one before it ends, as the lint counts it: never beyond its steps."""
    index = int(problem.path.split("/")[2])
    before = value_at(document, f"/stages/{index - 1}")
    end = whole(before.get("end_step")) if isinstance(before, dict) else None
    steps = whole(before.get("steps")) if isinstance(before, dict) else None
    if end is None:
        return None
    start = end if steps is None else min(end, steps)
    return setting(f"Start at step {start}", problem.path, start)


def _shift(problem: Problem, document: Document) -> Fix | None:
    usual = usual_shift(document)
    pointer = problem.path if problem.path.endswith("/shift") else f"{problem.path}/shift"
    return None if usual is None else setting(f"Set shift to {usual:g}", pointer, usual)


MAKERS = {
    "stage_role_twice": _other_role,
    "steps_sigmas": _steps_of_sigmas,
    "sigmas_and_scheduler": lambda problem, _document: removing("Take the scheduler out", problem.path),
    "end_step_clamped": _end,
    "step_gap": _joined,
    "flow_shift": _shift,
    "flow_shift_unstated": _shift,
    "distilled_guidance": lambda problem, _document: setting("Set guidance to 1", problem.path, 1),
    "one_step_nan": lambda problem, _document: setting(f"Use {_USUAL_STEPS} steps", problem.path, _USUAL_STEPS),
}
