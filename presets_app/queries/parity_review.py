"""Checks in which no number decides: what each side was asked for, and what reviewers have ticked."""

from __future__ import annotations

from typing import Any

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.core import parity_review
from presets_app.core.errors import MatchframeError
from presets_app.core.parity_review import Area, Made
from presets_app.models import Check, Pair, Run, Tick
from presets_app.queries import people

REVIEWED = ("parity", "compare")
POINTED_AT = 6  # pairs named beside an area


def doubt_of(check: Check) -> dict[str, str]:
    """Why no number decides this check, {} where they do; from the documents that both sides were really sent."""
    if check.kind not in REVIEWED:
        return {}
    found = parity_review.doubt(_made(check.left), _made(check.right))
    return found.as_json() if found else {}


def _made(run: Run) -> Made | None:
    """What a run's first request asked for; all of a run ask the same model. None for one brought in as files."""
    digest = run.items.exclude(request="").order_by("position").values_list("request", flat=True).first()
    if not digest:
        return None
    try:
        sent = get_json(wiring.artifacts(), digest)
    except (MatchframeError, OSError, ValueError):
        return None
    document = sent.get("document") if isinstance(sent, dict) else None
    return Made(document, str(sent.get("model") or "")) if isinstance(document, dict) else None


def ticks(check: Check) -> list[Tick]:
    """Every tick that was ever set or taken back, oldest first."""
    return list(Tick.objects.filter(project_id=check.project_id, check_id=check.id).order_by("number"))


def ticked(check: Check) -> dict[str, Tick]:
    """{area: its tick} of those that count: not taken back, and given on the evidence as it is now."""
    newest = {tick.area: tick for tick in ticks(check)}
    return {area: tick for area, tick in newest.items() if tick.done and tick.evidence == check.evidence}


def shown(check: Check, pairs: list[Pair]) -> dict[str, Any] | None:
    """For the page: {why, left (how many are open), rows [{key, title, look, pairs, where, tick, before}]}; None where
    numbers decide. `tick` is {person, when, note}; `before` the same of one that more pairs made void."""
    if check.state != "judged" or not check.review:
        return None
    rows = ticks(check)
    names = people.names({tick.by for tick in rows})
    newest = {tick.area: tick for tick in rows}
    return {
        "why": check.review["why"],
        "left": check.unticked,
        "rows": [_row(area, newest.get(area.key), names, check, pairs) for area in parity_review.AREAS],
    }


def _row(area: Area, tick: Tick | None, names: dict[str, str], check: Check, pairs: list[Pair]) -> dict[str, Any]:
    said = _said(tick, names) if tick and tick.done else None
    counts = tick is not None and tick.evidence == check.evidence
    found = [pair for pair in pairs if set(area.labels) & set(pair.labels)] if area.labels else []
    return {
        "key": area.key,
        "title": area.title,
        "look": area.look,
        "pairs": [{"id": str(pair.pk), "label": pair.key} for pair in found[:POINTED_AT]],
        "where": _where(area, found, pairs),
        "tick": said if counts else None,
        "before": None if counts else said,
    }


def _said(tick: Tick, names: dict[str, str]) -> dict[str, Any]:
    return {"person": names.get(tick.by, tick.by), "when": tick.at, "note": tick.note}


def _where(area: Area, found: list[Pair], pairs: list[Pair]) -> str:
    """Where to look, when no list of pairs says it."""
    if area.key == "seeds":
        seeds = {pair.left.seeds for pair in pairs if pair.left.seeds}
        if len(seeds) < 2:
            return "Every pair of this sample has the same seed: check again with new seeds to see others."
        return f"This sample holds {len(seeds)} seeds."
    if not found:
        return f"No input of this sample is labelled {' or '.join(area.labels)}: look for it in all of them."
    return ""


def as_json(check: Check) -> dict[str, Any] | None:
    """For programs: {kind, why, open [area], areas [{area, title, done, by, at, note}], history}."""
    if not check.review:
        return None
    counting = ticked(check)
    return {
        **check.review,
        "open": [area.key for area in parity_review.open_areas(counting)] if check.state == "judged" else [],
        "areas": [_plain(area, counting.get(area.key)) for area in parity_review.AREAS],
        "history": [_event(tick) for tick in ticks(check)],
    }


def _plain(area: Area, tick: Tick | None) -> dict[str, Any]:
    by = {"by": tick.by, "at": _at(tick), "note": tick.note} if tick else {"by": None, "at": None, "note": ""}
    return {"area": area.key, "title": area.title, "done": tick is not None, **by}


def _event(tick: Tick) -> dict[str, Any]:
    return {"area": tick.area, "done": tick.done, "by": tick.by, "at": _at(tick), "note": tick.note}


def _at(tick: Tick) -> str:
    return tick.at.isoformat(timespec="seconds")
