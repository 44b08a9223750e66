"""Which change goes into which clip, and the work of one process: draw, plant, measure, judge."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from presets_app.core import parity
from presets_app.measure import PairFiles, measure_pairs
from tests.calibration import benign, harm_colour, harm_content, harm_files, harm_sound, harm_time
from tests.calibration.bases import Base
from tests.calibration.change import SHARED, Change, Invisible, Job
from tests.calibration.clips import write

CHANGES: tuple[Change, ...] = (
    *benign.CHANGES,
    *harm_colour.CHANGES,
    *harm_time.CHANGES,
    *harm_content.CHANGES,
    *harm_files.CHANGES,
    *harm_sound.CHANGES,
)
NOTHING = ".nothing"  # marks a change that cannot be seen in a clip
LARGE = 200_000  # points of a picture; in larger ones fewer changes are planted, because each costs seconds


@dataclass(frozen=True)
class Case:
    """One pair as planted and as judged. `said` are (code, severity) in the order of importance."""

    set: str
    base: str
    change: str
    kind: str
    codes: tuple[str, ...]
    classes: tuple[str, ...]
    noted: bool
    found_class: str
    verdict: str
    said: tuple[tuple[str, str], ...]
    messages: tuple[str, ...] = field(default=())
    numbers: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.set}/{self.base}/{self.change}"

    @property
    def outcome(self) -> str:
        """right, other_code, missed for harmful changes; passed, asked, failed for benign ones; open."""
        decided = {code for code, severity in self.said if severity in {"fail", "ask"}}
        if self.kind == "open":
            return "open"
        if self.kind == "benign":
            wrong_class = bool(self.classes) and self.found_class not in self.classes
            passed = "passed" if self.verdict == "pass" and not wrong_class else "asked"
            return "failed" if self.verdict in {"fail", "error"} else passed
        if self.noted:
            return "right" if set(self.codes) & {code for code, _ in self.said} else "missed"
        if self.verdict == "pass":
            return "missed"
        return "right" if decided & set(self.codes) else "other_code"


def wanted(base: Base, change: Change, number: int, only: str, share: int) -> bool:
    """The benign changes that most often look like faults go into every clip; of the others each clip gets every
    second, and of the harmful ones one in `share`, in turn."""
    if only:
        return only in {change.name, *change.codes} or only in f"{base.set}/{base.name}/{change.name}"
    if base.width * base.height > LARGE and change.name not in _IN_LARGE:
        return False
    turn = share if change.kind == "harmful" else 2
    return (number + base.seed) % turn == 0 or change.name in _IN_LARGE | _DOUBTFUL


_DOUBTFUL = {"remux-mkv", "crf-28", "preset-veryfast", "one-bit", "grain", "card-31", "sound-rounded"}
_IN_LARGE = {
    "remux-mp4", "crf-24", "card-35", "two-cards", "late-3", "blur-mild", "tint-warm-mild", "drift-mild",
    "flicker-mild", "repeats-1", "patch-mild", "audio-late-60-ms", "other-seed",
}  # fmt: skip


def judged(base: Base, names: tuple[str, ...], keep: Path | None = None) -> list[Case]:
    """The named changes in one clip, measured by one child process and judged as the command `compare` does."""
    folder = keep or Path(tempfile.mkdtemp(prefix="calibration-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        left = folder / "left.mp4"
        if not left.exists():
            write(base.clip, left, SHARED)
        planted = list(_planted(base, [change for change in CHANGES if change.name in names], left, folder))
        measured = measure_pairs([pair for _, pair in planted])
        return [case_of(base.set, base.name, change, seen) for (change, _), seen in zip(planted, measured, strict=True)]
    finally:
        if keep is None:
            shutil.rmtree(folder)


def _planted(base: Base, changes: list[Change], left: Path, folder: Path) -> Iterator[tuple[Change, PairFiles]]:
    for change in changes:
        with suppress(Invisible):
            one = left
            if change.both:
                one = _made(change, Job(base, left, folder, change.name, "left"))
            yield change, PairFiles(one, _made(change, Job(base, left, folder, change.name)))


def _made(change: Change, job: Job) -> Path:
    """The changed file: one that an earlier run kept, or a new one. Raises Invisible."""
    kept = sorted(job.folder.glob(f"{change.name}-{job.side}.*"))
    if kept and kept[0].suffix == NOTHING:
        raise Invisible
    if kept:
        return kept[0]
    try:
        return change.make(job)
    except Invisible:
        job.path(NOTHING).touch()
        raise


def case_of(set_: str, base: str, change: Change, measured: dict[str, Any], family: str = "") -> Case:
    found = parity.classify(measured, family=family)
    said = tuple((reason["code"], reason["severity"]) for reason in found.reasons)
    return Case(
        set_,
        base,
        change.name,
        change.kind,
        change.codes,
        change.classes,
        change.noted,
        found.pair_class,
        found.verdict,
        said,
        tuple(reason["message"] for reason in found.reasons),
        _numbers(measured),
    )


def _numbers(measured: dict[str, Any]) -> dict[str, Any]:
    video = measured["video"]
    if not video:
        return {}
    audio = measured["audio"] or {}
    names = ("correlation", "offset_ms", "spectral_similarity", "log_mel_similarity", "harshness_db", "stretch")
    return {
        "psnr": video["psnr"],
        "ssim": video["ssim"],
        "alignment": video["alignment"],
        "between": video["between"],
        "audio": {name: audio.get(name) for name in (*names, "left", "right")},
        "left": video["left"],
        "right": video["right"],
    }
