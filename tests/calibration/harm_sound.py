"""Planted faults of the sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.calibration import sounds
from tests.calibration.change import Change, Invisible, Job, sound
from tests.calibration.clips import Sound
from tests.calibration.sounds import shaped

Alter = Callable[[Sound, Job], Sound]
TIMELESS = {"hum", "silence", "none"}  # a hum that starts later is the same hum


def _late(milliseconds: float) -> Alter:
    """Late, or early when negative; what is pushed out at one end is lost."""

    def alter(given: Sound, job: Job) -> Sound:
        if job.base.sound in TIMELESS:
            raise Invisible
        count = round(job.strong(milliseconds) * job.clip.rate / 1000)
        made = np.zeros_like(given)
        if count > 0:
            made[count:] = given[:-count]
        else:
            made[:count] = given[-count:]
        return made

    return alter


def _louder(decibels: float) -> Alter:
    return lambda given, job: np.asarray(given * 10 ** (job.strong(decibels) / 20), np.float32)


def _mute(given: Sound, job: Job) -> Sound:
    return np.zeros_like(given)


def _gap(given: Sound, job: Job) -> Sound:
    """Half a second falls silent in the middle of what is heard."""
    count, made = job.clip.rate // 2, given.copy()
    level = np.convolve(np.square(given[:, 0]), np.ones(count), "valid")
    start = int(level.argmax())
    made[start : start + count] = 0
    return made


def _brighter(decibels: float) -> Alter:
    """4 to 8 kHz raised: the metallic edge of a vocoder."""

    def alter(given: Sound, job: Job) -> Sound:
        if job.base.sound in TIMELESS or job.clip.rate < 24_000:
            raise Invisible
        rise = 10 ** (job.strong(decibels) / 20) - 1
        bell = lambda hertz: 1 + rise * np.exp(-(((np.log2(np.maximum(hertz, 20) / 5600)) / 0.6) ** 4))  # noqa: E731
        made = np.stack([shaped(part, job.clip.rate, bell)[: len(given)] for part in given.T], axis=1)
        loud = np.sqrt(np.square(given).mean() / max(np.square(made).mean(), 1e-12))
        return np.asarray(made * loud, np.float32)

    return alter


def _clipped(given: Sound, job: Job) -> Sound:
    """Driven far into clipping, brought back to its level."""
    peak = float(np.abs(given).max())
    made = np.clip(given * 12, -peak, peak)
    return np.asarray(made * np.sqrt(np.square(given).mean() / np.square(made).mean()), np.float32)


def _other_words(given: Sound, job: Job) -> Sound:
    if job.base.sound not in {"speech", "talk_in_rain", "music", "effects"}:
        raise Invisible
    other = job.base.other(5)
    made = sounds.drawn(other.sound, job.clip.seconds, other.seed, rate=other.rate, channels=other.channels)
    return np.asarray(made, np.float32)


def _other_kind(given: Sound, job: Job) -> Sound:
    kind = "music" if job.base.sound != "music" else "speech"
    made = sounds.drawn(kind, job.clip.seconds, 9, rate=job.base.rate, channels=job.base.channels)
    assert made is not None
    return np.asarray(made * np.sqrt(np.square(given).mean() / np.square(made).mean()), np.float32)


def _last_half_other(given: Sound, job: Job) -> Sound:
    made = given.copy()
    half = len(given) // 2
    made[half:] = _other_words(given, job)[half:]
    return made


def _noisy(given: Sound, job: Job) -> Sound:
    """A hiss as loud as the sound."""
    if job.base.sound in {"rain", "whisper"}:
        raise Invisible
    level = float(np.sqrt(np.square(given).mean()))
    return np.asarray(given + job.rng.normal(0, level, given.shape), np.float32)


def _crackling(given: Sound, job: Job) -> Sound:
    """Twelve loud cracks a second."""
    made, count, rng = given.copy(), int(12 * job.clip.seconds), job.rng
    for place in rng.integers(0, len(given) - 200, count):
        made[place : place + 90] += rng.choice([-0.5, 0.5]) * np.hanning(90)[:, None].astype(np.float32)
    return made


def _missing(job: Job) -> Path:
    if job.clip.sound is None:
        raise Invisible
    return job.write(replace(job.clip, sound=None))


def _unwanted(job: Job) -> Path:
    """Sound where the other side has none."""
    if job.clip.sound is not None:
        raise Invisible
    return job.write(replace(job.clip, sound=sounds.drawn("music", job.clip.seconds, 3)))


def _mono(job: Job) -> Path:
    if job.clip.sound is None or job.clip.sound.shape[1] == 1:
        raise Invisible
    return job.write(replace(job.clip, sound=job.clip.sound.mean(axis=1, keepdims=True)))


def _harm(name: str, code: str, alter: Alter, *more: str) -> Change:
    return Change(name, "harmful", sound(alter), (code, *more))


CHANGES = (
    Change("audio-missing", "harmful", _missing, ("audio_missing",)),
    Change("audio-unwanted", "harmful", _unwanted, ("audio_missing",)),
    Change("audio-mono", "open", _mono, ("audio_format_mismatch",)),
    _harm("audio-late-60-ms", "audio_offset", _late(60)),
    _harm("audio-late-250-ms", "audio_offset", _late(250)),
    _harm("audio-early-50-ms", "audio_offset", _late(-50)),
    _harm("audio-early-400-ms", "audio_offset", _late(-340)),
    _harm("audio-late-900-ms", "audio_offset", _late(800), "audio_content"),
    _harm("audio-louder-2.5-db", "audio_level", _louder(2.5)),
    _harm("audio-quieter-3-db", "audio_level", _louder(-3)),
    _harm("audio-quieter-12-db", "audio_level", _louder(-12)),
    _harm("audio-muted", "audio_level", _mute, "audio_missing"),
    _harm("audio-gap", "audio_content", _gap, "audio_level"),
    _harm("audio-harsh-6-db", "audio_harsh", _brighter(6)),
    _harm("audio-harsh-14-db", "audio_harsh", _brighter(14)),
    _harm("audio-clipped", "audio_harsh", _clipped, "audio_content"),
    _harm("audio-other-words", "audio_content", _other_words),
    _harm("audio-other-kind", "audio_content", _other_kind),
    _harm("audio-other-last-half", "audio_content", _last_half_other),
    _harm("audio-hiss", "audio_content", _noisy, "audio_harsh", "audio_level"),
    _harm("audio-crackling", "audio_content", _crackling, "audio_harsh", "audio_level"),
)
