"""A planted change: what is done to a clip, what must be said about it, and whether it can be seen at all."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from tests.calibration.bases import Base
from tests.calibration.clips import Clip, Encoding, Frames, Sound, write

Kind = Literal["benign", "harmful", "open"]
SHARED = Encoding(crf=18)
RIGHT = Encoding(crf=20)  # both sides are never encoded alike: no fault may be found by what an encoder happens to do


class Invisible(Exception):
    """The change cannot be seen or heard in this clip, so it is not planted there."""


@dataclass
class Job:
    """One change to plant in one clip. `left` is the untouched side's file."""

    base: Base
    left: Path
    folder: Path
    name: str
    side: str = "right"

    @property
    def clip(self) -> Clip:
        return self.base.clip

    @property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng([zlib.crc32(f"{self.base.name}/{self.name}/{self.side}".encode()), 5])

    def strong(self, value: float) -> float:
        """A strength as used in this set: the held-out set has others than the tuning set."""
        if self.base.set == "tuning":
            return value
        return value * float(
            np.random.default_rng(zlib.crc32(f"{self.base.name}/{self.name}".encode())).uniform(1, 1.4)
        )

    def path(self, suffix: str = ".mp4") -> Path:
        return self.folder / f"{self.name}-{self.side}{suffix}"

    def write(self, clip: Clip, encoding: Encoding = RIGHT, suffix: str = ".mp4") -> Path:
        return write(clip, self.path(suffix), encoding)


@dataclass(frozen=True)
class Change:
    """`codes`: any of these is the right name for a harmful change. `classes`: what a benign one must be called; empty
    where `identical` and `same` both do. `both`: planted on both sides, which must fail although they agree. An
    `open` change is shown and never counted: people who know the trade may judge it either way."""

    name: str
    kind: Kind
    make: Callable[[Job], Path]
    codes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    both: bool = False
    noted: bool = False  # naming it is enough: it need not fail
    tags: tuple[str, ...] = field(default=())


def pictures(alter: Callable[[Frames, Job], Frames], encoding: Encoding = RIGHT) -> Callable[[Job], Path]:
    return lambda job: job.write(replace(job.clip, frames=alter(job.clip.frames, job)), encoding)


def sound(alter: Callable[[Sound, Job], Sound], encoding: Encoding = RIGHT) -> Callable[[Job], Path]:
    def make(job: Job) -> Path:
        given = job.clip.sound
        if given is None or not np.any(given):
            raise Invisible
        return job.write(replace(job.clip, sound=alter(given, job).clip(-1, 1).astype(np.float32)), encoding)

    return make


def encoded(encoding: Encoding, suffix: str = ".mp4") -> Callable[[Job], Path]:
    return lambda job: job.write(job.clip, encoding, suffix)


def file(alter: Callable[[Path, Path], None], suffix: str = ".mp4") -> Callable[[Job], Path]:
    """Done to the untouched side's file, into a file of its own."""

    def make(job: Job) -> Path:
        alter(job.left, job.path(suffix))
        return job.path(suffix)

    return make
