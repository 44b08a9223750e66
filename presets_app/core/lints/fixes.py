"""One-click fixes: for a problem with one obvious way out, the change that takes it away.

A fix is offered only where the problem is gone afterwards; a test applies every one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from presets_app.core.lints import fixes_of_shape, fixes_of_stages
from presets_app.core.lints.inputs import file_name
from presets_app.core.lints.mending import REMOVE, Change, Fix, apply, removing, setting
from presets_app.core.lints.values import number, section
from presets_app.core.lints.vram import fitting
from presets_app.core.memory import estimate
from presets_app.core.pointers import value_at
from presets_app.core.problems import Problem
from presets_app.core.secrets import is_secret

__all__ = ["CODES", "REMOVE", "Change", "Fix", "apply", "every", "fix_for"]
Document = dict[str, Any]
Maker = Callable[[Problem, Document], Fix | None]


def fix_for(problem: Problem, document: Any, known: Collection[str] = ()) -> Fix | None:
    """The fix of one problem of this document, None where a person has to decide. `known` as in secrets.find: a fix
    that would repeat a secret is none."""
    maker = _MAKERS.get(problem.code)
    fix = maker(problem, document) if maker and isinstance(document, dict) else None
    return fix if fix is not None and _can_be_made(document, fix) and not _repeats(fix, known) else None


def every(problems: Iterable[Problem], document: Any, known: Collection[str] = ()) -> list[tuple[Problem, Fix]]:
    """The problems that have a fix, each with it."""
    tried = ((problem, fix_for(problem, document, known)) for problem in problems)
    return [(problem, fix) for problem, fix in tried if fix is not None]


def _repeats(fix: Fix, known: Collection[str]) -> bool:
    texts = [fix.label, *(change.value for change in fix.changes if isinstance(change.value, str))]
    return any(is_secret(text, known) for text in texts)


def _can_be_made(document: Document, fix: Fix) -> bool:
    """Not where a document that is wrong in other ways has no place for the change."""
    try:
        apply(document, fix)
    except ValueError:
        return False
    return True


def _float32(_problem: Problem, _document: Document) -> Fix:
    return setting("Decode in float32", "/runtime/vae_dtype", "float32")


def _fits(_problem: Problem, document: Document) -> Fix | None:
    card = number(section(document, "hardware").get("min_vram_gib")) or 0.0
    plan = fitting(document, estimate(document), card)
    if plan is None:
        return None
    changes = [Change("/runtime/offload", plan.offload)]
    if plan.vae_tiling:
        changes.append(Change("/runtime/vae_tiling", True))
    return Fix(f"Use {plan.name}", tuple(changes))


def _travels(problem: Problem, document: Document) -> Fix | None:
    """Weights are found by their name on every side; a picture or sound has to be added as an asset instead."""
    text = value_at(document, problem.path)
    name = file_name(text) if isinstance(text, str) and not problem.path.startswith("/inputs/") else ""
    return (
        setting(f"Name it {name}" if len(name) <= 60 else "Keep the file name only", problem.path, name)
        if name
        else None
    )


def _lora_out(problem: Problem, _document: Document) -> Fix:
    return removing("Take the LoRA out", problem.path.rpartition("/")[0])


_MAKERS: dict[str, Maker] = {
    **fixes_of_shape.MAKERS,
    **fixes_of_stages.MAKERS,
    "wan_vae_dtype": _float32,
    "wan_vae_unstated": _float32,
    "noise_device": lambda problem, _document: setting("Draw the noise on the CPU", problem.path, "cpu"),
    "vae_decode_large": lambda problem, _document: setting("Decode in tiles", problem.path, True),
    "vram_short": _fits,
    "lora_strength_zero": _lora_out,
    "lora_strength_high": lambda problem, _document: setting("Set the strength to 1", problem.path, 1),
    "path_not_portable": _travels,
    "shots_for_family": lambda problem, _document: removing("Take the shots out", problem.path),
    "audio_for_family": lambda problem, _document: removing("Take it out", problem.path),
}
CODES = frozenset(_MAKERS)
