"""One row per compared pair of frames, for spreadsheets."""

from __future__ import annotations

import csv
from pathlib import Path

from presets_app.measure.onepass import Pass
from presets_app.measure.stills import ratio

COLUMNS = (
    "frame", "right_frame", "psnr", "ssim", "mean_abs", "left_luma", "right_luma", "motion_ratio", "left_contrast",
    "right_contrast", "left_motion", "right_motion", "most_apart", "region",
)  # fmt: skip


def write_table(seen: Pass, path: Path) -> None:
    """An empty PSNR cell means equal planes; `region` is the row and column, of eight each, that differ `most_apart`
    (mean luma levels)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    apart = seen.differences.apart.reshape(len(seen.pairs), -1)
    with path.open("w", newline="", encoding="ascii") as handle:
        table = csv.writer(handle)
        table.writerow(COLUMNS)
        for index in range(len(seen.scores)):
            place = int(apart[index].argmax())
            row, column = divmod(place, 8)
            table.writerow([*_row(seen, index), f"{apart[index, place]:.2f}", f"{row + 1}/{column + 1}"])


def _row(seen: Pass, index: int) -> list[str]:
    (left, right), scores = seen.pairs[index], seen.scores[index]
    one, other = seen.left, seen.right
    motion = ratio(other.motion[right], one.motion[left])
    numbers = [f"{scores.ssim:.6f}", f"{seen.differences.absolute[index]:.4f}", f"{one.mean[left]:.3f}"]
    pairs = ((one.contrast[left], other.contrast[right]), (one.motion[left], other.motion[right]))
    more = [f"{value:.3f}" for pair in pairs for value in pair]
    psnr = "" if scores.psnr is None else f"{scores.psnr:.4f}"
    shown = "" if motion is None else f"{motion}"
    return [f"{left}", f"{right}", psnr, *numbers, f"{other.mean[right]:.3f}", shown, *more]
