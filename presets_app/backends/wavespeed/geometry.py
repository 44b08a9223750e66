"""Size and length as a service asks for them: pixels, "W*H", tier and aspect ratio, or seconds."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from presets_app.backends.wavespeed.accounting import Account, misfit
from presets_app.core.losses import LossStatus

_TIERS = {"360p": 360, "480p": 480, "540p": 540, "720p": 720, "1080p": 1080, "2k": 1440, "4k": 2160}
_FAR = Fraction(1, 4)  # a length that is wrong by more than a quarter is worth a warning of its own


def size(account: Account) -> None:
    """Settle /width and /height. Fields mean the size of the finished video: the first stage's latent times the
    scale of every later stage."""
    width, height = _finished(account)
    if width is None or height is None:
        return
    if account.field("width") and account.field("height"):
        for path, name, value in (("/width", "width", width), ("/height", "height", height)):
            account.send(path, name, value, note="" if account.value(path) == value else "The size of the last stage.")
    elif (field := account.field("size")) is not None:
        _size_text(account, field, width, height)
    elif account.field("resolution") or account.field("aspect_ratio"):
        _tier(account, width, height)


def length(account: Account) -> None:
    """Settle /frames and /fps: as numbers, or as seconds when the service takes only those."""
    fps, rate = account.value("/fps"), rational(account.value("/fps"))
    if field := account.field("num_frames", "frames"):
        if account.has("/frames"):
            account.send("/frames", field, account.value("/frames"))
    elif (field := account.field("duration")) and rate and isinstance(account.value("/frames"), int):
        _seconds(account, field, Fraction(account.value("/frames")) / rate)
    if (field := account.field("fps", "frame_rate", "frames_per_second")) and rate:
        number = float(rate) if rate.denominator != 1 else int(rate)
        takes_text = not misfit(account.model.properties[field], fps)
        account.send("/fps", field, fps if takes_text else number, status=None if takes_text else "approximated")


def rational(value: Any) -> Fraction | None:
    """A document's fps as a fraction; None for anything that is no positive number."""
    try:
        found = Fraction(value if isinstance(value, str) else str(value))
    except (ValueError, ZeroDivisionError):
        return None
    return found if found > 0 else None


def _finished(account: Account) -> tuple[int | None, int | None]:
    scale = Fraction(1)
    for index in range(len(account.document.get("stages") or [])):
        scale *= rational(account.value(f"/stages/{index}/scale")) or 1
    sides = [account.value("/width"), account.value("/height")]
    width, height = (int(side * scale) if isinstance(side, int) and side > 0 else None for side in sides)
    return width, height


def _size_text(account: Account, field: str, width: int, height: int) -> None:
    """The nearest of the sizes offered, by ratio of the sides and of the areas."""
    offered = [pair for text in account.model.properties[field].get("enum", []) if (pair := _pair(text))]
    best = min(offered, key=lambda pair: _distance(pair, (width, height)), default=(width, height))
    _report(account, field, f"{best[0]}*{best[1]}", best, (width, height))


def _tier(account: Account, width: int, height: int) -> None:
    ratio, ratio_text = _aspect(account, width, height)
    field = account.field("resolution")
    tiers = account.model.properties["resolution"].get("enum", []) if field else []
    offered = [tier for tier in tiers if tier in _TIERS]
    shorter = min(width, height)
    tier: str | None = min(offered, key=lambda name: abs(math.log(_TIERS[name] / shorter)), default=None)
    side = _TIERS[tier] if tier else shorter
    made = (round(side * ratio), side) if ratio >= 1 else (side, round(side / ratio))
    if field and tier:
        _report(account, field, tier, made, (width, height))
    if ratio_text and (other := account.field("aspect_ratio")):
        wanted = f"{width}:{height}"
        account.send("", other, ratio_text, status="mapped", note=f"The nearest offered to {wanted}.", before=wanted)
        if account.has("/aspect_ratio"):
            account.share(
                "/aspect_ratio", other, "carried" if account.value("/aspect_ratio") == ratio_text else "mapped"
            )


def _aspect(account: Account, width: int, height: int) -> tuple[Fraction, str | None]:
    own = Fraction(width, height)
    if not account.field("aspect_ratio"):
        return own, None
    offered = {
        text: ratio for text in account.model.properties["aspect_ratio"].get("enum", []) if (ratio := _ratio(text))
    }
    best = min(offered, key=lambda text: abs(math.log(offered[text] / own)), default=None)
    return (offered[best], best) if best else (own, None)


def _report(account: Account, field: str, value: str, made: tuple[int, int], wanted: tuple[int, int]) -> None:
    exact = made == wanted
    share = made[0] * made[1] / (wanted[0] * wanted[1])
    note = f"{made[0]}x{made[1]} in place of {wanted[0]}x{wanted[1]}: {share:.2f} times the pixels."
    status: LossStatus = "mapped" if exact else "approximated"
    account.send("/width", field, value, status=status, note="" if exact else note)
    account.share("/height", field, status, "" if exact else note)
    if not exact:
        hint = "A comparison with another target will judge two different sizes."
        account.trouble("size_not_offered", "/width", f"The service renders {note}", hint, "warning")


def _seconds(account: Account, field: str, wanted: Fraction) -> None:
    """The nearest length offered. 8k+1 frames never last a whole number of seconds, so this is seldom exact."""
    spec = account.model.properties[field]
    asked = _nearest_length(spec, wanted)
    error = Fraction(str(asked)) - wanted
    way = "more" if error > 0 else "less"
    note = f"{float(wanted):.3f} s wanted, {asked} s asked for: {abs(float(error)):.3f} s {way}."
    account.send("/frames", field, asked, status="approximated" if error else "mapped", note=note if error else "")
    if abs(error) > wanted * _FAR:
        account.trouble("length_not_offered", "/frames", note, "Choose a length the service offers.", "warning")


def _nearest_length(spec: dict[str, Any], wanted: Fraction) -> float:
    offered = [item for item in spec.get("enum", []) if isinstance(item, (int, float)) and not isinstance(item, bool)]
    if offered:
        return min(offered, key=lambda item: abs(float(item - wanted)))
    whole: float = round(wanted) if spec.get("type") == "integer" else float(wanted)
    low, high = spec.get("minimum", whole), spec.get("maximum", whole)
    return float(min(max(whole, low), high)) if isinstance(whole, float) else int(min(max(whole, low), high))


def _pair(text: Any) -> tuple[int, int] | None:
    sides = str(text).lower().replace("x", "*").split("*")
    return (
        (int(sides[0]), int(sides[1])) if len(sides) == 2 and all(s.isdigit() and int(s) > 0 for s in sides) else None
    )


def _ratio(text: Any) -> Fraction | None:
    pair = _pair(str(text).replace(":", "*"))
    return Fraction(*pair) if pair else None


def _distance(one: tuple[int, int], other: tuple[int, int]) -> float:
    shape = math.log((one[0] / one[1]) / (other[0] / other[1]))
    area = math.log((one[0] * one[1]) / (other[0] * other[1]))
    return 4 * abs(shape) + abs(area)
