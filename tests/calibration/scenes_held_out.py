"""Scenes of the held-out set: no threshold may be chosen by looking at these."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from tests.calibration.stage import Array, Paint, Stage, blot, over, rgb, spot, toned


def traffic(stage: Stage, time: float) -> Array:
    """Cars with windows cross a road with dashed lines."""
    picture = toned(0.35 + 0.05 * stage.field(1, 1.2), (40, 42, 48), (150, 152, 158))
    image = Image.fromarray(picture.clip(0, 255).astype(np.uint8))
    pen, tall = ImageDraw.Draw(image), stage.height
    pen.rectangle((0, 0, stage.width, 0.3 * tall), fill=(150, 178, 206))
    for dash in range(12):
        pen.rectangle(
            (dash * 0.2 * tall, 0.63 * tall, dash * 0.2 * tall + 0.1 * tall, 0.65 * tall), fill=(232, 226, 190)
        )
    for number, (start, pace, tone, _, size, _) in enumerate(stage.layout[:5]):
        x = ((start * 2 + (0.25 + 0.3 * pace) * time * (1 if number % 2 else -1)) % (stage.wide + 0.5) - 0.3) * tall
        y, long = (0.38 + 0.11 * number) * tall, (0.22 + 0.1 * size) * tall
        pen.rectangle(
            (x, y, x + long, y + 0.09 * tall), fill=(int(60 + 180 * tone), 60 + 30 * number, 220 - 40 * number)
        )
        pen.rectangle((x + 0.25 * long, y + 0.015 * tall, x + 0.6 * long, y + 0.045 * tall), fill=(24, 30, 40))
    return np.asarray(image, np.float64)


def bokeh(stage: Stage, time: float) -> Array:
    """Soft coloured discs that drift over each other in the dark."""
    picture = rgb(14 + 10 * stage.y, 12 + 4 * stage.x, 26 + 14 * (1 - stage.y))
    for left, top, pace, tone, size, turn in stage.layout[:9]:
        x = (left * stage.wide + 0.1 * (pace - 0.4) * time) % stage.wide
        y = top + 0.03 * math.sin(1.3 * time + 6 * turn)
        colour = (120 + 130 * tone, 90 + 90 * pace, 220 - 160 * tone)
        spot(picture, stage, x, y, 0.07 + 0.08 * size, colour, soft=0.03, strength=0.55)
    return picture


def clock(stage: Stage, time: float) -> Array:
    """A dial with thin marks, numerals and hands, one of which ticks on."""
    image = Image.fromarray(toned(0.5 + 0.12 * stage.field(3, 1.6), (120, 96, 70), (214, 190, 150)).astype(np.uint8))
    pen, tall, middle = ImageDraw.Draw(image), stage.height, (stage.width / 2, stage.height / 2)
    reach = 0.42 * min(stage.height, stage.width)
    pen.ellipse((*(side - reach for side in middle), *(side + reach for side in middle)), fill=(240, 238, 228))
    for mark in range(60):
        angle, inner = mark * math.pi / 30, 0.86 if mark % 5 else 0.76
        ends = [
            (middle[0] + part * reach * math.sin(angle), middle[1] - part * reach * math.cos(angle))
            for part in (inner, 0.95)
        ]
        pen.line(ends, fill=(40, 40, 44), width=1 if mark % 5 else 2)
        if mark % 5 == 0:
            at = middle[0] + 0.62 * reach * math.sin(angle) - 5, middle[1] - 0.62 * reach * math.cos(angle) - 5
            pen.text(at, str(mark // 5 or 12), fill=(30, 30, 34))
    for pace, long, wide in ((0.6, 0.5, 4), (1.7, 0.72, 3), (5.1, 0.85, 1)):
        angle = pace * time + 6 * stage.layout[0, 0]
        tip = middle[0] + long * reach * math.sin(angle), middle[1] - long * reach * math.cos(angle)
        pen.line([middle, tip], fill=(170, 30, 30) if wide == 1 else (20, 20, 26), width=wide * max(1, tall // 240))
    return np.asarray(image, np.float64)


def crowd(stage: Stage, time: float) -> Array:
    """Rows of heads that bob, each in its own time."""
    picture = toned(stage.y, (70, 60, 90), (36, 30, 40))
    rng = np.random.default_rng([stage.seed, 8])
    for row in range(5):
        for x, beat, tone, lift in rng.uniform(0, 1, (9, 4)):
            y = 0.25 + 0.16 * row + 0.02 * lift + 0.025 * math.sin((5 + 3 * beat) * time + 6 * beat)
            size = 0.035 + 0.012 * row
            spot(picture, stage, x * stage.wide, y, size * 1.15, (40 + 30 * tone, 26, 20), soft=0.01)
            spot(picture, stage, x * stage.wide, y + 0.01, size, (226 - 60 * tone, 178 - 50 * tone, 150 - 50 * tone))
    return picture


def marble(stage: Stage, time: float) -> Array:
    """Veins of stone that flow slowly through each other."""
    bend = 0.8 * stage.morphing(5, 0.05 * time, 2.0) + 0.4 * stage.moved(6, 0.03 * time, 0.01 * time, 1.7)
    veins = np.abs(np.sin(5 * stage.x + 3 * stage.y + 2.2 * bend))
    return toned(0.15 + 0.8 * veins**0.6, (44, 38, 52), (226, 220, 212)) + 14 * stage.field(7, 0.9, 8)[..., None]


def ticker(stage: Stage, time: float) -> Array:
    """A speaker's head before a studio wall, a line of news running below."""
    wall = rgb(40 + 30 * stage.x, 60 + 70 * stage.y, 120 + 30 * np.sin(6 * stage.x))
    x, y = stage.wide * 0.5 + 0.02 * math.sin(1.9 * time), 0.4 + 0.012 * math.sin(2.7 * time)
    spot(wall, stage, x, 0.86, 0.3, (44, 46, 60), soft=0.02)
    spot(wall, stage, x, y, 0.17, (224, 182, 152), soft=0.02)
    for side in (-1, 1):
        spot(wall, stage, x + 0.06 * side, y - 0.03, 0.017, (40, 30, 30), soft=0.008)
    spot(wall, stage, x, y + 0.08, 0.02 + 0.02 * abs(math.sin(7 * time)), (140, 50, 56), soft=0.01)
    image = Image.fromarray(wall.clip(0, 255).astype(np.uint8))
    pen, low = ImageDraw.Draw(image), int(0.86 * stage.height)
    pen.rectangle((0, low, stage.width, stage.height), fill=(190, 24, 36))
    line = "FRAMES FOUND IN ORDER   RATES AGREED UPON   " * 3
    pen.text((-60 * time - 80 * stage.layout[0, 0], low + 4), line, fill=(250, 248, 240))
    return np.asarray(image, np.float64)


def portrait(stage: Stage, time: float) -> Array:
    """A face seen close, with hair, freckles and eyes that blink, turning a little."""
    x = stage.wide * 0.5 + 0.03 * math.sin(1.1 * time + 5 * stage.layout[0, 0])
    across, down = (stage.x - x) / 0.34, (stage.y - 0.52) / 0.44
    skin = np.clip(1.2 - np.hypot(across, down), 0, 1) ** 0.5
    shade = 1 - 0.35 * np.clip(across, -1, 1) * math.cos(0.9 * time)
    freckles = stage.moved(8, x, 0.02 * math.sin(time), 0.5, 14)
    hair = stage.moved(9, x, 0, 1.0, 10) * 14
    picture = rgb(66 + hair, 44 + 0.8 * hair, 34 + 0.6 * hair)
    face = rgb(216 * shade - 6 * freckles, 166 * shade - 8 * freckles, 138 * shade - 7 * freckles)
    part = np.clip(4 * skin, 0, 1)[..., None]
    picture = picture * (1 - part) + face * part
    open_ = max(0.15, min(1.0, 3 * abs(math.sin(1.4 * time))))
    for side in (-1, 1):
        eye = np.hypot((stage.x - x - 0.12 * side) / 0.05, (stage.y - 0.45) / (0.03 * open_)) < 1
        picture = over(picture, eye.astype(float), (240, 238, 232))
        spot(picture, stage, x + 0.12 * side, 0.45, 0.02 * open_, (46, 74, 60), soft=0.006)
    mouth = np.hypot((stage.x - x) / 0.11, (stage.y - 0.72) / (0.015 + 0.02 * math.sin(4 * time) ** 2)) < 1
    return over(picture, mouth.astype(float), (150, 62, 64))


def storm(stage: Stage, time: float) -> Array:
    """Clouds at night that lightning lights up twice: the flashes belong there."""
    cloud = 0.4 + 0.2 * stage.moved(10, 0.08 * time, 0, 1.6) + 0.08 * stage.morphing(11, 0.1 * time, 1.2)
    lit = 1 + sum(1.6 * math.exp(-(((time - stage.seconds * at) / 0.06) ** 2)) for at in (0.3, 0.34, 0.77))
    picture = toned(cloud * (0.5 + 0.5 * stage.y), (10, 12, 24), (96, 104, 130)) * lit
    return over(picture, (stage.y > 0.84 + 0.02 * stage.field(12, 1.5)).astype(float), (6, 8, 10))


def blinds(stage: Stage, time: float) -> Array:
    """Hard stripes of light that wander over a wall and a box."""
    stripes = np.clip(8 * np.sin(46 * (stage.y + 0.25 * stage.x) - 2.1 * time), 0, 1)
    wall = 0.45 + 0.05 * stage.field(13, 1.1)
    picture = toned(wall + 0.4 * stripes, (58, 50, 44), (250, 236, 200))
    box = (np.abs(stage.x - 0.6 * stage.wide) < 0.16) & (np.abs(stage.y - 0.66) < 0.18)
    return np.asarray(picture * np.where(box, 0.55, 1.0)[..., None])


def aquarium(stage: Stage, time: float) -> Array:
    """Striped fish, bubbles that rise and light that dances on the ground."""
    dance = np.sin(12 * stage.x + 2 * time) * np.sin(15 * stage.x - 1.3 * time + 9 * stage.y)
    picture = (
        rgb(8 + 10 * stage.y, 70 + 60 * (1 - stage.y), 120 + 60 * (1 - stage.y)) + (9 * dance * stage.y)[..., None]
    )
    for number, (left, top, pace, tone, size, _) in enumerate(stage.layout[:5]):
        x = (left + (0.12 + 0.2 * pace) * time) % (stage.wide + 0.3) - 0.15
        y = 0.15 + 0.65 * top + 0.02 * math.sin(3 * time + number)
        body = np.hypot((stage.x - x) / (0.09 + 0.04 * size), (stage.y - y) / 0.045)
        bands = np.where(np.sin(70 * (stage.x - x)) > 0, 1.0, 0.72)[..., None]
        part = np.clip((1 - body) * 12, 0, 1)[..., None]
        picture = picture * (1 - part) + bands * np.array((250, 120 + 110 * tone, 40 + 60 * size)) * part
    for left, top, pace, _, size, _ in stage.layout[6:16]:
        y = 1.05 - (top + (0.3 + 0.3 * pace) * time) % 1.1
        spot(
            picture,
            stage,
            left * stage.wide + 0.01 * math.sin(5 * time),
            y,
            0.008 + 0.01 * size,
            (196, 232, 240),
            soft=0.006,
        )
    return picture


def ash(stage: Stage, time: float) -> Array:
    """Coarse noise that drifts and turns into other noise: hardly more than texture."""
    base = (
        0.5 + 0.16 * stage.morphing(14, 0.08 * time, 0.9, 5) + 0.08 * stage.moved(15, 0.12 * time, 0.05 * time, 0.7, 9)
    )
    return toned(base, (50, 40, 60), (214, 206, 190))


def paper(stage: Stage, time: float) -> Array:
    """A page of small print on which a shadow moves; half the time nothing else does."""
    image = Image.new("RGB", (stage.width, stage.height), (238, 234, 224))
    pen = ImageDraw.Draw(image)
    for row in range(stage.height // 13):
        words = ("sample lines of print", "set rather small", "1234 5678 90", "with ragged ends")[
            (row + int(9 * stage.layout[0, 0])) % 4
        ]
        pen.text((10 + 5 * (row % 2), 4 + 13 * row), words, fill=(34, 32, 40))
    moved = max(0.0, time - 0.4 * stage.seconds)
    shadow = blot(stage, stage.wide * (0.2 + 0.5 * moved), 0.5, 0.3, 0.12)[..., None]
    return np.asarray(np.asarray(image, np.float64) * (1 - 0.4 * shadow))


SCENES: dict[str, Paint] = {
    paint.__name__: paint
    for paint in (traffic, bokeh, clock, crowd, marble, ticker, portrait, storm, blinds, aquarium, ash, paper)
}
