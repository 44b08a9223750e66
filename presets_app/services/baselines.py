"""Keeping the first good run of a preset on a target, and another one when a person says so."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from presets_app import wiring
from presets_app.artifacts import put_json
from presets_app.core.errors import Conflict, Invalid, Unavailable
from presets_app.core.permissions import Actor
from presets_app.models import Baseline, Run
from presets_app.queries import baselines as held
from presets_app.services import audit
from presets_app.services.audit import MATCHFRAME

FORMAT = "matchframe/baseline/1"
_KEPT = ("request", "result", "video", "log")
MOST_ITEMS = 200  # of a run; a batch of thousands is held against by its first ones


def keep_first(run: Run) -> Baseline | None:
    """Make a run that ended well the baseline of its preset on its target, when there is none yet. Call it inside
    the transaction that ends the run."""
    if not is_good(run) or Baseline.objects.filter(preset=run.preset, target=run.target).exists():
        return None
    try:
        with transaction.atomic():
            return _keep(run, MATCHFRAME, "")
    except (IntegrityError, Unavailable):
        return None  # another run was first, or the store is full: the run has ended all the same


def replace(run: Run, actor: Actor, reason: str) -> Baseline:
    """Hold later runs against this one from now on; the baselines before it stay. Raises Conflict for a run that is
    not good, Invalid without a reason."""
    actor.must("baseline.set")
    if not reason.strip():
        raise Invalid("Another baseline needs a reason.", code="reason_missing", hint="Say why the old one is past.")
    if not is_good(run):
        text = "Only a run that rendered every one of its inputs can be a baseline."
        raise Conflict(text, code="run_not_good", hint="Try its failed inputs again first.")
    try:
        with transaction.atomic():
            return _keep(run, actor, reason.strip()[:300])
    except IntegrityError:
        raise Conflict("Somebody else set a baseline at this moment.", code="busy", hint="Look again.") from None


def is_good(run: Run) -> bool:
    """Whether it is over, of a preset, and every input was rendered."""
    counts = run.preset_id is not None and run.kind not in ("files", "trial", "recipe")
    return counts and run.state == "done" and 0 < run.total == run.done


def _keep(run: Run, actor: Actor, reason: str) -> Baseline:
    if run.preset is None:
        raise Conflict("This run is of no preset.", code="run_not_good", hint="Name a run of a preset.")
    newest = Baseline.objects.filter(preset=run.preset, target=run.target).aggregate(Max("number"))["number__max"]
    made = Baseline.objects.create(
        project=run.project,
        preset=run.preset,
        target=run.target,
        run=run,
        number=(newest or 0) + 1,
        record=put_json(wiring.artifacts(), _record(run)),
        reason=reason,
        by=actor.username,
    )
    audit.note(run.project, actor, "baseline.set", "run", run.id, name=run.name, reason=reason)
    return made


def _record(run: Run) -> dict[str, Any]:
    items = held.made_of(list(run.items.order_by("position")[:MOST_ITEMS]))
    keeps = sorted(
        {digest for entry in items for digest in (*(entry[name] for name in _KEPT), *entry["originals"]) if digest}
    )
    about = {"run": run.id, "name": run.name, "revision": run.revision, "digest": run.digest, "manifest": run.manifest}
    times = {"started": _time(run.started_at), "finished": _time(run.finished_at)}
    return {"format": FORMAT, **about, **times, "items": items, "keeps": keeps}


def _time(at: Any) -> str | None:
    return at.isoformat() if at else None
