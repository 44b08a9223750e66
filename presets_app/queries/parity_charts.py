"""The two charts of a check's page, drawn as the evidence bundle draws them, and what holds over all its pairs."""

from __future__ import annotations

from typing import Any

from presets_app.core import parity_charts, parity_paired
from presets_app.core.parity_paired import Paired
from presets_app.models import Check, Pair

TALLEST = 160  # pixels; a higher pile is drawn closer together


def of_check(check: Check, pairs: list[Pair]) -> dict[str, Any] | None:
    """{"steps", "far", "paired"}: the waterfall, the distribution, and the sentence about all pairs together; None
    without pairs."""
    listed = [_plain(pair) for pair in pairs if pair.pair_class]
    if not listed:
        return None
    steps = parity_charts.waterfall(listed)
    far = parity_charts.distribution(listed, check.noise.get("difference") or None)
    paired = parity_paired.sentence(tests(pairs))
    return {"steps": steps, "far": _drawn(far), "paired": paired}


def tests(pairs: list[Pair]) -> list[Paired]:
    """Whether the right side is worse than the left over the pairs that were compared; asked where there are other
    takes, which cannot be compared picture by picture."""
    if not any(pair.pair_class == "other_take" for pair in pairs):
        return []
    between = [(pair.measurement.get("video") or {}).get("between") or {} for pair in pairs if not pair.preview]
    found = (
        parity_paired.non_inferior(name, [part[name] for part in between if isinstance(part.get(name), (int, float))])
        for name in parity_paired.MARGINS
    )
    return [test for test in found if test is not None]


def _plain(pair: Pair) -> dict[str, Any]:
    ssim = ((pair.measurement.get("video") or {}).get("ssim") or {}).get("mean")
    about = {"key": pair.key, "class": pair.pair_class, "needs_person": pair.needs_person, "decision": pair.decision}
    return {**about, "primary": pair.primary, "ssim": ssim, "id": pair.pk}


def _drawn(far: dict[str, Any] | None) -> dict[str, Any] | None:
    """The same with places counted from the top, as SVG counts."""
    if far is None:
        return None
    floor = far["height"] + 4
    dots = [{**dot, "y": round(floor - 5 - dot["y"], 2)} for dot in far["dots"]]
    return {**far, "dots": dots, "floor": floor, "tall": min(floor, TALLEST)}
