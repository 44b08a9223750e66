"""Clips drawn by code, in pairs with a planted fault: `python -m runner.standins.drawn --out DIR`.

No model is involved, and every label says so. The dashboard's demo and the tests of the comparison use them, because
what an untrained tiny model renders is noise in which a person cannot see a fault.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from runner.encode import encode

Frames = NDArray[np.uint8]
Sound = NDArray[np.float32]
RATE = 48_000
WORDS = "MATCHFRAME  TAKE 07  f/2.8  24 fps  \n the quick brown fox  0123456789  Ag Qy ij"


@dataclass(frozen=True)
class Clip:
    """`frames` (frames, height, width, 3) uint8 RGB; `sound` (samples, 2) float32 or None."""

    frames: Frames
    sound: Sound | None
    fps: int = 24
    crf: int = 18


@dataclass(frozen=True)
class DrawnPair:
    """One pair to write: which scene, what is planted in the right side, and the sentence a person reads."""

    scene: str
    planted: str
    sentence: str
    tags: tuple[str, ...] = field(default=())

    @property
    def key(self) -> str:
        return f"{self.scene}-{self.planted}"

    @property
    def label(self) -> str:
        return f"clip drawn by code, planted: {self.sentence}"


@cache
def scene(name: str, *, take: int = 0, size: tuple[int, int] = (320, 192), frames: int = 49, fps: int = 24) -> Clip:
    """A drawn clip; the same arguments give the same bytes. Another `take` keeps palette and pace and moves what is
    in the picture. Raises KeyError for an unknown scene."""
    paint = SCENES[name]
    rng = np.random.default_rng([take, sum(name.encode("ascii"))])
    layout = rng.uniform(0, 1, (12, 4))
    grain = rng.integers(-22, 23, (size[1] + 64, size[0] + 64)).astype(np.int16)
    drawn = [paint(index / fps, size, layout, grain) for index in range(frames)]
    return Clip(np.stack(drawn), _sound(frames / fps, take), fps)


def _grid(size: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float64)
    return x / size[0], y / size[1]


def _rgb(red: Any, green: Any, blue: Any) -> Frames:
    colours = np.clip(np.stack(np.broadcast_arrays(red, green, blue), axis=-1), 0, 255)
    return np.asarray(colours, np.uint8)


def _shapes(time: float, size: tuple[int, int], layout: NDArray[np.float64], grain: NDArray[np.int16]) -> Frames:
    x, y = _grid(size)
    image = Image.fromarray(_rgb(40 + 60 * y, 60 + 50 * x, 90 + 70 * (1 - y)))
    pen = ImageDraw.Draw(image)
    for index, (left, top, speed, tone) in enumerate(layout[:7]):
        angle = 2 * math.pi * (left + time * (0.25 + 0.3 * speed))
        centre_x = size[0] * (0.5 + 0.36 * math.cos(angle) * (0.4 + 0.6 * top))
        centre_y = size[1] * (0.5 + 0.36 * math.sin(angle + top))
        radius = size[1] * (0.05 + 0.09 * tone)
        colour = (60 + index * 27, 220 - index * 24, int(90 + 140 * tone))
        box = (centre_x - radius, centre_y - radius, centre_x + radius, centre_y + radius)
        (pen.ellipse if index % 2 else pen.rectangle)(box, fill=colour)
    return np.asarray(image)


def _texture(time: float, size: tuple[int, int], layout: NDArray[np.float64], grain: NDArray[np.int16]) -> Frames:
    x, y = _grid(size)
    pan, tilt = int(time * 14), int(8 + 6 * math.sin(time * 1.7))
    cloth = grain[tilt : tilt + size[1], pan % 64 : pan % 64 + size[0]]
    wave = 26 * np.sin(2 * math.pi * (x * 18 + y * 7 + time * 0.6 + layout[0, 0]))
    light = 112 + 46 * np.cos(2 * math.pi * (x * 0.7 - time * 0.11 + layout[1, 0]))
    base = light + wave + cloth
    return _rgb(base + 14, base, base - 18)


def _text(time: float, size: tuple[int, int], layout: NDArray[np.float64], grain: NDArray[np.int16]) -> Frames:
    x, y = _grid(size)
    image = Image.fromarray(_rgb(226 - 30 * y, 224 - 30 * x, 214 - 24 * y))
    pen = ImageDraw.Draw(image)
    for row in range(7):
        across = int(size[0] * (0.04 + 0.2 * layout[row, 0]) + 24 * time * (1 if row % 2 else -1))
        pen.text((across, 8 + row * size[1] // 7), WORDS.split("\n")[row % 2], fill=(24, 28, 40 + 16 * row))
    return np.asarray(image)


def _lighting(time: float, size: tuple[int, int], layout: NDArray[np.float64], grain: NDArray[np.int16]) -> Frames:
    """A face-like gradient under a moving warm light and a cool rim."""
    x, y = _grid(size)
    centre = 0.5 + 0.06 * math.sin(time * 1.9 + layout[0, 0] * 6), 0.48 + 0.03 * math.cos(time * 1.3 + layout[0, 1] * 6)
    oval = np.exp(-(((x - centre[0]) / 0.17) ** 2 + ((y - centre[1]) / 0.3) ** 2))
    lamp = np.exp(
        -(((x - 0.2 - 0.5 * (0.5 + 0.5 * math.sin(time + layout[1, 0] * 6))) / 0.35) ** 2 + ((y - 0.2) / 0.5) ** 2)
    )
    eyes = sum(
        np.exp(-(((x - centre[0] - side) / 0.02) ** 2 + ((y - centre[1] + 0.06) / 0.03) ** 2)) for side in (-0.06, 0.06)
    )
    return _rgb(
        34 + 150 * oval + 60 * lamp - 90 * eyes,
        36 + 104 * oval + 44 * lamp - 80 * eyes,
        52 + 84 * oval + 22 * lamp - 60 * eyes,
    )


SCENES: dict[str, Callable[..., Frames]] = {
    "shapes": _shapes,
    "texture": _texture,
    "text": _text,
    "lighting": _lighting,
}


def _sound(seconds: float, take: int) -> Sound:
    """Short tones and hisses that never repeat within two seconds, so that an offset has one answer."""
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    rng = np.random.default_rng([take, 7])
    wave = 0.05 * np.sin(2 * np.pi * 110 * time)
    for start in np.arange(0.05, seconds, 0.23):
        where = (time >= start) & (time < start + rng.uniform(0.08, 0.19))
        envelope = np.hanning(max(2, int(where.sum())))[: int(where.sum())]
        hiss = rng.normal(0, 0.05, envelope.size)
        wave[where] += envelope * (0.22 * np.sin(2 * np.pi * rng.uniform(220, 1800) * time[where]) + hiss)
    return np.stack([wave, 0.9 * wave], axis=1).astype(np.float32)


def _late(clip: Clip) -> Clip:
    return replace(clip, frames=np.concatenate([clip.frames[:1], clip.frames[:-1]]))


def _tinted(clip: Clip) -> Clip:
    return replace(clip, frames=np.clip(clip.frames + np.array([16.0, 0.0, -14.0]), 0, 255).astype(np.uint8))


def _frozen_tail(clip: Clip) -> Clip:
    keep = len(clip.frames) * 2 // 3
    tail = np.repeat(clip.frames[keep - 1 : keep], len(clip.frames) - keep, axis=0)
    return replace(clip, frames=np.concatenate([clip.frames[:keep], tail]))


def _blurred(clip: Clip) -> Clip:
    wide = clip.frames.astype(np.float32)
    for axis in (1, 2):
        wide = np.mean([np.roll(wide, step, axis=axis) for step in (-2, -1, 0, 1, 2)], axis=0)
    return replace(clip, frames=wide.astype(np.uint8))


def _brightening(clip: Clip) -> Clip:
    ramp = np.linspace(0, 26, len(clip.frames))[:, None, None, None]
    return replace(clip, frames=np.clip(clip.frames + ramp, 0, 255).astype(np.uint8))


PLANTED: dict[str, Callable[[Clip], Clip]] = {
    "none": lambda clip: clip,
    "re-encode": lambda clip: replace(clip, crf=22),
    "one-frame-late": _late,
    "colour-shift": _tinted,
    "frozen-tail": _frozen_tail,
    "audio-missing": lambda clip: replace(clip, sound=None),
    "blur": _blurred,
    "brightness-drift": _brightening,
    "black": lambda clip: replace(clip, frames=np.zeros_like(clip.frames)),
}
PAIRS = (
    DrawnPair("texture", "none", "nothing", ("fine texture",)),
    DrawnPair("lighting", "re-encode", "the same pictures encoded again at a lower quality", ("complex lighting",)),
    DrawnPair("text", "re-encode", "the same pictures encoded again at a lower quality", ("small text",)),
    DrawnPair("shapes", "other-take", "another take of the same scene", ("camera move",)),
    DrawnPair("texture", "other-take", "another take of the same scene", ("fine texture",)),
    DrawnPair("shapes", "one-frame-late", "one frame late", ("camera move",)),
    DrawnPair("lighting", "colour-shift", "warmer colours", ("complex lighting",)),
    DrawnPair("shapes", "frozen-tail", "the last third stands still", ("camera move",)),
    DrawnPair("lighting", "audio-missing", "no sound", ("dialogue",)),
    DrawnPair("text", "blur", "blurred", ("small text",)),
    DrawnPair("lighting", "brightness-drift", "grows brighter from start to end", ("complex lighting",)),
    DrawnPair("texture", "black", "all frames black", ("fine texture",)),
)


def planted(pair: DrawnPair, **shape: Any) -> tuple[Clip, Clip]:
    """Both sides of a pair before encoding; `shape` is handed to `scene`."""
    left = scene(pair.scene, **shape)
    if pair.planted == "other-take":
        return left, scene(pair.scene, take=1, **shape)
    return left, PLANTED[pair.planted](left)


def write(clip: Clip, path: Path) -> None:
    encode(
        clip.frames,
        clip.fps,
        path,
        samples=clip.sound,
        audio_rate=RATE if clip.sound is not None else None,
        crf=clip.crf,
    )


def _write_once(clip: Clip, path: Path, written: dict[int, Path]) -> None:
    """The same drawn clip gives the same file: the left sides of one scene are encoded once and copied."""
    known = written.setdefault(id(clip), path)
    if known == path:
        write(clip, path)
    else:
        shutil.copyfile(known, path)


def write_all(folder: Path) -> list[dict[str, Any]]:
    """Write every pair and `index.json` into `folder`; returns the index. File names in it are relative."""
    folder.mkdir(parents=True, exist_ok=True)
    index: list[dict[str, Any]] = []
    written: dict[int, Path] = {}
    sides = {pair.key: planted(pair) for pair in PAIRS}  # kept alive: a clip is known by its identity
    for pair in PAIRS:
        names = {side: f"{pair.key}-{side}.mp4" for side in ("left", "right")}
        for clip, name in zip(sides[pair.key], names.values(), strict=True):
            _write_once(clip, folder / name, written)
        entry = {"key": pair.key, **names, "planted": pair.planted, "label": pair.label, "labels": list(pair.tags)}
        index.append(entry)
    (folder / "index.json").write_text(json.dumps({"pairs": index}, indent=2) + "\n", encoding="utf-8")
    return index


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m runner.standins.drawn", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for clips and index.json")
    index = write_all(parser.parse_args(arguments).out)
    sys.stdout.write(json.dumps({"pairs": len(index)}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
