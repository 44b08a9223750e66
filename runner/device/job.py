"""One render in the child: verify, load, render, digest, encode."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import torch

from presets_app.core.generation import GenerationRequest, Geometry, RawDigests, raw_digest
from runner import encode, fingerprint, limits, weights
from runner.device.residents import Residents
from runner.pipelines import CLASS_NAMES, Rendered
from runner.progress import Progress, Report

Made = TypeVar("Made")
_KIB = 1024  # ru_maxrss is in KiB on Linux


class Job:
    """`video` is where the mp4 goes; the parent keeps it, this process knows no artifact store."""

    def __init__(self, request: GenerationRequest, root: Path, video: Path) -> None:
        self.request = request
        self.document = request.document
        self.root = root
        self.video = video
        self.timings: dict[str, float] = {}

    def run(self, residents: Residents, report: Report) -> dict[str, Any]:
        """The result's fields as JSON. Raises CannotRender, Cancelled and whatever the libraries raise."""
        limits.check(self.document)
        limits.check_output(self.document)
        if torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()
        report(Progress("load"))
        pin = self.request.weights
        folder = weights.find(self.root, pin.repository, pin.revision)
        files = self._timed(
            "verify", lambda: weights.verify(folder, pin, residents.hashes, lambda _read: report(Progress("load")))
        )
        loaded, warm = self._timed("load", lambda: residents.get(self.document, folder, files))
        report(Progress("load", warm=warm))
        rendered = loaded.render(self.document, report)
        report(Progress("encode"))
        digests = digests_of(rendered, str(self.document["fps"]))
        self._timed("encode", lambda: self._encode(rendered))
        model = {
            "repository": pin.repository,
            "revision": pin.revision,
            "files": files,
            "class": CLASS_NAMES[self.document["family"]],
            "dtype": loaded.dtype,
        }
        return {
            "digests": asdict(digests),
            "geometry": asdict(geometry_of(rendered, self.document["fps"])),
            "seeds": [asdict(seed) for seed in rendered.seeds],
            "timings": {name: round(value, 4) for name, value in {**self.timings, **rendered.timings}.items()},
            "warm": warm,
            "peak_memory": peak_memory(),
            "fingerprint": fingerprint.take(model),
            "call": rendered.call,
        }

    def _encode(self, rendered: Rendered) -> None:
        crf = (self.document.get("output") or {}).get("crf", encode.CRF)
        encode.encode(
            iter(rendered.frames),
            limits.fps_of(self.document),
            self.video,
            samples=rendered.samples,
            audio_rate=rendered.audio_rate,
            crf=crf,
        )

    def _timed(self, name: str, work: Callable[[], Made]) -> Made:
        began = time.perf_counter()
        made = work()
        self.timings[name] = time.perf_counter() - began
        return made


def digests_of(rendered: Rendered, fps: str) -> RawDigests:
    """Before encoding, by the one definition in core.generation; `fps` as the document spells it."""
    frames = raw_digest("uint8", rendered.frames.shape, fps, (frame.data for frame in rendered.frames))
    if rendered.samples is None:
        return RawDigests(frames)
    return RawDigests(
        frames, raw_digest("float32", rendered.samples.shape, str(rendered.audio_rate), [rendered.samples.data])
    )


def geometry_of(rendered: Rendered, fps: float | str) -> Geometry:
    count, height, width, _channels = rendered.frames.shape
    samples = rendered.samples
    return Geometry(
        width,
        height,
        count,
        fps,
        rendered.audio_rate,
        None if samples is None else int(samples.shape[1]),
        None if samples is None else int(samples.shape[0]),
    )


def peak_memory() -> int:
    """Bytes: the GPU's peak of this render, or this process's peak since it started."""
    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB
