"""The ladder of causes of one check: what its sides were sent and ran with, and what tests of single rungs showed."""

from __future__ import annotations

from typing import Any

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.core import parity_ladder
from presets_app.core.errors import MatchframeError
from presets_app.core.parity_ladder import Rung, Value
from presets_app.models import Check, Item, Pair, Run

SHOWN = 40  # rungs; beyond them two presets are simply different
TESTED = 3  # inputs of a test


def of_pair(check: Check, pair: Pair) -> list[Rung]:
    left, right = facts(pair.left), facts(pair.right)
    return parity_ladder.ladder(left, right, testable=testable(check))[:SHOWN] if left and right else []


def facts(item: Item) -> dict[str, Value]:
    """What the item was sent, over which lies what its maker says of itself; {} without a request."""
    sent = _read(item.request)
    return {**parity_ladder.of_request(sent), **parity_ladder.of_result(_read(item.result))} if sent else {}


def _read(digest: str) -> dict[str, Any]:
    if not digest:
        return {}
    try:
        found: dict[str, Any] = get_json(wiring.artifacts(), digest)
    except (MatchframeError, OSError, ValueError):
        return {}
    return found


def testable(check: Check) -> list[str]:
    """The sides that a person can render here with another value of the preset."""
    return [side for side, run in (("left", check.left), ("right", check.right)) if _is_own(run)]


def _is_own(run: Run) -> bool:
    return run.preset_id is not None and not run.target.is_cloud and run.target.kind != "files"


def worst(check: Check, count: int = TESTED) -> list[Pair]:
    """The drawn pairs that differ most and have both sides, which a rung is tested on; for a row that is the same
    everywhere, its first ones."""
    rows = check.pairs.exclude(left__video="").exclude(right__video="").select_related("left", "right")
    drawn = set(check.plan.get("drawn", ()))
    ranked = sorted(rows.order_by("-severity", "position"), key=lambda pair: pair.key not in drawn)
    return ranked[:count]


def tests(check: Check) -> dict[str, dict[str, Any]]:
    """{place: {check, state, effect}} of the newest test of each rung."""
    found: dict[str, dict[str, Any]] = {}
    rows = Check.objects.filter(project=check.project_id, kind="trial", about__of=check.id).order_by("id")
    before = {pair.key: _ssim(pair) for pair in check.pairs.all()}
    for test in rows:
        found[str(test.about.get("path"))] = {
            "check": test.id,
            "state": test.state if test.state != "judged" else "judged",
            "effect": _effect(test, before) if test.state == "judged" else None,
        }
    return found


def _effect(test: Check, before: dict[str, float | None]) -> dict[str, Any]:
    pairs = [pair for pair in test.pairs.all() if pair.pair_class != "error"]
    old = [value for pair in pairs if (value := before.get(pair.key)) is not None]
    new = [value for pair in pairs if (value := _ssim(pair)) is not None]
    return parity_ladder.effect(old, new, [pair.pair_class for pair in pairs])


def _ssim(pair: Pair) -> float | None:
    if pair.pair_class == "identical":
        return 1.0
    value = ((pair.measurement.get("video") or {}).get("ssim") or {}).get("mean")
    return float(value) if isinstance(value, (int, float)) else None


def shown(check: Check, pair: Pair) -> list[dict[str, Any]]:
    """For the page: [{rung, name, label, path, left, right, note, testable, why_not, test}]."""
    rungs = of_pair(check, pair)
    known = tests(check) if rungs else {}
    return [
        {
            "rung": rung.rung,
            "name": parity_ladder.NAMES[rung.rung],
            "label": rung.label,
            "path": rung.path,
            "left": _said(rung.left),
            "right": _said(rung.right),
            "note": rung.note,
            "testable": rung.change is not None or _is_returned_seed(rung, check),
            "why_not": rung.why_not,
            "test": known.get(rung.path),
        }
        for rung in rungs
    ]


def _is_returned_seed(rung: Rung, check: Check) -> bool:
    return rung.path.startswith("/ran/seeds/") and bool(testable(check))


def _said(value: Any) -> str | None:
    if value is None:
        return None
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 160 else text[:157] + "..."
