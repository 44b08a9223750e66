"""More scenes of the tuning set: an earlier held-out set, which has been looked at since."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from tests.calibration.stage import Array, Paint, Stage, blot, over, rgb, spot, toned


def water(stage: Stage, time: float) -> Array:
    """Ripples that cross on a lake."""
    height = np.zeros_like(stage.x)
    for left, top, pace, tone, size, _ in stage.layout[:6]:
        across, down = 9 + 22 * left, 6 + 26 * top
        height += (0.4 + size) * np.sin(across * stage.x + down * stage.y + (2 + 5 * pace) * time + 6 * tone)
    return toned(0.5 + 0.11 * height, (12, 46, 66), (168, 214, 220))


def walker(stage: Stage, time: float) -> Array:
    """A figure of limbs that walks before a brick wall."""
    bricks = (np.sin(40 * stage.y) > 0.93) | (np.sin(24 * stage.x + 3 * np.floor(6.37 * stage.y)) > 0.96)
    picture = toned(0.55 + 0.1 * stage.field(1, 1.0) - 0.3 * bricks, (70, 40, 34), (196, 120, 96))
    image = Image.fromarray(picture.clip(0, 255).astype(np.uint8))
    pen, height = ImageDraw.Draw(image), stage.height
    x, step = ((0.15 + stage.layout[0, 0] + 0.28 * time) % stage.wide) * height, 7 * time + 6 * stage.layout[0, 1]
    hip, neck, thick = (x, 0.62 * height), (x, 0.36 * height), max(3, height // 28)
    for phase in (0, math.pi):
        foot = (x + 0.13 * height * math.sin(step + phase), 0.88 * height)
        hand = (x - 0.1 * height * math.sin(step + phase), 0.56 * height)
        pen.line([hip, foot], fill=(30, 36, 70), width=thick)
        pen.line([neck, hand], fill=(220, 176, 150), width=thick)
    pen.line([hip, neck], fill=(200, 196, 60), width=2 * thick)
    radius = 0.06 * height
    pen.ellipse((x - radius, 0.22 * height, x + radius, 0.22 * height + 2 * radius), fill=(226, 184, 158))
    return np.asarray(image, np.float64)


def snow(stage: Stage, time: float) -> Array:
    """Snow that falls before a forest: many small bright things in motion."""
    picture = toned(0.35 + 0.16 * stage.field(2, 1.3), (18, 26, 36), (130, 140, 150))
    rng = np.random.default_rng([stage.seed, 5])
    flakes = np.zeros((stage.height, stage.width))
    for x, y, pace, size in rng.uniform(0, 1, (90, 4)):
        down = int(((y + (0.3 + 0.4 * pace) * time) % 1) * stage.height)
        across = int(((x + 0.03 * math.sin(3 * time + 9 * pace)) % 1) * stage.width)
        reach = 1 + int(2 * size)
        flakes[down : down + reach, across : across + reach] = 1
    return over(picture, flakes, (236, 240, 246))


def candle(stage: Stage, time: float) -> Array:
    """A dark room in which a candle flickers: brightness changes on purpose."""
    shake = 0.16 * math.sin(13 * time) + 0.1 * math.sin(31 * time + 1) + 0.06 * math.sin(47 * time)
    light = 1 + shake
    near = np.exp(-(((stage.x - stage.wide / 2) ** 2 + (stage.y - 0.45) ** 2) / 0.1))
    wall = 0.4 + 0.14 * stage.field(3, 1.5)
    flame = np.exp(-(((stage.x - stage.wide / 2 - 0.01 * shake) / 0.025) ** 2 + ((stage.y - 0.5) / 0.08) ** 2))
    return toned(wall * near * light, (6, 4, 4), (250, 170, 90)) + 190 * flame[..., None] * light


def sunset(stage: Stage, time: float) -> Array:
    """A sky that changes colour from day to dusk by intent."""
    part = time / stage.seconds
    cloud = 0.12 * stage.morphing(4, 0.05 * time, 1.8) + 0.08 * stage.moved(5, 0.05 * time, 0, 1.3)
    top = np.array((120, 170, 226)) * (1 - part) + np.array((44, 38, 84)) * part
    low = np.array((226, 220, 200)) * (1 - part) + np.array((238, 120, 62)) * part
    picture = toned(stage.y + cloud, tuple(top), tuple(low))
    sun = blot(stage, stage.wide * (0.3 + 0.5 * stage.layout[0, 0]), 0.3 + 0.4 * part, 0.07, 0.02)
    return over(picture, sun, (255, 236, 190))


def handheld(stage: Stage, time: float) -> Array:
    """A camera held by hand: the whole picture shakes."""
    x = 0.03 * math.sin(3.1 * time) + 0.011 * math.sin(17 * time + 2)
    y = 0.02 * math.cos(2.3 * time) + 0.009 * math.cos(19 * time)
    base = 0.5 + 0.17 * stage.moved(6, x, y, 1.15)
    crates = np.sign(np.sin(9 * (stage.x - x) + 1)) * np.sign(np.sin(8 * (stage.y - y)))
    return toned(base + 0.09 * crates, (52, 60, 44), (220, 210, 176))


def fireworks(stage: Stage, time: float) -> Array:
    """Black night with bursts: most frames are nearly dark."""
    picture = toned(0.5 + 0.1 * stage.field(7, 1.8), (2, 2, 6), (12, 12, 26))
    for number, (left, top, start, tone, _, _) in enumerate(stage.layout[:6]):
        since = time - start * stage.seconds * 0.8
        if 0 < since < 1.6:
            for spark in range(26):
                angle = spark * 2 * math.pi / 26 + number
                reach = 0.32 * (1 - math.exp(-2.5 * since))
                x = stage.wide * left + reach * math.cos(angle)
                y = 0.15 + 0.4 * top + reach * math.sin(angle) + 0.1 * since**2
                colour = (255, 120 + 130 * tone, 80 + 150 * left)
                spot(picture, stage, x, y, 0.012, colour, soft=0.012, strength=math.exp(-1.6 * since))
    return picture


def plasma(stage: Stage, time: float) -> Array:
    """Colours that flow into each other without any edge."""
    one = np.sin(3 * stage.x + 1.4 * time) + np.sin(4 * stage.y - time)
    other = np.sin(2.5 * (stage.x + stage.y) + 1.1 * time + 3 * stage.layout[0, 0])
    return rgb(128 + 50 * one, 120 + 46 * other, 130 + 30 * one - 44 * other)


def leaves(stage: Stage, time: float) -> Array:
    """Fine leaves in wind: detail everywhere, each part moving its own way."""
    sway = 0.006 * np.sin(5 * time + 9 * stage.field(8, 2.2))
    one = stage.moved(9, 0.008 * math.sin(2.6 * time), 0.004 * math.cos(3 * time), 0.7, 6)
    base = 0.45 + 0.18 * one + 18 * sway * stage.field(10, 1.0, 4)
    return toned(base + 0.1 * stage.morphing(11, 0.06 * time, 1.2), (16, 34, 10), (190, 214, 110))


def fade_in(stage: Stage, time: float) -> Array:
    """A shot that opens from black, and dissolves into another."""
    part = time / stage.seconds
    mix = min(1.0, max(0.0, (part - 0.55) / 0.2))
    return (handheld(stage, time) * (1 - mix) + plasma(stage, time) * mix) * min(1.0, part / 0.25)


def card(stage: Stage, time: float) -> Array:
    """A still title card for half the time, then a cut to motion."""
    if time < stage.seconds / 2:
        image = Image.new("RGB", (stage.width, stage.height), (12, 12, 14))
        ImageDraw.Draw(image).text((stage.width // 4, stage.height // 2 - 6), "PART TWO", fill=(230, 226, 214))
        return np.asarray(image, np.float64)
    return water(stage, time)


def machine(stage: Stage, time: float) -> Array:
    """A wheel with spokes that turns before a panel with fine rules."""
    rules = 0.5 + 0.16 * np.sin(150 * stage.y) + 0.08 * stage.field(12, 1.6)
    picture = toned(rules, (70, 76, 84), (190, 196, 204))
    angle = np.arctan2(stage.y - 0.5, stage.x - stage.wide / 2)
    distance = np.hypot(stage.y - 0.5, stage.x - stage.wide / 2)
    spokes = (
        np.clip(6 * np.sin(7 * (angle + 0.9 * time + stage.layout[0, 0])), 0, 1) * (distance < 0.36) * (distance > 0.06)
    )
    return over(over(picture, (distance < 0.38).astype(float), (36, 38, 44)), spokes, (214, 120, 44))


SCENES: dict[str, Paint] = {
    paint.__name__: paint
    for paint in (water, walker, snow, candle, sunset, handheld, fireworks, plasma, leaves, fade_in, card, machine)
}
