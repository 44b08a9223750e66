"""Changes that no one should be bothered with: other encoders, other bits, the same packets, another rounding."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np

from tests.calibration.change import RIGHT, Change, Job, encoded, file, pictures, sound
from tests.calibration.clips import Clip, Encoding, Frames, Sound, read, remux
from tests.calibration.rounding import card_noise, other_grain
from tests.calibration.sounds import shaped


def _one_bit(frames: Frames, job: Job) -> Frames:
    noise = job.rng.integers(-1, 2, frames.shape, np.int16)
    return (frames + noise).clip(0, 255).astype(np.uint8)


def _card(worst_db: float) -> Callable[[Frames, Job], Frames]:
    """As another GPU renders the same seed; never worse than `worst_db` of luma PSNR."""
    return lambda frames, job: card_noise(frames, worst_db + (job.strong(1) - 1) * 4, job.rng)


def _transcode(crf: int) -> Callable[[Job], Path]:
    return lambda job: job.write(read(job.left), Encoding(crf=crf))


def _resampled(given: Sound, job: Job) -> Sound:
    """To 44.1 or 32 kHz and back."""
    rate = 44_100 if job.clip.rate != 44_100 else 32_000
    return at_rate(at_rate(given, job.clip.rate, rate), rate, job.clip.rate)[: len(given)]


def at_rate(given: Sound, rate: int, wanted: int) -> Sound:
    layout = "stereo" if given.shape[1] == 2 else "mono"
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(given.T), format="fltp", layout=layout)
    frame.sample_rate, frame.pts = rate, 0
    resampler = av.AudioResampler(format="fltp", layout=layout, rate=wanted)
    parts = [part.to_ndarray() for part in (*resampler.resample(frame), *resampler.resample(None))]
    return np.asarray(np.concatenate(parts, axis=1).T, np.float32)


def _stored_at_other_rate(job: Job) -> Path:
    rate = 44_100 if job.clip.rate != 44_100 else 48_000
    if job.clip.sound is None:
        return job.write(job.clip)
    return job.write(replace(job.clip, sound=at_rate(job.clip.sound, job.clip.rate, rate), rate=rate))


def _rounded_sound(given: Sound, job: Job) -> Sound:
    """As another card's vocoder gives it: level and phase of each band off by a little, 24 dB below the sound."""
    wave, rng = given[:, 0].astype(np.float64), job.rng
    knots = np.linspace(0, job.clip.rate / 2, 60)
    gain, turn = 1 + rng.normal(0, 0.05, 60), rng.normal(0, 0.06, 60)
    off = shaped(
        wave, job.clip.rate, lambda hertz: np.interp(hertz, knots, gain) * np.exp(1j * np.interp(hertz, knots, turn))
    )
    return np.asarray(given + (off[: len(given)] - wave)[:, None], np.float32)


def _dithered(given: Sound, job: Job) -> Sound:
    return np.asarray(given + job.rng.uniform(-1, 1, given.shape) / 32768, np.float32)


def _two_cards(job: Job) -> Path:
    """Everything at once: rounding in picture and sound, another encoder, another quality."""
    frames = card_noise(job.clip.frames, 36, job.rng)
    heard = None if job.clip.sound is None else _rounded_sound(job.clip.sound, job)
    made = Clip(frames, job.clip.fps, heard, job.clip.rate)
    return job.write(made, Encoding(crf=24, preset="veryfast", options={"threads": "4"}, audio_bitrate=128_000))


def _grainy(job: Job) -> Path:
    """Fine grain that the other side has not, too faint to see."""
    return job.write(replace(job.clip, frames=other_grain(job.clip.frames, 2.0, job.rng)))


def _remuxed(**more: str) -> Callable[[Path, Path], None]:
    return lambda source, target: remux(source, target, container=dict(more) or None)


_X264 = "x264-params"
_ENCODERS = {
    "mbtree": Encoding(crf=18, options={_X264: "mbtree=1"}),
    "crf-21": Encoding(crf=21),
    "crf-24": Encoding(crf=24),
    "crf-28": Encoding(crf=28),
    "preset-veryfast": Encoding(crf=20, preset="veryfast"),
    "preset-slow": Encoding(crf=22, preset="slow"),
    "threads-4": Encoding(crf=18, options={"threads": "4"}),
    "slices": Encoding(crf=19, options={"threads": "4", _X264: "sliced-threads=1:mbtree=0"}),
    "short-gop": Encoding(crf=20, options={"g": "12", "bf": "0"}),
    "tune-animation": Encoding(crf=20, options={"tune": "animation"}),
    "no-psy": Encoding(crf=20, options={_X264: "no-psy=1:mbtree=0:aq-mode=0:deblock=1,1"}),
}
_ONE = ("identical",)

CHANGES = (
    Change("copy", "benign", file(lambda a, b: shutil.copyfile(a, b) and None), classes=_ONE),
    Change("remux-mp4", "benign", file(lambda a, b: remux(a, b, title="another title")), classes=_ONE),
    Change("remux-faststart", "benign", file(_remuxed(movflags="+faststart")), classes=_ONE),
    Change("remux-mkv", "benign", file(_remuxed(), ".mkv"), classes=_ONE),
    Change("remux-mov", "benign", file(_remuxed(), ".mov"), classes=_ONE),
    *(Change(name, "benign", encoded(encoding)) for name, encoding in _ENCODERS.items()),
    Change("transcode-20", "benign", _transcode(20)),
    Change("transcode-24", "benign", _transcode(24)),
    Change("one-bit", "benign", pictures(_one_bit)),
    Change("grain", "benign", _grainy),
    Change("card-40", "benign", pictures(_card(40))),
    Change("card-35", "benign", pictures(_card(35))),
    Change("card-31", "benign", pictures(_card(31))),
    Change("two-cards", "benign", _two_cards),
    Change("sound-resampled", "benign", sound(_resampled)),
    Change("sound-rounded", "benign", sound(_rounded_sound)),
    Change("sound-dithered", "benign", sound(_dithered)),
    Change("sound-quieter-0.3-db", "benign", sound(lambda given, job: np.float32(10**-0.015) * given)),
    Change("aac-96k", "benign", encoded(replace(RIGHT, audio_bitrate=96_000))),
    Change("aac-64k", "benign", encoded(replace(RIGHT, audio_bitrate=64_000))),
    Change("sound-stored-at-other-rate", "benign", _stored_at_other_rate),
)
