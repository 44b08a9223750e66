"""Runs brought to their end without a GPU: every item gets a real video, through the door that runners use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from presets_app import measure, wiring
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
    with patch.object(measure, "measure_pairs", measured_once):
        parity_flow.judge(check.id)
    check.refresh_from_db()
    return check


_MEASURED: dict[tuple[str, ...], tuple[str, dict[str, bytes]]] = {}
_HERE = "{the folder of the pictures}"
_measure_pairs = measure.measure_pairs


def measured_once(
    pairs: Sequence[measure.PairFiles], on_result: Callable[[int, dict[str, Any]], None] | None = None
) -> list[dict[str, Any]]:
    """The real measuring child, but each pair of equal bytes is measured once in a session: what it told and the
    pictures it drew are given again."""
    told = []
    for position, pair in enumerate(pairs):
        key = (
            _bytes_of(pair.left),
            _bytes_of(pair.right),
            repr(pair.left_raw),
            repr(pair.right_raw),
            repr(pair.extras),
        )
        assert pair.heatmaps is not None
        if key not in _MEASURED:
            (first,) = _measure_pairs([pair])
            drawn = {place.name: place.read_bytes() for place in pair.heatmaps.iterdir()}
            _MEASURED[key] = (json.dumps(first).replace(str(pair.heatmaps), _HERE), drawn)
        text, drawn = _MEASURED[key]
        for name, data in drawn.items():
            (pair.heatmaps / name).write_bytes(data)
        told.append(json.loads(text.replace(_HERE, str(pair.heatmaps))))
        if on_result is not None:
            on_result(position, told[-1])
    return told


def _bytes_of(video: Path) -> str:
    return hashlib.sha256(video.read_bytes()).hexdigest()


def _copy(video: Path) -> Path:
    """The store takes the file it is given, so each gets its own."""
    place = video.with_suffix(".given.mp4")
    place.write_bytes(video.read_bytes())
    return place
