"""Remembering a person's yes: a pair that shows what was accepted before for its input asks nobody again."""

from __future__ import annotations

from typing import Any

from presets_app import measure, wiring
from presets_app.core import parity
from presets_app.core.generation import RawDigests
from presets_app.models import Check, Item, Pair
from presets_app.queries import parity_looks as accepted
from presets_app.queries.parity_looks import Look

ALIKE = ("identical", "same")


def recall(check: Check) -> None:
    """Settle the pairs whose two outputs are each the same as an accepted one, within noise. The preset and the input
    must be the same; what was not asked about then is asked now. Safe to repeat."""
    if check.kind != "parity" or check.preset is None:
        return
    waiting = check.pairs.filter(pair_class="other_take", needs_person=True, decision="")
    for pair in waiting.select_related("left", "right").order_by("position"):
        looks = accepted.of_input(check.preset, check.digest, pair.key, without=check.id)
        look = _recognised(check, pair, looks)
        if look is not None:
            _settle(pair, look)


def _recognised(check: Check, pair: Pair, looks: list[Look]) -> Look | None:
    """The newest of the looks that cover both outputs, None when one of them is new."""
    asked = accepted.asked_for(pair.left)
    usable = [look for look in looks if _asks(pair) <= _asks(look.pair) and accepted.asked_for(look.pair.left) == asked]
    left, right = (_first_alike(check, item, usable) for item in (pair.left, pair.right))
    if left is None or right is None:
        return None
    return left if left.at >= right.at else right


def _asks(pair: Pair) -> set[str]:
    return {str(reason["code"]) for reason in pair.reasons if reason["severity"] in ("ask", "fail")}


def _first_alike(check: Check, item: Item, looks: list[Look]) -> Look | None:
    for look in looks:
        if any(_is_known(item, output) for output in look.outputs):
            return look
    family = check.preset.family if check.preset else ""
    for look in looks:
        if any(_alike(item, output, family, check.noise.get("gate")) for output in look.outputs):
            return look
    return None


def _is_known(item: Item, output: Item) -> bool:
    """Whether it is the very same output, as far as digests tell without decoding anything."""
    if item.video == output.video:
        return True
    return bool(item.raw_frames) and (item.raw_frames, item.raw_samples) == (output.raw_frames, output.raw_samples)


def _alike(item: Item, output: Item, family: str, floor: Any) -> bool:
    files = measure.PairFiles(
        wiring.artifact_path(output.video), wiring.artifact_path(item.video), _raw(output), _raw(item)
    )
    measured = measure.measure_pairs([files])[0]
    judged = parity.classify(measured, family=family, noise=floor)
    return judged.pair_class in ALIKE and judged.verdict == "pass"


def _raw(item: Item) -> RawDigests | None:
    return RawDigests(item.raw_frames, item.raw_samples or None) if item.raw_frames else None


def _settle(pair: Pair, look: Look) -> None:
    where = f"on {look.at:%Y-%m-%d} in check {look.pair.check_of_id}"
    text = f"{look.by} accepted this look of the input {where}: {look.reason}"
    known = {"code": "accepted_look", "severity": "note", "message": text, "place": None}
    known |= {"check": look.pair.check_of_id, "by": look.by}
    kept = [{**reason, "severity": "note"} if reason["severity"] == "ask" else reason for reason in pair.reasons]
    pair.reasons, pair.needs_person, pair.verdict = [known, *kept], False, "pass"
    pair.severity = min(pair.severity, 0.99)
    pair.save(update_fields=["reasons", "needs_person", "verdict", "severity"])
