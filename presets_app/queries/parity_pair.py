"""One pair as the parity page shows it."""

from __future__ import annotations

from typing import Any

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.core.errors import MatchframeError
from presets_app.models import Check, Comment, Decision, Item, Pair
from presets_app.queries import parity_ladder, parity_looks, people
from presets_app.queries.sides import media_url, pair_of_sides, video_url

PICTURES = ("left", "right", "heatmap")
WORDS = {"accept": "accepted", "reject": "rejected"}
FACTS = (
    ("Size", ("width", "height")),
    ("Frame rate", ("fps",)),
    ("Frames", ("frames",)),
    ("Duration, s", ("duration_s",)),
    ("Pixel format", ("pixel_format",)),
    ("Colour range", ("color_range",)),
    ("Codec", ("codec",)),
)


def sides_of(check: Check) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both sides as they are marked; where two presets, or a changed value, are compared, their names say which."""
    left, right = pair_of_sides(check.left.target, check.right.target)
    one, other = check.left.preset, check.right.preset
    if one is not None and other is not None and one.pk != other.pk:
        left["label"], right["label"] = f"{left['name']}: {one.name}", f"{right['name']}: {other.name}"
    elif check.kind == "trial":
        changed = left if check.about.get("side") == "left" else right
        changed["label"] = f"{changed['name']}, changed"
    return left, right


def pair_row(pair: Pair) -> dict[str, Any]:
    return {
        "id": str(pair.pk),
        "place": pair.position + 1,
        "label": pair.key,
        "class": pair.pair_class or "waiting",
        "distance": _distance(pair),
        "decision": WORDS.get(pair.decision),
    }


def _distance(pair: Pair) -> str | None:
    value, noise = pair.primary.get("value"), pair.primary.get("in_noise")
    if noise is not None:
        return f"{noise:.1f} × noise"
    if value is None or pair.pair_class == "identical":
        return None
    name = {"ssim_mean": "SSIM", "histogram_overlap": "overlap"}.get(pair.primary.get("metric", ""), "")
    return f"{name} {value:.3f}".strip()


def chosen_pair(check: Check, order: list[Pair], chosen: str) -> dict[str, Any]:
    """The chosen pair, else the first in order, with its neighbours."""
    place = next((index for index, pair in enumerate(order) if str(pair.pk) == chosen), 0)
    pair = order[place]
    return {
        **pair_row(pair),
        **_pictures(check, pair),
        **_input(pair),
        "sentence": _sentence(pair),
        "reasons": pair.reasons,
        "geometry": _geometry(pair),
        "numbers": _numbers(pair),
        "why": parity_ladder.shown(check, pair),
        "decision": _decision(check, pair),
        "decidable": pair.needs_person,
        "looks": parity_looks.shown(check, pair),
        "comments": comments(check, pair),
        "previous_url": f"?pair={order[place - 1].pk}" if place else None,
        "next_url": f"?pair={order[place + 1].pk}" if place + 1 < len(order) else None,
    }


def comments(check: Check, pair: Pair) -> list[dict[str, Any]]:
    rows = Comment.objects.filter(project=check.project, subject_kind="pair", subject=f"{check.id}/{pair.key}")
    return [{"person": row.by_name, "when": row.at, "text": row.text} for row in rows.order_by("id")[:100]]


def _sentence(pair: Pair) -> str:
    if pair.reasons:
        return " ".join(str(reason["message"]) for reason in pair.reasons[:3])
    if pair.pair_class == "identical":
        return "The two are the same, sample by sample."
    return "The two are the same generation, within noise."


def _input(pair: Pair) -> dict[str, Any]:
    document = _document(pair.left) or _document(pair.right)
    return {"prompt": document.get("prompt", ""), "labels": pair.labels + (["preview set"] if pair.preview else [])}


def _document(item: Item) -> dict[str, Any]:
    if not item.request:
        return {}
    try:
        found = get_json(wiring.artifacts(), item.request).get("document")
    except MatchframeError:
        return {}
    return found if isinstance(found, dict) else {}


def _pictures(check: Check, pair: Pair) -> dict[str, Any]:
    video, facts = pair.measurement.get("video") or {}, pair.measurement.get("container") or {}
    left = facts.get("left") or {}
    width, height = left.get("width") or 16, left.get("height") or 9
    marks = sides_of(check)
    return {
        "shape": _shape(width / height),
        "fps": _rate(left.get("fps")),
        "frames": video.get("frames_left") or left.get("frames") or 1,
        "sound": any((side or {}).get("audio") for side in facts.values()),
        "left": _side(check, pair.left, marks[0]),
        "right": _side(check, pair.right, marks[1]),
        "curve": _curve(pair, video),
        "worst": [_worst(check, frame, left) for frame in video.get("worst_frames", [])],
    }


def _shape(ratio: float) -> str:
    for name, limit in (("tall", 0.9), ("square", 1.2), ("classic", 1.55)):
        if ratio < limit:
            return name
    return "wide"


def _rate(text: Any) -> float:
    top, _, bottom = str(text or "24").partition("/")
    try:
        return round(float(top) / float(bottom or 1), 3)
    except (ValueError, ZeroDivisionError):
        return 24.0


def _side(check: Check, item: Item, mark: dict[str, Any]) -> dict[str, Any]:
    missing = (item.failure or {}).get("message") or f"This side is {item.state}."
    took = f"{item.seconds or 0:.1f} s"
    warm = "" if item.warm is None else " warm" if item.warm else " cold"
    return {
        **mark,
        "video_url": video_url(check.project, item.video),
        "poster_url": None,
        "missing": "" if item.video else missing,
        "caption": f"{took}{warm}, seed {item.seeds}" if item.seconds is not None else "",
    }


def _curve(pair: Pair, video: dict[str, Any]) -> dict[str, Any] | None:
    values = (video.get("per_frame") or {}).get("ssim") or []
    if pair.pair_class == "identical" or len(values) < 2:
        return None
    limit = pair.primary.get("threshold") if pair.primary.get("metric") == "ssim_mean" else None
    return {"values": values, "limit": limit, "label": "SSIM", "unit": ""}


def _worst(check: Check, frame: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    number = int(frame.get("frame", 0))
    return {
        "frame": number,
        "seconds": number / (_rate(facts.get("fps")) or 24.0),
        "value": frame.get("ssim"),
        "unit": "SSIM",
        **{f"{name}_url": media_url(check.project, "heat", frame.get(name) or "") for name in PICTURES},
    }


def _geometry(pair: Pair) -> list[dict[str, Any]]:
    """What differs between the files themselves, said before any picture."""
    facts = pair.measurement.get("container") or {}
    left, right = facts.get("left") or {}, facts.get("right") or {}
    if not left or not right:
        return []
    rows = []
    for label, names in FACTS:
        values = [" x ".join(str(side.get(name, "-")) for name in names) for side in (left, right)]
        if values[0] != values[1] and not (names == ("duration_s",) and _same_length(left, right)):
            rows.append({"label": label, "left": values[0], "right": values[1]})
    return rows


def _same_length(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Containers round a duration in their own ways; under half a frame it is the same."""
    one, other = left.get("duration_s"), right.get("duration_s")
    if one is None or other is None:
        return False
    return bool(abs(one - other) < 0.5 / (_rate(left.get("fps")) or 24.0))


def _numbers(pair: Pair) -> list[dict[str, Any]]:
    video, audio = pair.measurement.get("video") or {}, pair.measurement.get("audio") or {}
    between = video.get("between") or {}
    limit = pair.primary.get("threshold") if pair.primary.get("metric") == "ssim_mean" else None
    ssim, psnr = video.get("ssim") or {}, video.get("psnr") or {}
    wanted = f"at least {limit:g}" if limit is not None else ""
    rows = [
        _number("SSIM, mean", ssim.get("mean"), 3, wanted=wanted, state=_state(ssim.get("mean"), limit)),
        _number("SSIM, lowest", ssim.get("min"), 3),
        _number("PSNR, mean", psnr.get("mean"), 1, "dB"),
        _number("Time shift", video.get("offset_frames"), 0, "frames"),
        _number("Colour difference", between.get("delta_e"), 1, "ΔE"),
        _number("Motion, right to left", between.get("motion_ratio"), 2, "x"),
        _number("Sharpness, right to left", between.get("sharpness_ratio"), 2, "x"),
        _number("Sound, correlation", audio.get("correlation"), 3),
        _number("Sound, offset", audio.get("offset_ms"), 0, "ms"),
    ]
    return rows if video else []


def _number(
    label: str, value: float | None, digits: int, unit: str = "", *, wanted: str = "", state: str = ""
) -> dict[str, Any]:
    text = None if value is None else f"{round(value, digits) + 0.0:.{digits}f}"  # + 0.0: never "-0"
    return {"label": label, "value": text, "unit": unit, "wanted": wanted, "state": state}


def _state(value: float | None, limit: float | None) -> str:
    if value is None or limit is None:
        return ""
    return "pass" if value >= limit else "inconclusive"


def _decision(check: Check, pair: Pair) -> dict[str, Any] | None:
    """The newest word of a person on this pair, unless it was taken back."""
    rows = Decision.objects.filter(project=check.project, check_id=check.id, key=pair.key)
    newest = rows.order_by("-number").first()
    if newest is None or newest.choice == "undo":
        return None
    name = people.names({newest.by}).get(newest.by, newest.by)
    return {"state": WORDS[newest.choice], "person": name, "when": newest.at, "reason": newest.reason}
