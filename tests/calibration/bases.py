"""The clips that changes are planted in: scene, size, rate, length, seed, sound. Two sets that share none of these."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tests.calibration import scenes_held_out, scenes_tuning, scenes_tuning_more, sounds
from tests.calibration.clips import Clip, Frames
from tests.calibration.stage import Stage

NTSC = Fraction(30000, 1001)
SCENES = {"tuning": scenes_tuning.SCENES | scenes_tuning_more.SCENES, "held-out": scenes_held_out.SCENES}
REACH = 12  # frames before and after that a clip can be taken from


@dataclass(frozen=True)
class Base:
    """One drawn clip; its scene belongs to the set it is in."""

    set: str
    scene: str
    width: int
    height: int
    frames: int
    fps: Fraction
    sound: str
    seed: int
    rate: int = 48_000
    channels: int = 2

    @property
    def name(self) -> str:
        return f"{self.scene}-{self.width}x{self.height}"

    @cached_property
    def clip(self) -> Clip:
        return self.drawn()

    @cached_property
    def _surroundings(self) -> Frames:
        """The frames with some from before and after them."""
        return self._pictures(np.arange(-REACH, self.frames + REACH))

    def drawn(self, *, start: int = 0, speed: float = 1.0, frames: int = 0) -> Clip:
        """The clip from `start` frames on (may be negative, before the beginning), at another speed or length."""
        count = frames or self.frames
        if speed == 1 and -REACH <= start <= start + count <= self.frames + REACH:
            pictures = self._surroundings[start + REACH : start + REACH + count]
        else:
            pictures = self._pictures(start + speed * np.arange(count))
        length = count / float(self.fps)
        heard = sounds.drawn(self.sound, length, self.seed, rate=self.rate, channels=self.channels)
        return Clip(pictures, self.fps, heard, self.rate)

    def _pictures(self, places: NDArray[np.float64] | NDArray[np.int64]) -> Frames:
        stage = Stage(self.width, self.height, self.seed, self.frames / float(self.fps))
        paint = SCENES[self.set][self.scene]
        drawn = [paint(stage, float(place) / float(self.fps)).clip(0, 255).round().astype(np.uint8) for place in places]
        return np.stack(drawn)

    def other(self, seed: int) -> Base:
        """Another take: the same scene with other random numbers."""
        return replace(self, seed=self.seed + 1000 * seed)


def _base(text: str, seed: int) -> Base:
    """`set scene WxH frames fps sound [rate [channels]]`"""
    set_, scene, size, frames, fps, sound, *more = text.split()
    width, height = (int(side) for side in size.split("x"))
    rate = NTSC if fps == "ntsc" else Fraction(fps)
    heard = {"rate": int(more[0])} if more else {}
    if len(more) > 1:
        heard["channels"] = int(more[1])
    return Base(set_, scene, width, height, int(frames), rate, sound, seed, **heard)


_LIST = """
tuning shapes 320x192 49 24 speech
tuning pan 384x224 41 16 talk_in_rain
tuning face 320x192 61 25 speech 48000 1
tuning titles 352x288 49 ntsc music 44100
tuning film 320x192 49 24 rain
tuning night 384x224 49 24 effects
tuning cartoon 320x256 41 16 music
tuning fade_out 320x192 61 ntsc music
tuning still 320x192 49 25 whisper
tuning cut 256x144 72 24 talk_in_rain 24000
tuning strobe 320x192 49 30 music 44100 1
tuning zoom 192x320 49 24 none
tuning shapes 768x512 33 24 effects
tuning pan 1280x720 25 24 speech
tuning film 256x144 121 25 silence
tuning face 480x272 17 16 hum
tuning water 320x192 49 25 music
tuning walker 352x224 49 24 speech
tuning snow 320x192 49 ntsc rain
tuning candle 320x192 61 24 whisper
tuning sunset 384x224 49 16 music 44100
tuning handheld 320x192 49 30 talk_in_rain
tuning fireworks 320x192 61 24 effects
tuning plasma 256x256 41 16 hum
tuning leaves 320x192 49 ntsc rain 44100 1
tuning fade_in 320x192 61 25 speech
tuning card 352x288 48 24 music 24000
tuning machine 192x320 49 24 none
tuning handheld 768x448 33 24 speech 48000 1
tuning water 1280x704 25 24 effects
tuning walker 256x144 121 ntsc talk_in_rain
tuning leaves 480x272 17 16 silence
tuning slate 320x192 50 25 music 24000
held-out traffic 304x176 50 25 effects
held-out bokeh 288x288 45 24 music 44100
held-out clock 400x224 44 ntsc speech
held-out crowd 336x192 52 24 talk_in_rain
held-out marble 272x208 40 16 hum
held-out ticker 352x240 50 25 speech 48000 1
held-out portrait 240x320 46 24 speech
held-out storm 320x180 56 30 rain
held-out blinds 256x192 42 24 none
held-out aquarium 320x176 40 25 effects 32000
held-out ash 304x176 48 24 whisper
held-out paper 320x240 44 ntsc music
held-out aquarium 160x96 97 24 talk_in_rain
held-out clock 640x360 20 16 silence
held-out traffic 1024x576 25 24 music
"""

BASES: tuple[Base, ...] = tuple(_base(line, 3 + 7 * number) for number, line in enumerate(_LIST.strip().splitlines()))
