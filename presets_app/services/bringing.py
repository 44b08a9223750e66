"""Runs made of files that were brought in by hand: outputs rendered elsewhere, or clips drawn by code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from presets_app import measure, wiring
from presets_app.core.errors import Invalid
from presets_app.core.ids import new_id, run_name
from presets_app.core.permissions import Actor
from presets_app.models import Check, Item, Run, Target
from presets_app.services import audit, parity, parity_flow


@dataclass(frozen=True)
class Brought:
    """One output: the input it answers, and the file. `key` pairs it with the other side's."""

    key: str
    file: Path
    labels: tuple[str, ...] = ()


def bring(target: Target, actor: Actor, outputs: list[Brought], note: str) -> Run:
    """A finished run of kind `files`. Raises Invalid for a target that renders by itself, and for a file that is no
    video."""
    actor.must("run.start")
    if target.kind != "files":
        raise Invalid(f"{target.name} renders by itself; files are not brought to it.", code="target_renders")
    for output in outputs:
        if measure.probe(output.file)["facts"] is None:
            raise Invalid(f"{output.file.name} is not a video that can be read.", code="not_a_video")
    now = timezone.now()
    with transaction.atomic():
        run = Run.objects.create(
            id=new_id(),
            project=target.project,
            name=run_name(now, "files", "", target.slug),
            kind="files",
            target=target,
            state="done",
            total=len(outputs),
            done=len(outputs),
            note=note[:300],
            created_by=actor.username,
            started_at=now,
            finished_at=now,
        )
        Item.objects.bulk_create(_item(run, position, output) for position, output in enumerate(outputs))
        audit.note(target.project, actor, "run.bring", "run", run.id, name=run.name, reason=note)
    return run


def _item(run: Run, position: int, output: Brought) -> Item:
    return Item(
        id=new_id(),
        run=run,
        position=position,
        key=output.key,
        labels=list(output.labels),
        state="done",
        video=wiring.artifacts().put_file(output.file),
        finished_at=timezone.now(),
    )


def compare(left: Run, right: Run, actor: Actor, note: str) -> Check:
    """Compare two finished runs input by input, all of them: nothing is drawn, so the bound is the list itself."""
    actor.must("check.start")
    keys = list(left.items.order_by("position").values_list("key", flat=True))
    plan = {"n": len(keys), "batch": len(keys), "drawn": keys, "why": "All inputs are compared; none was drawn."}
    with transaction.atomic():
        check = parity.create_check(
            left.project, left.preset, "", (left, right), plan, actor=actor, kind="compare", note=note[:300]
        )
        parity_flow.send_to_judge(check)
    return check
