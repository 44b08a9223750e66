"""Runs brought to their end without a GPU: every item gets a real video, through the door that runners use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from presets_app import wiring
from presets_app.core.generation import GenerationResult, RawDigests, StoredFile
from presets_app.core.problems import Failure
from presets_app.models import Check, Item, Run
from presets_app.services import finishing, parity_flow
from tests.support.clips import moving, write_clip


def clip(folder: Path, *, seed: int = 0) -> Path:
    """17 frames of 96x64 with something moving in them; another seed is another scene."""
    place = folder / f"clip-{seed}.mp4"
    return place if place.exists() else write_clip(place, moving(17, (96, 64), seed=seed))


def finish(item: Item, video: Path, *, raw: str = "") -> None:
    """What a runner reports of a finished attempt; `raw` is the digest of its frames before encoding."""
    digest = wiring.artifacts().put_file(_copy(video))
    stored = StoredFile(digest, wiring.artifacts().size(digest), "video/mp4")
    digests = RawDigests(raw) if raw else None
    result = GenerationResult(
        item.id, max(item.attempts, 1), "done", video=stored, digests=digests, timings={"render": 0.5}
    )
    finishing.finish(result)


def fail(item: Item, cause: Any = "service") -> None:
    failure = Failure(cause, "out_of_order", "later", "The service is out of order.", "Try again later.")
    finishing.finish(GenerationResult(item.id, max(item.attempts, 1), "failed", failure=failure))


def finish_all(run: Run, video: Path, *, raw: str = "") -> None:
    for item in run.items.exclude(state__in=("done", "failed")).order_by("position"):
        item.refresh_from_db()
        finish(item, video, raw=raw)
    run.refresh_from_db()


def judge(check: Check, folder: Path, *, same: bool = True) -> Check:
    """Finish both sides, with one video or with two scenes, and measure and judge the pairs for real."""
    finish_all(check.left, clip(folder), raw="a" * 64)
    finish_all(check.right, clip(folder, seed=0 if same else 1), raw=("a" if same else "b") * 64)
    parity_flow.judge(check.id)
    check.refresh_from_db()
    return check


def _copy(video: Path) -> Path:
    """The store takes the file it is given, so each gets its own."""
    place = video.with_suffix(".given.mp4")
    place.write_bytes(video.read_bytes())
    return place
