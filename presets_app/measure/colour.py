"""The distance between two mean colours."""

from __future__ import annotations

import math

Colour = tuple[float, float, float]


def delta_e(one: Colour, other: Colour) -> float:
    """CIE 1976 distance of two BT.709 limited-range YCbCr colours (0-255 each); about 2.3 is just noticeable."""
    return math.dist(_lab(one), _lab(other))


def _lab(colour: Colour) -> Colour:
    luma, blue, red = (colour[0] - 16) / 219, (colour[1] - 128) / 224, (colour[2] - 128) / 224
    rgb = (luma + 1.5748 * red, luma - 0.1873 * blue - 0.4681 * red, luma + 1.8556 * blue)
    r, g, b = (_linear(min(max(value, 0.0), 1.0)) for value in rgb)
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.0890
    fx, fy, fz = _curve(x), _curve(y), _curve(z)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _linear(value: float) -> float:
    return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)


def _curve(value: float) -> float:
    return float(value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116)
