"""Scenes of the tuning set: thresholds may be chosen by looking at these."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from tests.calibration.stage import Array, Paint, Stage, blot, over, rgb, spot, toned

LINES = ("MATCHFRAME TAKE 07", "small text 0123456789", "the quick brown fox", "Ag Qy ij f/2.8 24 fps")


def shapes(stage: Stage, time: float) -> Array:
    """Soft-edged discs that orbit before a gradient."""
    picture = rgb(40 + 70 * stage.y, 60 + 40 * stage.x, 120 - 50 * stage.y)
    for number, (left, top, pace, tone, size, _) in enumerate(stage.layout[:7]):
        angle = 2 * math.pi * (left + time * (0.2 + 0.25 * pace))
        x = stage.wide * (0.5 + 0.36 * math.cos(angle) * (0.4 + 0.6 * top))
        y = 0.5 + 0.36 * math.sin(angle + 6 * top)
        colour = (60 + 27 * number, 220 - 24 * number, 90 + 140 * tone)
        spot(picture, stage, x, y, 0.05 + 0.09 * size, colour)
    return picture


def pan(stage: Stage, time: float) -> Array:
    """A camera that pans over a rocky landscape under a sky."""
    rock = stage.moved(1, -0.18 * time, 0.01 * math.sin(2 * time), 1.1)
    far = stage.moved(2, -0.06 * time, 0, 1.9)
    horizon = 0.45 + 0.05 * far
    ground = toned(0.5 + 0.2 * rock, (38, 34, 26), (190, 164, 120))
    sky = toned(stage.y / 0.6 + 0.05 * far, (70, 110, 180), (210, 220, 230))
    part = np.clip((stage.y - horizon) * 60, 0, 1)[..., None]
    return np.asarray(sky * (1 - part) + ground * part)


def face(stage: Stage, time: float) -> Array:
    """A face-like gradient that nods under a warm moving lamp."""
    x = stage.wide * 0.5 + 0.07 * math.sin(1.7 * time + 6 * stage.layout[0, 0])
    y = 0.48 + 0.03 * math.cos(2.3 * time)
    oval = np.exp(-(((stage.x - x) / 0.24) ** 2 + ((stage.y - y) / 0.32) ** 2))
    lamp = np.exp(-(((stage.x - stage.wide * (0.3 + 0.1 * math.sin(time))) / 0.5) ** 2 + ((stage.y - 0.2) / 0.5) ** 2))
    skin = stage.moved(3, x, y, 0.9) * 5 * oval
    eyes = blot(stage, x - 0.08, y - 0.06, 0.024, 0.01) + blot(stage, x + 0.08, y - 0.06, 0.024, 0.01)
    lips = 0.012 + 0.012 * math.sin(5 * time) ** 2
    mouth = np.exp(-(((stage.x - x) / 0.07) ** 2 + ((stage.y - y - 0.12) / lips) ** 2))
    dark = 100 * eyes + 60 * mouth
    return rgb(
        30 + 150 * oval + 56 * lamp - dark + skin,
        34 + 102 * oval + 40 * lamp - 0.9 * dark + skin,
        52 + 82 * oval + 20 * lamp - 0.6 * dark + skin,
    )


def titles(stage: Stage, time: float) -> Array:
    """Small text that rolls upwards over a plain ground."""
    image = Image.new("RGB", (stage.width, stage.height), (22, 24, 34))
    pen = ImageDraw.Draw(image)
    for row in range(-1, stage.height // 22 + 3):
        down = (row * 22 - 30 * time + 90 * stage.layout[0, 0]) % (stage.height + 44) - 22
        shade = 255 - 12 * (row % 5)
        pen.text(
            (stage.width * 0.1 + 9 * (row % 3), down),
            LINES[(row + int(4 * stage.layout[0, 1])) % 4],
            fill=(shade, shade, 255 - 20 * (row % 4)),
        )
    return np.asarray(image, np.float64)


def film(stage: Stage, time: float) -> Array:
    """A drifting cloudscape under heavy film grain."""
    cloud = 0.5 + 0.18 * stage.morphing(4, 0.04 * time, 1.7) + 0.1 * stage.moved(5, 0.1 * time, 0.02 * time, 1.5)
    return toned(cloud, (46, 52, 70), (226, 210, 190)) + stage.grain(time, 7)[..., None]


def night(stage: Stage, time: float) -> Array:
    """A street at night: almost black, a few lamps, one car."""
    picture = toned(0.5 + 0.2 * stage.moved(6, -0.03 * time, 0, 1.3), (3, 4, 9), (22, 24, 34))
    for left, top, _, tone, size, _ in stage.layout[:5]:
        away = (stage.x - left * stage.wide) ** 2 + (stage.y - 0.1 - 0.4 * top) ** 2
        glow = np.exp(-away / (0.002 + 0.006 * size))
        picture = picture + glow[..., None] * np.array((150, 110 + 30 * tone, 50))
    car = (0.1 + 0.35 * time) % (stage.wide + 0.4) - 0.2
    lights = blot(stage, car, 0.78, 0.022, 0.03) + blot(stage, car + 0.09, 0.78, 0.022, 0.03)
    return over(picture, lights.clip(0, 1), (235, 230, 200))


def cartoon(stage: Stage, time: float) -> Array:
    """Flat colours and hard rims: one figure hops past hills."""
    picture = rgb(np.full_like(stage.x, 120), 196, 240)
    hills = stage.y > 0.68 + 0.1 * np.sin(3 * stage.x + 0.8 * time + 6 * stage.layout[1, 0])
    picture = over(picture, hills.astype(float), (86, 170, 70))
    x = (0.2 + stage.layout[0, 0] + 0.4 * time) % (stage.wide + 0.3) - 0.15
    y = 0.62 - 0.16 * abs(math.sin(4 * time + stage.layout[0, 1]))
    spot(picture, stage, x, y, 0.13, (30, 30, 36), soft=0.006)
    spot(picture, stage, x, y, 0.12, (240, 120, 60), soft=0.006)
    spot(picture, stage, x + 0.05, y - 0.03, 0.02, (20, 20, 24), soft=0.006)
    return picture


def fade_out(stage: Stage, time: float) -> Array:
    """A shot that fades to black in its last third, as many end."""
    left = stage.seconds - time
    return pan(stage, time) * min(1.0, max(0.0, (left - 0.15 * stage.seconds) / (0.25 * stage.seconds)))


def still(stage: Stage, time: float) -> Array:
    """A nearly still shot: a room in which only a plant's leaf sways."""
    room = toned(0.5 + 0.17 * stage.field(7, 1.2), (60, 50, 46), (206, 196, 180))
    x = stage.wide * 0.7 + 0.01 * math.sin(2.2 * time)
    return over(room, blot(stage, x, 0.4, 0.08, 0.03), (58, 116, 64))


def cut(stage: Stage, time: float) -> Array:
    """Three shots with hard cuts between them."""
    part = min(2, int(3 * time / stage.seconds))
    return (shapes, face, pan)[part](stage, time)


def strobe(stage: Stage, time: float) -> Array:
    """A dance floor under a strobe light, four flashes a second."""
    lit = (time * 4) % 1 < 0.35
    crowd = stage.morphing(8, 0.1 * time, 1.3)
    return toned(0.45 + 0.2 * crowd, (24, 10, 40), (200, 60, 180)) * (1.25 if lit else 0.35)


def slate(stage: Stage, time: float) -> Array:
    """A dark still with one line of text, then a cut to something colourful that moves."""
    if time >= 0.4 * stage.seconds:
        return zoom(stage, time) + rgb(20, 0, -20 * np.ones_like(stage.x))
    image = Image.new("RGB", (stage.width, stage.height), (18, 17, 20))
    ImageDraw.Draw(image).text((stage.width // 3, stage.height // 3), "Chapter 4", fill=(210, 204, 190))
    return np.asarray(image, np.float64)


def zoom(stage: Stage, time: float) -> Array:
    """A slow zoom into woven cloth."""
    scale = 1 + 0.08 * time
    u, v = (stage.x - stage.wide / 2) / scale, (stage.y - 0.5) / scale
    weave = np.sin(70 * u + 4 * stage.layout[0, 0]) * np.sin(66 * v + 12 * u)
    light = np.cos(2.4 * u + 1.5 * v + 0.5 * time)
    return rgb(128 + 46 * weave + 44 * light, 104 + 40 * weave + 36 * light, 84 + 30 * weave + 30 * light)


SCENES: dict[str, Paint] = {
    paint.__name__: paint
    for paint in (shapes, pan, face, titles, film, night, cartoon, fade_out, still, cut, strobe, zoom, slate)
}
