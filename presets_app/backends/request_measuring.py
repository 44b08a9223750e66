"""Size, length and rate of a service's request as pixels, frames and a rate, where the request says enough."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from presets_app.backends.request_drafts import Draft
from presets_app.backends.request_geometry import TIERS, pair_of
from presets_app.backends.request_timing import plain, rational
from presets_app.core.families import rules_of

Held = Mapping[str, tuple[str, Any]]  # name -> (pointer in the file, value)
_EXACT = ("720p", "1080p", "2k", "4k")  # tiers whose sides are whole for 16:9


def measures(draft: Draft, held: Held) -> None:
    """Settle size, length and rate. The draft's family must be known before, for its rule on frames."""
    _size(draft, held)
    _rate(draft, held)
    _length(draft, held)


def _size(draft: Draft, held: Held) -> None:
    for name in ("width", "height"):
        if _whole(_value(held, name)):
            draft.put(f"/{name}", held[name][0], _value(held, name))
    for name in ("size", "resolution"):
        pair = pair_of(_value(held, name)) if _value(held, name) is not None else None
        if pair and "width" not in draft.document:
            _sides(draft, held[name], pair, "Width and height.")
    ratio = _value(held, "aspect_ratio")
    if isinstance(ratio, str) and pair_of(ratio.replace(":", "*")):
        draft.put("/aspect_ratio", held["aspect_ratio"][0], ratio)
    if isinstance(_value(held, "resolution"), str) and "width" not in draft.document:
        _tier(draft, held, ratio if isinstance(ratio, str) else "")


def _tier(draft: Draft, held: Held, ratio: str) -> None:
    """A tier of which both sides follow from the ratio; 480p has several widths, and pictures bring their own."""
    pointer, tier = held["resolution"][0], str(_value(held, "resolution")).lower()
    if tier not in TIERS:
        return
    if tier not in _EXACT or ratio not in ("16:9", "9:16"):
        text = f"The request says {tier} only, and the width and height of that follow from the service or the picture."
        for name in ("width", "height"):
            draft.trouble("size_not_stated", f"/{name}", text, f"Set the {name} of the video that came back.", "error")
        draft.drop(pointer, text)
        return
    short, long = TIERS[tier], TIERS[tier] * 16 // 9
    width, height = (long, short) if ratio == "16:9" else (short, long)
    _sides(draft, held["resolution"], (width, height), "With the aspect ratio.")


def _sides(draft: Draft, held: tuple[str, Any], pair: tuple[int, int], note: str) -> None:
    """One field that says both sides."""
    pointer, value = held
    draft.put("/width", pointer, pair[0], note=note)
    draft.put("/height", pointer, pair[1], note=note, before=value)


def _rate(draft: Draft, held: Held) -> None:
    for name in ("fps", "frame_rate", "frames_per_second"):
        if "fps" not in draft.document and rational(_value(held, name)):
            draft.put("/fps", held[name][0], _value(held, name))


def _length(draft: Draft, held: Held) -> None:
    for name in ("num_frames", "frames"):
        if "frames" not in draft.document and _whole(_value(held, name)):
            draft.put("/frames", held[name][0], _value(held, name))
    seconds = rational(_value(held, "duration"))
    if seconds is None or "frames" in draft.document:
        return
    pointer, rate = held["duration"][0], rational(draft.document.get("fps"))
    if rate is not None:
        _frames(draft, pointer, seconds, rate)
        return
    text = f"The request says {plain(seconds)} s and no rate, so the number of frames is the service's."
    draft.trouble("not_stated", "/frames", text, "Set the frames of the video that came back.", "error")
    draft.drop(pointer, text)


def _frames(draft: Draft, pointer: str, seconds: Fraction, rate: Fraction) -> None:
    wanted = round(seconds * rate)
    rules = rules_of(draft.document)
    near = (wanted,) if rules is None or rules.frames_fit(wanted) else rules.nearest_frames(wanted)
    frames = min(near, key=lambda count: (abs(count - seconds * rate), -count))
    off = frames - seconds * rate
    if not off:
        draft.put("/frames", pointer, frames, status="mapped", note=f"{plain(seconds)} s at {plain(rate)} fps.")
        return
    way = "more" if off > 0 else "less"
    note = (
        f"{plain(seconds)} s at {plain(rate)} fps are {plain(seconds * rate)} frames; {frames} is the nearest that the"
        f" family renders, {plain(abs(off))} or {plain(abs(off) / rate)} s {way}."
    )
    draft.put("/frames", pointer, frames, status="approximated", note=note)
    draft.trouble("frames_approximated", "/frames", note, "Count the frames of the video that came back.")


def _value(held: Held, name: str) -> Any:
    return held[name][1] if name in held else None


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
