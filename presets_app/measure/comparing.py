"""One pair from files to measurement, inside the child."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from presets_app.measure import describing, hearing, onepass, tempo
from presets_app.measure.alignment import Shift
from presets_app.measure.limits import Limits
from presets_app.measure.onepass import Pass
from presets_app.measure.opening import Media, Unreadable, open_media, tags
from presets_app.measure.tempo import Timing
from presets_app.measure.texture import static
from presets_app.measure.worst import Pair, block_map, region

FORMAT = "matchframe/measurement/1"


def measure(asked: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """The measurement of one pair as JSON without `cost`. What cannot be read becomes an entry in `problems`."""
    paths = {"left": Path(asked["left"]), "right": Path(asked["right"])}
    with ExitStack() as stack:
        opened: dict[str, Media] = {}
        problems: list[dict[str, Any]] = []
        for name, path in paths.items():
            try:
                opened[name] = stack.enter_context(open_media(path, limits))
            except Unreadable as fault:
                problems.append({"code": "undecodable", "kind": fault.kind, "side": name, "message": str(fault)})
        if problems:
            return _unmeasured({name: media.facts for name, media in opened.items()}, problems)
        seen = onepass.run(opened["left"], opened["right"], limits, extras=asked.get("extras") or ())
        timing, whole = Timing(), seen.shift
        noise = any(seen.texture.left.noisy + seen.texture.right.noisy)  # which has no timing
        if seen.scores and not noise:
            timing, whole = tempo.find(seen.left.small, seen.right.small, seen.shift)
        if not seen.scores or noise or timing == Timing(seen.shift.frames):
            return _measured(asked, opened, seen, timing)
    return _again(asked, paths, limits, seen, timing, whole)


def _again(
    asked: dict[str, Any], paths: dict[str, Path], limits: Limits, first: Pass, timing: Timing, whole: Shift
) -> dict[str, Any]:
    """The pictures compared as the timing of the whole clip says, which its first 25 frames did not show."""
    partners = timing.partners(first.left.count, first.right.count)
    with ExitStack() as stack:
        opened = {name: stack.enter_context(open_media(path, limits)) for name, path in paths.items()}
        extras = asked.get("extras") or ()
        seen = onepass.run(opened["left"], opened["right"], limits, extras=extras, partners=partners)
        seen.shift = whole._replace(frames=timing.lag)
        return _measured(asked, opened, seen, timing)


def _unmeasured(facts: dict[str, Any], problems: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "problems": problems,
        "container": {"left": facts.get("left"), "right": facts.get("right")},
        "identical": False,
        "identical_by": None,
        "video": {},
        "audio": {},
    }


def _measured(asked: dict[str, Any], opened: dict[str, Media], seen: Pass, timing: Timing) -> dict[str, Any]:
    facts = {name: media.facts for name, media in opened.items()}
    problems = [{**trouble, "side": name} for name, media in opened.items() for trouble in media.trouble]
    if not (seen.left.count and seen.right.count):
        return _unmeasured(facts, problems)
    by = _identical_by(asked, opened, seen)
    if asked["table"]:
        from presets_app.measure.table import write_table  # noqa: PLC0415  # most pairs write none

        write_table(seen, Path(asked["table"]))
    extras = tuple(asked.get("extras") or ())
    video = describing.video(seen, list(_worst_frames(asked, seen)), timing, extras)
    if asked["heatmaps"] and asked["frames"] and seen.scores:
        from presets_app.measure import heatmaps  # noqa: PLC0415  # Pillow, see below

        heatmaps.draw_barcode(video["barcode"], Path(asked["heatmaps"]) / "barcode.png")
    return {
        "format": FORMAT,
        "problems": problems,
        "container": facts,
        "identical": by is not None,
        "identical_by": by,
        "video": video,
        "audio": hearing.compared(*seen.sounds),
    }


def _identical_by(asked: dict[str, Any], opened: dict[str, Media], seen: Pass) -> str | None:
    left_raw, right_raw = asked.get("left_raw"), asked.get("right_raw")
    if left_raw and right_raw and left_raw.get("frames") and left_raw == right_raw:
        return "raw frames and samples"
    counts = (len(seen.scores), seen.left.count, seen.right.count)
    planes = [media.facts["pixel_format"] for media in opened.values()]
    exact = seen.compared_as == planes[0] == planes[1]
    same_pictures = exact and len(set(counts)) == 1 and all(scores.mse == 0 for scores in seen.scores)
    return "decoded planes and samples" if same_pictures and hearing.equal(*seen.sounds) else None


def _worst_frames(asked: dict[str, Any], seen: Pass) -> Iterator[dict[str, Any]]:
    for pair in seen.worst:
        blocks = block_map(pair.left, pair.right)
        width, height = pair.left.width, pair.left.height
        entry = {
            "frame": pair.left_index,
            "right_frame": pair.right_index,
            "psnr": None if pair.scores.psnr is None else round(pair.scores.psnr, 4),
            "ssim": round(pair.scores.ssim, 6),
            "region": region(blocks, width, height),
            "static": [name for name, frame in (("left", pair.left), ("right", pair.right)) if static(frame)],
            "heatmap": None,
        }
        yield {**entry, **_draw(pair, blocks, Path(asked["heatmaps"]), asked["frames"])} if asked["heatmaps"] else entry


def _draw(pair: Pair, blocks: Any, folder: Path, frames: bool) -> dict[str, str]:
    """Absolute paths of what was drawn."""
    from presets_app.measure import heatmaps  # noqa: PLC0415  # Pillow costs start-up time that most pairs never use

    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"frame-{pair.left_index:05d}"
    heatmaps.draw(blocks, pair.left.width, pair.left.height, Path(f"{stem}-heatmap.png"))
    if not frames:
        return {"heatmap": f"{stem}-heatmap.png"}
    heatmaps.keep_frame(pair.left, Path(f"{stem}-left.png"))
    heatmaps.keep_frame(pair.right, Path(f"{stem}-right.png"))
    return {"heatmap": f"{stem}-heatmap.png", "left": f"{stem}-left.png", "right": f"{stem}-right.png"}


def probe(path: Path, limits: Limits) -> dict[str, Any]:
    """What one container says, with its text tags; `problems` when it cannot be read."""
    try:
        with open_media(path, limits) as media:
            return {"facts": media.facts, "tags": tags(media), "problems": []}
    except Unreadable as fault:
        return {
            "facts": None,
            "tags": {},
            "problems": [{"code": "undecodable", "kind": fault.kind, "message": str(fault)}],
        }
