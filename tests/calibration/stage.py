"""What scenes are painted with: a coordinate grid, seeded numbers, and noise fields as nature has them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Paint = Callable[["Stage", float], Array]


class Stage:
    """One scene's seeded surroundings. `x` runs from 0 over the width in units of the height, `y` from 0 to 1."""

    def __init__(self, width: int, height: int, seed: int, seconds: float) -> None:
        self.width, self.height, self.seed, self.seconds = width, height, seed, seconds
        self.wide = width / height

    @cached_property
    def x(self) -> Array:
        return (np.arange(self.width) / self.height)[None, :].repeat(self.height, 0)

    @cached_property
    def y(self) -> Array:
        return (np.arange(self.height) / self.height)[:, None].repeat(self.width, 1)

    @cached_property
    def layout(self) -> Array:
        """(16, 6) numbers in 0..1."""
        return np.random.default_rng([self.seed, 11]).uniform(0, 1, (16, 6))

    def field(self, number: int, slope: float = 1.4, low: float = 0.0) -> Array:
        """A periodic noise field of mean 0 and deviation 1 whose amplitude falls as frequency ** -slope."""
        return _field(self.width, self.height, self.seed * 101 + number, slope, low)

    def moved(self, number: int, across: float, down: float, slope: float = 1.4, low: float = 0.0) -> Array:
        """A noise field moved by a part of a picture height, to a fraction of a pixel."""
        spectrum = _spectrum(self.width, self.height, self.seed * 101 + number, slope, low)
        down, across = down * self.height, across * self.height
        turn = np.exp(-2j * np.pi * np.fft.fftfreq(self.height) * down)[:, None]
        turn = turn * np.exp(-2j * np.pi * np.fft.rfftfreq(self.width) * across)[None, :]
        return np.asarray(np.fft.irfft2(spectrum * turn, (self.height, self.width)))

    def morphing(self, number: int, turn: float, slope: float = 1.4, low: float = 0.0) -> Array:
        """A noise field that changes into others without ever fading; `turn` in turns."""
        angle = 2 * np.pi * turn
        return np.cos(angle) * self.field(number, slope, low) + np.sin(angle) * self.field(number + 50, slope, low)

    def grain(self, time: float, strength: float) -> Array:
        """Film grain: new for each moment."""
        rng = np.random.default_rng([self.seed, 77, round(time * 1e5) % (1 << 31)])
        return rng.normal(0, strength, (self.height, self.width))


@lru_cache(maxsize=24)
def _spectrum(width: int, height: int, seed: int, slope: float, low: float) -> NDArray[np.complex128]:
    rng = np.random.default_rng([seed, 3])
    down, across = np.fft.fftfreq(height)[:, None] * height, np.fft.rfftfreq(width)[None, :] * height
    distance = np.sqrt(down**2 + across**2)
    weight = np.where(distance > low, np.maximum(distance, 1) ** -slope, 0)
    weight[0, 0] = 0
    waves = weight * (rng.normal(size=weight.shape) + 1j * rng.normal(size=weight.shape))
    return np.asarray(waves / np.fft.irfft2(waves, (height, width)).std())


@lru_cache(maxsize=24)
def _field(width: int, height: int, seed: int, slope: float, low: float) -> Array:
    return np.asarray(np.fft.irfft2(_spectrum(width, height, seed, slope, low), (height, width)))


def rgb(red: Array | float, green: Array | float, blue: Array | float) -> Array:
    return np.stack(np.broadcast_arrays(red, green, blue), axis=-1).astype(np.float64)


def toned(base: Array, dark: tuple[float, float, float], light: tuple[float, float, float]) -> Array:
    """0..1 as a run from one colour to another."""
    part = np.clip(base, 0, 1)[..., None]
    return np.asarray(np.array(dark) * (1 - part) + np.array(light) * part)


def blot(stage: Stage, x: float, y: float, radius: float, soft: float = 0.01) -> Array:
    """A disc with a soft rim: 1 inside, 0 outside."""
    distance = np.hypot(stage.x - x, stage.y - y)
    return np.asarray(np.clip((radius - distance) / soft + 0.5, 0, 1))


def over(ground: Array, mask: Array, colour: tuple[float, float, float]) -> Array:
    part = mask[..., None]
    return np.asarray(ground * (1 - part) + np.array(colour) * part)


Colour = tuple[float, float, float]


def spot(picture: Array, stage: Stage, x: float, y: float, radius: float, colour: Colour, **more: float) -> None:
    """A soft-rimmed disc painted into the picture; only its surroundings are computed. More: `soft`, `strength`."""
    soft = more.get("soft", 0.01)
    reach = radius + soft
    top, bottom = (int(np.clip((y + side * reach) * stage.height + side, 0, stage.height)) for side in (-1, 1))
    left, right = (int(np.clip((x + side * reach) * stage.height + side, 0, stage.width)) for side in (-1, 1))
    if top >= bottom or left >= right:
        return
    part = np.s_[top:bottom, left:right]
    distance = np.hypot(stage.x[part] - x, stage.y[part] - y)
    mask = np.clip((radius - distance) / soft + 0.5, 0, 1) * more.get("strength", 1.0)
    picture[part] = over(picture[part], mask, colour)
