"""Testing one rung of the ladder: a few inputs rendered on one's own side with the other side's value."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.core.errors import Conflict, Invalid, NotFound
from presets_app.core.parity_ladder import Rung
from presets_app.core.permissions import Actor
from presets_app.models import Check, Item, Pair
from presets_app.queries import parity_ladder as ladder
from presets_app.services import audit, parity, parity_trials
from presets_app.services.requests import Input


def try_rung(check: Check, actor: Actor, path: str, *, count: int = ladder.TESTED) -> Check:
    """Render the pairs that differ most once more with the other side's value at `path`, and hold them against what
    that other side made. Raises NotFound for a place where the sides do not differ, Conflict where it cannot be
    tested."""
    actor.must("run.start")
    if not 1 <= count <= parity_trials.MOST:
        raise Invalid(f"Between 1 and {parity_trials.MOST} inputs test a rung.", code="count_invalid")
    if check.state != "judged":
        raise Conflict("The check is not judged yet.", code="not_judged")
    pairs = ladder.worst(check, count)
    rung = next((found for pair in pairs for found in ladder.of_pair(check, pair) if found.path == path), None)
    if rung is None:
        raise NotFound("The sides do not differ there.", code="rung_not_found")
    side = rung.side or (ladder.testable(check) or [""])[0]
    if not side or (rung.change is None and not path.startswith("/ran/seeds/")):
        raise Conflict(rung.why_not or "This cannot be tested.", code="rung_not_testable")
    return _start(check, actor, rung, side, pairs)


def _start(check: Check, actor: Actor, rung: Rung, side: str, pairs: list[Pair]) -> Check:
    own, other = (check.left, check.right) if side == "left" else (check.right, check.left)
    if own.preset is None:
        raise Conflict("This side rendered no preset.", code="rung_not_testable")
    given = [_given(check, pair, rung, side) for pair in pairs]
    wanted = rung.right if side == "left" else rung.left
    note = f"{own.preset.name}: {rung.label} = {_short(wanted)}, as on {other.target.name}"
    with transaction.atomic():
        run = parity_trials.render(
            own.preset, own.target, given, actor, revision=own.revision, input_set=own.input_set, note=note
        )
        keys = [pair.key for pair in pairs]
        plan = {"n": len(keys), "batch": len(keys), "drawn": keys, "why": "The pairs that differ most."}
        sides = (run, other) if side == "left" else (other, run)
        made = parity.create_check(
            check.project, own.preset, own.revision, sides, plan, actor=actor, kind="trial", note=note[:300]
        )
        made.about = {"of": check.id, "path": rung.path, "rung": rung.rung, "side": side, "value": wanted}
        made.save(update_fields=["about"])
        detail = {"path": rung.path, "of": check.id}
        audit.note(check.project, actor, "rung.test", "check", made.id, name=own.preset.name, detail=detail)
    return made


def _given(check: Check, pair: Pair, rung: Rung, side: str) -> Input:
    """The input as that side was sent it, with this pair's own value of the other side."""
    item = pair.left if side == "left" else pair.right
    document = get_json(wiring.artifacts(), item.request)["document"]
    mine = next((found for found in ladder.of_pair(check, pair) if found.path == rung.path), rung)
    change = dict(mine.change or {})
    if rung.path.startswith("/ran/seeds/"):
        change = _returned(document, rung, mine.right if side == "left" else mine.left)
    return as_input(item, document, change)


def _returned(document: dict[str, Any], rung: Rung, seed: Any) -> dict[str, Any]:
    """The seed that a maker returned, for every stage where it names none."""
    role = rung.path.rsplit("/", 1)[-1]
    places = [at for at, stage in enumerate(document.get("stages", [])) if role in ("all", stage.get("role"))]
    return {f"/stages/{at}/seed": seed for at in places}


def as_input(item: Item, document: dict[str, Any], change: dict[str, Any]) -> Input:
    """What an item was rendered from, as an input that can be rendered again."""
    seeds = {stage["role"]: stage["seed"] for stage in document.get("stages", []) if stage.get("seed") is not None}
    overrides: dict[str, Any] = {"key": item.key, "prompt": document.get("prompt", "")}
    if document.get("negative_prompt"):
        overrides["negative_prompt"] = document["negative_prompt"]
    if seeds:
        overrides["seed"] = seeds
    if document.get("inputs"):
        overrides["assets"] = document["inputs"]
    return Input(item.key, overrides, tuple(item.labels), item.preview, item.local_only, change)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."
