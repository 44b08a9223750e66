"""Size as a service asks for it: pixels, "W*H", "WxH", or tier and aspect ratio."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from presets_app.backends.request_account import Account
from presets_app.backends.request_timing import rational
from presets_app.core.losses import LossStatus

TIERS = {"360p": 360, "480p": 480, "540p": 540, "720p": 720, "1080p": 1080, "2k": 1440, "4k": 2160}


def size(account: Account) -> None:
    """Settle /width and /height. Fields mean the size of the finished video: the first stage's latent times the
    scale of every later stage."""
    width, height = finished(account.document)
    if width is None or height is None:
        return
    if account.field("width") and account.field("height"):
        for path, name, value in (("/width", "width", width), ("/height", "height", height)):
            account.send(path, name, value, note="" if account.value(path) == value else "The size of the last stage.")
    elif field := _field_of_sizes(account):
        _size_text(account, field, width, height)
    elif account.field("resolution") or account.field("aspect_ratio"):
        _tier(account, width, height)
    else:
        _own_size(account)


def finished(document: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Width and height of the finished video in pixels, None where the document does not say."""
    scale = Fraction(1)
    stages = document.get("stages")
    for stage in stages if isinstance(stages, list) else ():
        scale *= (rational(stage.get("scale")) if isinstance(stage, dict) else None) or 1
    sides = [document.get("width"), document.get("height")]
    width, height = (
        int(side * scale) if isinstance(side, int) and not isinstance(side, bool) and side > 0 else None
        for side in sides
    )
    return width, height


def pair_of(text: Any) -> tuple[int, int] | None:
    """Width and height of "832*480" or "1920x1080"; None for any other text."""
    sides = str(text)[:40].lower().replace("x", "*").split("*")
    good = len(sides) == 2 and all(side.isascii() and side.isdigit() and int(side) > 0 for side in sides)
    return (int(sides[0]), int(sides[1])) if good else None


def nearest_size(offered: Iterable[Any], wanted: tuple[int, int]) -> str | None:
    """The offered size that comes nearest, by the ratio of the sides and of the areas."""
    pairs = {str(text): pair for text in offered if (pair := pair_of(text))}
    return min(pairs, key=lambda text: _distance(pairs[text], wanted), default=None)


def _field_of_sizes(account: Account) -> str | None:
    """The field that takes both sides as one text: some services call it `resolution`, as others do a tier."""
    spelled = any(pair_of(item) for item in _offered(account, "resolution"))
    return account.field("size", "resolution") if spelled else account.field("size")


def _own_size(account: Account) -> None:
    text = "The service takes no size: it follows the input or is fixed by the model."
    for path in ("/width", "/height"):
        account.settle(path, "dropped", text)
    account.trouble("size_not_supported", "/width", text, "Look at the size of what comes back.", "warning")


def _offered(account: Account, field: str) -> list[Any]:
    found = account.spec(field).get("enum")
    return found if isinstance(found, list) else []


def _size_text(account: Account, field: str, width: int, height: int) -> None:
    best = nearest_size(_offered(account, field), (width, height)) or f"{width}*{height}"
    _report(account, field, best, pair_of(best) or (width, height), (width, height))


def _tier(account: Account, width: int, height: int) -> None:
    ratio, ratio_text = _aspect(account, width, height)
    field = account.field("resolution")
    offered = [tier for tier in _offered(account, "resolution") if str(tier).lower() in TIERS] if field else []
    shorter = min(width, height)
    tier: str | None = min(offered, key=lambda name: abs(math.log(TIERS[name.lower()] / shorter)), default=None)
    side = TIERS[tier.lower()] if tier else shorter
    made = (round(side * ratio), side) if ratio >= 1 else (side, round(side / ratio))
    if field and tier:
        _report(account, field, tier, made, (width, height))
    if ratio_text and (other := account.field("aspect_ratio")):
        _ratio_text(account, other, ratio_text, f"{width}:{height}")


def _ratio_text(account: Account, field: str, text: str, wanted: str) -> None:
    note = f"The nearest offered to {wanted}."
    account.send("", field, text, status="mapped", note=note, before=wanted, about="/width")
    if account.has("/aspect_ratio"):
        account.share("/aspect_ratio", field, "carried" if account.value("/aspect_ratio") == text else "mapped")


def _aspect(account: Account, width: int, height: int) -> tuple[Fraction, str | None]:
    own = Fraction(width, height)
    if not account.field("aspect_ratio"):
        return own, None
    offered = {text: ratio for text in _offered(account, "aspect_ratio") if (ratio := _ratio(text))}
    best = min(offered, key=lambda text: abs(math.log(offered[text] / own)), default=None)
    return (offered[best], best) if best else (own, None)


def _report(account: Account, field: str, value: str, made: tuple[int, int], wanted: tuple[int, int]) -> None:
    exact = made == wanted
    share = made[0] * made[1] / (wanted[0] * wanted[1])
    off = f"{made[0] - wanted[0]:+d} and {made[1] - wanted[1]:+d} pixels"
    note = f"{made[0]}x{made[1]} in place of {wanted[0]}x{wanted[1]}: {off}, {share:.2f} times the area."
    status: LossStatus = "mapped" if exact else "approximated"
    account.send("/width", field, value, status=status, note="" if exact else note)
    account.share("/height", field, status, "" if exact else note)
    if not exact:
        hint = "A comparison with another target will judge two different sizes."
        account.trouble("size_not_offered", "/width", f"The service renders {note}", hint, "warning")


def _ratio(text: Any) -> Fraction | None:
    pair = pair_of(str(text).replace(":", "*"))
    return Fraction(*pair) if pair else None


def _distance(one: tuple[int, int], other: tuple[int, int]) -> float:
    shape = math.log((one[0] / one[1]) / (other[0] / other[1]))
    area = math.log((one[0] * one[1]) / (other[0] * other[1]))
    return 4 * abs(shape) + abs(area)
