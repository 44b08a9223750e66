"""Sound drawn by code: speech-like, music-like, weather, effects, whispers, silence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tests.calibration.clips import Sound

Wave = NDArray[np.float64]


def drawn(kind: str, seconds: float, seed: int, *, rate: int = 48_000, channels: int = 2) -> Sound | None:
    """(samples, channels) of that kind; None for "none"."""
    if kind == "none":
        return None
    rng = np.random.default_rng([seed, 29])
    wave = KINDS[kind](round(seconds * rate), rate, rng)
    side = 0.96 * wave + 0.04 * np.roll(wave, rate // 2000) if channels == 2 else None
    parts = [wave] if side is None else [wave, side]
    return np.stack(parts, axis=1).clip(-1, 1).astype(np.float32)


def shaped(wave: Wave, rate: int, gain: Callable[[Wave], Wave]) -> Wave:
    """A wave after a filter given as gain by frequency in Hz."""
    spectrum = np.fft.rfft(wave)
    return np.asarray(np.fft.irfft(spectrum * gain(np.fft.rfftfreq(wave.size, 1 / rate)), wave.size))


def _hill(centre: float, width: float) -> Callable[[Wave], Wave]:
    return lambda hertz: np.exp(-(((hertz - centre) / width) ** 2))


def _envelope(count: int, start: int, length: int, rise: int) -> tuple[slice, Wave]:
    stop = min(count, start + length)
    ramp = np.minimum(np.arange(stop - start), np.arange(stop - start, 0, -1)) / max(1, rise)
    return slice(start, stop), np.minimum(ramp, 1.0)


def speech(count: int, rate: int, rng: np.random.Generator) -> Wave:
    """Syllables of a gliding voice through three resonances, with hisses between, never the same twice."""
    knots = np.arange(0, count + rate // 4, rate // 4)
    pitch = np.interp(np.arange(count), knots, rng.uniform(95, 190, knots.size))
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    voice = sum(np.sin(number * phase) / number for number in range(1, 20))
    wave, at = np.zeros(count), int(rng.uniform(0.02, 0.12) * rate)
    while at < count - rate // 20:
        length = int(rng.uniform(0.09, 0.24) * rate)
        part, level = _envelope(count, at, length, rate // 60)
        first, second, third = rng.uniform(280, 850), rng.uniform(900, 2300), rng.uniform(2400, 3300)
        vowel = shaped(
            np.asarray(voice[part]),
            rate,
            lambda hertz, a=first, b=second, c=third: (  # type: ignore[misc]
                _hill(a, 110)(hertz) + 0.6 * _hill(b, 160)(hertz) + 0.3 * _hill(c, 250)(hertz) + 0.02
            ),
        )
        wave[part] += rng.uniform(0.5, 1.0) * level * vowel
        if rng.uniform() < 0.5 and at + length < count:
            part, level = _envelope(count, at + length, int(0.07 * rate), rate // 100)
            centre = rng.uniform(3500, 7000)
            wave[part] += 0.25 * level * shaped(rng.normal(size=level.size), rate, _hill(centre, 1500))
        at += length + int(rng.choice([0.05, 0.08, 0.22]) * rate)
    return np.asarray(0.35 * wave / max(np.abs(wave).max(), 1e-9))


def music(count: int, rate: int, rng: np.random.Generator) -> Wave:
    """Chords of decaying strings over a bass and a brushed beat."""
    time, wave = np.arange(count) / rate, np.zeros(count)
    beat = int(rng.uniform(0.28, 0.42) * rate)
    for number, at in enumerate(range(0, count, beat)):
        since = time[at:] - at / rate
        root = 110 * 2 ** (rng.integers(0, 12) / 12)
        for step in (0, *rng.choice([3, 4, 7, 9, 12], 2, replace=False)):
            tone = root * 2 ** (1 + step / 12)
            ring = sum(np.sin(2 * np.pi * tone * k * since) / k**1.5 for k in range(1, 6))
            wave[at:] += 0.12 * np.exp(-3 * since) * ring
        wave[at:] += 0.2 * np.exp(-5 * since) * np.sin(2 * np.pi * root / 2 * since)
        brush = min(count - at, beat // 3)
        wave[at : at + brush] += (0.05 + 0.05 * (number % 2)) * rng.normal(size=brush) * np.exp(-20 * since[:brush])
    return np.asarray(0.5 * wave / max(np.abs(wave).max(), 1e-9))


def rain(count: int, rate: int, rng: np.random.Generator) -> Wave:
    """Steady noise that swells a little: nothing in it has a beginning."""
    hiss = shaped(rng.normal(size=count), rate, lambda hertz: 1 / np.sqrt(1 + hertz / 400))
    swell = 1 + 0.3 * np.sin(2 * np.pi * np.arange(count) / rate * 0.7)
    return np.asarray(0.06 * swell * hiss / hiss.std())


def effects(count: int, rate: int, rng: np.random.Generator) -> Wave:
    """Hits, knocks and a whoosh with silence between them."""
    wave = np.zeros(count)
    for at in np.cumsum(rng.uniform(0.25, 0.7, 30)) * rate:
        start = int(at)
        if start >= count:
            break
        since = np.arange(count - start) / rate
        low, decay = rng.uniform(60, 900), rng.uniform(8, 25)
        wave[start:] += rng.uniform(0.2, 0.6) * np.exp(-decay * since) * np.sin(2 * np.pi * low * since)
        wave[start:] += 0.15 * np.exp(-3 * decay * since) * rng.normal(size=since.size)
    return np.asarray(wave.clip(-0.9, 0.9))


def whisper(count: int, rate: int, rng: np.random.Generator) -> Wave:
    """Breathy syllables near -50 dB: quiet on purpose."""
    wave, at = np.zeros(count), int(0.1 * rate)
    while at < count - rate // 20:
        part, level = _envelope(count, at, int(rng.uniform(0.1, 0.25) * rate), rate // 40)
        wave[part] += level * shaped(rng.normal(size=level.size), rate, _hill(rng.uniform(800, 3500), 900))
        at += int(rng.uniform(0.2, 0.5) * rate)
    return np.asarray(0.012 * wave / max(np.abs(wave).max(), 1e-9))


def talk_in_rain(count: int, rate: int, rng: np.random.Generator) -> Wave:
    return speech(count, rate, rng) + 0.3 * rain(count, rate, rng)


def hum(count: int, rate: int, rng: np.random.Generator) -> Wave:
    """A mains hum with its overtones and a slow beat: hardly any content to align by."""
    time = np.arange(count) / rate
    base = rng.uniform(90, 130)
    swing = 1 + 0.3 * np.sin(2 * np.pi * 0.9 * time + rng.uniform(0, 6))
    wave = 0.1 * swing * (np.sin(2 * np.pi * base * time) + 0.4 * np.sin(2 * np.pi * 3.01 * base * time))
    return np.asarray(wave + 0.002 * rng.normal(size=count))


def silence(count: int, rate: int, rng: np.random.Generator) -> Wave:
    return np.zeros(count)


KINDS: dict[str, Callable[[int, int, np.random.Generator], Wave]] = {
    "speech": speech,
    "music": music,
    "rain": rain,
    "effects": effects,
    "whisper": whisper,
    "talk_in_rain": talk_in_rain,
    "hum": hum,
    "silence": silence,
}
