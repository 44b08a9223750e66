"""Frames and rates as a service asks for them: as numbers, or as seconds when it takes only those."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from presets_app.backends.request_account import Account, misfit
from presets_app.core.losses import LossStatus
from presets_app.core.problems import Severity

_FAR = Fraction(1, 4)  # a length or rate that is wrong by more than a quarter is another video
_BARELY = Fraction(1, 100)  # 23.976 for 24 frames a second


def length(account: Account) -> None:
    """Settle /frames and /fps."""
    sent = _rate(account)
    if field := account.field("num_frames", "frames"):
        if account.has("/frames"):
            account.send("/frames", field, account.value("/frames"))
        return
    rate, frames = rational(account.value("/fps")), account.value("/frames")
    if not isinstance(frames, int):
        return
    if field := account.field("duration"):
        if rate:
            _seconds(account, field, Fraction(frames), rate, sent)
    else:
        _own_length(account, Fraction(frames), rate)


def rational(value: Any) -> Fraction | None:
    """A document's fps as a fraction; None for anything that is no positive number."""
    try:
        found = Fraction(value if isinstance(value, str) else str(value))
    except (ValueError, ZeroDivisionError):
        return None
    return found if found > 0 else None


def nearest_length(spec: Any, wanted: Fraction) -> float:
    """The length in seconds that a field offers next to the one wanted."""
    offered: list[float] = [item for item in spec.get("enum", []) if _number(item)]
    if offered:
        return min(offered, key=lambda item: abs(float(item - wanted)))
    whole: float = round(wanted) if spec.get("type") == "integer" else float(wanted)
    low, high = spec.get("minimum", whole), spec.get("maximum", whole)
    return float(min(max(whole, low), high)) if isinstance(whole, float) else int(min(max(whole, low), high))


def nearest_rate(offered: Iterable[Any], wanted: Fraction) -> int | float | None:
    return min((item for item in offered if _number(item)), key=lambda item: abs(item - wanted), default=None)


def plain(value: Fraction | float, digits: int = 4) -> str:
    """A number with at most so many digits after the point, and none that say nothing."""
    text = f"{float(value):.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def seconds_sentence(frames: Fraction, rate: Fraction, asked: float) -> str:
    """By how much a length in seconds misses a number of frames, for 121 frames at 24 a second and 5 s:
    "121 frames at 24 fps are 5.0417 s; 5 s is asked for, 0.0417 s or 1 frame less."."""
    error = Fraction(str(asked)) - frames / rate
    count = plain(abs(error * rate), 2)
    way = "more" if error > 0 else "less"
    missed = f"{plain(abs(error))} s or {count} frame{'' if count == '1' else 's'} {way}"
    spelled = f"{frames} frame{'' if frames == 1 else 's'} at {plain(rate)} fps are {plain(frames / rate)} s"
    return f"{spelled}; {plain(asked)} s is asked for, {missed}."


def _seconds(account: Account, field: str, frames: Fraction, rate: Fraction, sent: Fraction | None) -> None:
    """The nearest length offered. 8k+1 frames never last a whole number of seconds, so this is seldom exact."""
    wanted = frames / rate
    asked = nearest_length(account.spec(field), wanted)
    error = Fraction(str(asked)) - wanted
    note = seconds_sentence(frames, rate, asked) if error else ""
    if sent and (error or sent != rate):
        made = Fraction(str(asked)) * sent
        note = f"{note} At {plain(sent)} fps about {plain(made, 0)} frames are likely to come back.".strip()
    status: LossStatus = "approximated" if error or (sent and sent != rate) else "mapped"
    account.send("/frames", field, asked, status=status, note=note)
    if abs(error) > wanted * _FAR:
        account.trouble("length_not_offered", "/frames", note, "Choose a length the service offers.", "warning")


def _own_length(account: Account, frames: Fraction, rate: Fraction | None) -> None:
    own = account.fact("x-seconds")
    if not own or not rate:
        text = "The service takes no length: it follows the sound that goes in, or is the service's own."
        account.settle("/frames", "dropped", text)
        account.trouble("length_not_supported", "/frames", text, "Look at the length of what comes back.", "warning")
        return
    exact = Fraction(str(own)) == frames / rate
    note = "" if exact else f"The model renders {plain(own)} s only. {seconds_sentence(frames, rate, own)}"
    account.settle("/frames", "mapped" if exact else "approximated", note, "model", own)
    if abs(Fraction(str(own)) - frames / rate) > frames / rate * _FAR:
        account.trouble("length_not_offered", "/frames", note, "Choose a model with other lengths.", "warning")


def _rate(account: Account) -> Fraction | None:
    """Settle /fps; what the service renders at, None when nobody says."""
    rate, field = rational(account.value("/fps")), account.field("fps", "frame_rate", "frames_per_second")
    if field is None:
        return _own_rate(account, rate)
    if rate is None:
        return rational(account.spec(field).get("default"))
    near = nearest_rate(account.spec(field).get("enum") or [], rate)
    if near is not None and near != rate:
        _other_rate(account, field, rate, near)
        return Fraction(str(near))
    takes_text = not misfit(account.spec(field), account.value("/fps"))
    number = float(rate) if rate.denominator != 1 else int(rate)
    same = takes_text or number == account.value("/fps")
    account.send(
        "/fps", field, account.value("/fps") if takes_text else number, status=None if same else "approximated"
    )
    return rate


def _other_rate(account: Account, field: str, rate: Fraction, near: int | float) -> None:
    off = abs(Fraction(str(near)) - rate)
    note = f"{plain(rate)} fps is not offered; {plain(near)} fps is asked for, off by {plain(off)}."
    account.send("/fps", field, near, status="approximated", note=note)
    severity: Severity = "error" if off > rate * _FAR else "warning" if off > rate * _BARELY else "note"
    hint = "Motion is made for the rate: set the preset to a rate the service has, or render it elsewhere."
    account.trouble("fps_not_offered", "/fps", note, hint, severity)


def _own_rate(account: Account, rate: Fraction | None) -> Fraction | None:
    own = rational(account.fact("x-fps"))
    if rate is None:
        return own
    if own is None:
        text = "The service takes no frame rate and does not say at which it renders."
        account.settle("/fps", "dropped", text)
        account.trouble("fps_not_supported", "/fps", text, "Look at the rate of what comes back.", "note")
        return None
    if own == rate:
        account.settle("/fps", "mapped", "The model's own rate.", "model", account.value("/fps"))
        return own
    off = f"off by {plain(abs(own - rate))} from the preset's {plain(rate)}"
    note = f"The service renders at its own {plain(own)} fps, {off}."
    account.settle("/fps", "approximated", note, "model", int(own) if own.denominator == 1 else float(own))
    hint = "Compare by seconds and not by frame numbers, or render it where the rate can be set."
    account.trouble("fps_not_offered", "/fps", note, hint, "warning")
    return own


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
