"""Two files compared and judged, without a project: what the command `compare` does. Needs no database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from presets_app.core import parity
from presets_app.core.errors import Unavailable
from presets_app.core.parity_thresholds import same_as
from presets_app.measure import PairFiles, measure_pairs, write_report


def compare_files(
    left: Path,
    right: Path,
    *,
    out: Path | None = None,
    family: str = "",
    noise: Mapping[str, Any] | None = None,
    extras: tuple[str, ...] = (),
) -> tuple[dict[str, Any], bool]:
    """(the judged comparison as one JSON object, whether both files could be measured to their end).

    With `out`, that folder gets `frames.csv`, pictures of the worst frames, `barcode.png`, `comparison.json` and
    `report.html`, which needs none of the others; names in the object are relative to it. Raises
    Unavailable when the folder cannot be written.
    """
    if out is not None:
        _made(out)
    pair = PairFiles(left, right, heatmaps=out, table=out / "frames.csv" if out else None, frames=True, extras=extras)
    measured = measure_pairs([pair])[0]
    judged = parity.classify(measured, family=family, noise=noise)
    answer = _answer(measured, judged, out)
    limit = same_as(family, noise)
    answer["limits"] = {"ssim": limit.ssim, "psnr": limit.psnr, "source": limit.source}
    if out is not None:
        text = json.dumps(answer, allow_nan=False, indent=2, sort_keys=True)
        (out / "comparison.json").write_text(text + "\n", encoding="utf-8")
        write_report(out, answer, (left.name, right.name))
    return answer, bool(measured["video"]) and not measured["problems"]


def _made(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        hint = "Choose a folder that can be made and written."
        raise Unavailable(f"{out} cannot be written: {fault.strerror}.", code="out_unwritable", hint=hint) from fault


def _answer(measured: dict[str, Any], judged: parity.PairJudgement, out: Path | None) -> dict[str, Any]:
    video = measured["video"] or None
    for frame in (video or {}).get("worst_frames", ()):
        for name in ("heatmap", "left", "right"):
            if frame.get(name):
                frame[name] = Path(frame[name]).name
    return {
        "class": None if judged.pair_class == "error" else judged.pair_class,
        "verdict": judged.verdict,
        "reasons": list(judged.reasons),
        "primary": judged.primary,
        "identical_by": measured["identical_by"],
        "container": measured["container"],
        "video": video,
        "audio": measured["audio"] or None,
        "cost": measured["cost"],
        "out": str(out) if out else None,
    }
