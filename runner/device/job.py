"""One render in the child: verify, load, render, digest, encode."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from presets_app.core import weights_named
from presets_app.core.generation import GenerationRequest, Geometry, RawDigests, raw_digest
from runner import checkpoint_facts, encode, fingerprint, limits, pictures, weights
from runner.device import peaks
from runner.device.residents import Residents
from runner.pictures import PICTURES
from runner.pipelines import Rendered
from runner.progress import Progress, Report

Made = TypeVar("Made")


@dataclass(frozen=True)
class _Found:
    """What a request's pins lead to on this machine; `own_files` are the SHA-256 of the model's own repository."""

    folder: Path
    own_files: dict[str, str]
    extras: dict[str, weights.Extra]


class Job:
    """`video` is where the mp4 goes; the parent keeps it, this process knows no artifact store."""

    def __init__(self, request: GenerationRequest, root: Path, video: Path) -> None:
        self.request = request
        self.document = request.document
        self.root = root
        self.video = video
        self.timings: dict[str, float] = {}

    def run(self, residents: Residents, report: Report) -> Callable[[], dict[str, Any]]:
        """Renders; what is returned hashes and encodes, uses no device, and gives the result's fields as JSON. Both may
        raise CannotRender and whatever the libraries raise, this one Cancelled too."""
        limits.check(self.document)
        limits.check_output(self.document)
        peaks.begin()
        report(Progress("load"))
        found = self._timed("verify", lambda: self._verified(residents.hashes, report))
        resident = self._timed(
            "load", lambda: residents.get(self.document, found.folder, found.own_files, found.extras)
        )
        self.timings["load_cold"] = resident.seconds
        report(Progress("load", warm=resident.warm))
        rendered = resident.loaded.render(self.document, report, self._pictures())
        pictures.preview(rendered.frames[0], pictures.preview_place(self.video, self.request.item))
        report(Progress("encode"))
        model = self._model(found, resident.loaded.dtype)
        facts = {"warm": resident.warm, "peak_memory": peaks.peak(), "fingerprint": fingerprint.take(model)}
        return lambda: self._finish(rendered, facts)

    def _finish(self, rendered: Rendered, facts: dict[str, Any]) -> dict[str, Any]:
        digests = digests_of(rendered, str(self.document["fps"]))
        self._timed("encode", lambda: self._encode(rendered))
        return {
            **facts,
            "digests": asdict(digests),
            "geometry": asdict(geometry_of(rendered, self.document["fps"])),
            "seeds": [asdict(seed) for seed in rendered.seeds],
            "timings": {name: round(value, 4) for name, value in {**self.timings, **rendered.timings}.items()},
            "call": rendered.calls,
        }

    def _verified(self, hashes: weights.Hashes, report: Report) -> _Found:
        """Every file that will be opened, hashed and equal to its pin."""
        pin = self.request.weights

        def reading(_read: int) -> None:
            report(Progress("load"))

        folder = weights.find(self.root, pin.repository, pin.revision)
        files = weights.verify(folder, pin, hashes, reading)
        wanted = weights_named.parts(self.document)
        extras = {part.name: weights.verify_part(self.root, part, pin, hashes, reading) for part in wanted}
        return _Found(folder, files, extras)

    def _model(self, found: _Found, dtype: str) -> dict[str, Any]:
        pin, extras = self.request.weights, found.extras.values()
        places = {name: path for extra in extras for name, path in extra.places.items()}
        return {
            "repository": pin.repository,
            "revision": pin.revision,
            "files": {**found.own_files, **{name: digest for extra in extras for name, digest in extra.files.items()}},
            "class": weights.class_name(found.folder),
            "dtype": dtype,
            **checkpoint_facts.about({**weights.files(found.folder), **places}),
        }

    def _pictures(self) -> dict[str, Path]:
        """The pictures' files, which the parent has put beside the place of the video."""
        folder = self.video.parent / PICTURES
        return {picture.sha256: folder / picture.sha256 for picture in limits.pictures_of(self.document)}

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
