"""The words that the web side, the runner and the backends share about one generation.

A request and a result are JSON artifacts; queues carry only their digests. The digest of raw frames and samples
has its one definition here: it is taken before encoding, so that an encoder's threads or build cannot change it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from presets_app.core.problems import Failure

REQUEST_FORMAT = "matchframe/request/1"
RESULT_FORMAT = "matchframe/result/1"
PHASES = ("waiting", "load", "text", "denoise", "decode", "encode", "store")
Buffer = bytes | bytearray | memoryview
Status = Literal["done", "failed", "cancelled"]


@dataclass(frozen=True)
class WeightsPin:
    """Which weights, exactly. `repository` is `org/name`, `revision` 40 hex digits, `files` maps a path inside
    the repository to the SHA-256 of its bytes. Empty `files` means not pinned yet: the runner hashes and reports."""

    repository: str
    revision: str
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GenerationRequest:
    """One item to render: `document` is the whole effective preset document, overrides of the item applied."""

    item: str
    attempt: int
    run: str
    document: dict[str, Any]
    weights: WeightsPin
    local_only: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"format": REQUEST_FORMAT, **asdict(self)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> GenerationRequest:
        if value.get("format") != REQUEST_FORMAT:
            raise ValueError(f"not a {REQUEST_FORMAT} document")
        fields = {key: inner for key, inner in value.items() if key != "format"}
        return cls(**{**fields, "weights": WeightsPin(**fields["weights"])})


@dataclass(frozen=True)
class StoredFile:
    """A file in the artifact store: SHA-256, size in bytes, media type."""

    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True)
class RawDigests:
    """Digests of what was rendered: `frames` of uint8 RGB (frames, height, width, 3), `samples` of float32 (samples,
    channels), None without audio.

    `taken` is "before_encoding" where the frames themselves were at hand, or a file that keeps every bit of them; it
    is "from_file" for a server's lossy file: what that decodes to, under other headers, so that neither is ever taken
    for the other.
    """

    frames: str
    samples: str | None = None
    taken: Literal["before_encoding", "from_file"] = "before_encoding"


@dataclass(frozen=True)
class Geometry:
    """What was really produced; sizes in pixels, `fps` in its document spelling, audio rate in Hz."""

    width: int
    height: int
    frames: int
    fps: float | str
    audio_rate: int | None = None
    audio_channels: int | None = None
    audio_samples: int | None = None


@dataclass(frozen=True)
class SeedUsed:
    """The seed of one stage: as sent, as the maker returned it (None: not said), and where noise was drawn."""

    stage: str
    sent: int | None
    returned: int | None
    noise_device: str | None = None


@dataclass(frozen=True)
class GenerationResult:
    """What came of one attempt. `timings` in seconds by phase, with `warm` true when the pipeline was resident;
    `peak_memory` in bytes; `fingerprint` is runner.fingerprint's record, {} from a closed service; `originals` are a
    server's pictures that `video` was put together from."""

    item: str
    attempt: int
    status: Status
    video: StoredFile | None = None
    digests: RawDigests | None = None
    geometry: Geometry | None = None
    seeds: tuple[SeedUsed, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)
    warm: bool = False
    peak_memory: int | None = None
    fingerprint: dict[str, Any] = field(default_factory=dict)
    failure: Failure | None = None
    log: str | None = None
    originals: tuple[StoredFile, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"format": RESULT_FORMAT, **asdict(self)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> GenerationResult:
        if value.get("format") != RESULT_FORMAT:
            raise ValueError(f"not a {RESULT_FORMAT} document")
        fields = {key: inner for key, inner in value.items() if key != "format"}
        for name, maker in (("video", StoredFile), ("digests", RawDigests), ("geometry", Geometry)):
            fields[name] = maker(**fields[name]) if fields.get(name) else None
        fields["seeds"] = tuple(SeedUsed(**seed) for seed in fields.get("seeds") or ())
        fields["originals"] = tuple(StoredFile(**file) for file in fields.get("originals") or ())
        fields["failure"] = Failure.from_json(fields["failure"]) if fields.get("failure") else None
        return cls(**fields)


def raw_digest(dtype: str, shape: Sequence[int], rate: str, buffers: Iterable[Buffer]) -> str:
    """SHA-256 over a header (dtype, shape, rate) and the buffers in order.

    Frames: dtype "uint8", shape (frames, height, width, 3), rate the fps as the document spells it. Samples: dtype
    "float32", shape (samples, channels), rate in Hz. Buffers are C-contiguous and may be any split of the whole.
    """
    header = f"matchframe/raw/1\n{dtype}\n{','.join(str(int(side)) for side in shape)}\n{rate}\n"
    state = hashlib.sha256(header.encode("ascii"))
    for buffer in buffers:
        state.update(buffer)
    return state.hexdigest()
