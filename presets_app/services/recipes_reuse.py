"""What was made already and need not be made again: found by the digest of all that decides it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from presets_app import wiring
from presets_app.models import Project, RecipeOutput, RecipeStep

LOOKED_AT = 20  # outputs of one digest, newest first


def found(step: RecipeStep, digest: str) -> RecipeOutput | None:
    """An output that can be taken over: whole and kept, being rendered now, or one whose request may have been
    charged, which is not to be sent again blindly. None when it has to be made."""
    again = digest in step.facts.get("again", [])
    for output in _others(step.recipe_run.project, digest, step):
        state = output.item.state if output.item else output.state
        if state == "done" and (output.item is not None or is_kept(output.values)):
            if output.item is None or _has_video(output.item.video):
                return output
        elif output.item is not None and (state in ("waiting", "queued", "running") or (state == "look" and not again)):
            return output
    return None


def _others(project: Project, digest: str, step: RecipeStep) -> Iterator[RecipeOutput]:
    rows = RecipeOutput.objects.filter(digest=digest, step__recipe_run__project=project).exclude(step=step)
    yield from rows.select_related("item__run", "step__recipe_run").order_by("-id")[:LOOKED_AT]


def is_kept(values: dict[str, Any]) -> bool:
    """Whether every file that the values name is still in the store."""
    files = [value["sha256"] for value in values.values() if isinstance(value, dict) and "sha256" in value]
    return bool(values) and all(wiring.artifacts().has(digest) for digest in files)


def _has_video(digest: str) -> bool:
    return bool(digest) and wiring.artifacts().has(digest)


def before(step: RecipeStep) -> RecipeStep | None:
    """The same step of the last time that this recipe came to it."""
    rows = RecipeStep.objects.filter(recipe_run__recipe=step.recipe_run.recipe, name=step.name).exclude(key="")
    return rows.filter(recipe_run_id__lt=step.recipe_run_id).order_by("-recipe_run_id").first()
