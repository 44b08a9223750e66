"""Colours are read by people with all kinds of eyes: the ratios of WCAG 2.2 AA hold in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).resolve().parents[2] / "static/css/tokens.css").read_text(encoding="utf-8")
PAIRED = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
COLOURS = {name: {"light": light, "dark": dark} for name, light, dark in PAIRED.findall(TOKENS)}
HUES = sorted(name for name in COLOURS if name.startswith("hue-"))
GROUNDS = ("ground", "surface", "raised")
TEXT, MARK = 4.5, 3.0  # WCAG 2.2, 1.4.3 for words and 1.4.11 for marks and the edges of controls


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb as WCAG 2.2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def pairs() -> list[tuple[str, str, float]]:
    words = [(ink, ground, TEXT) for ink in ("ink", "ink-soft") for ground in (*GROUNDS, "sunken")]
    words += [("ink-inverse", act, TEXT) for act in ("act", "act-over")]
    words += [(hue, ground, TEXT) for hue in HUES for ground in GROUNDS]
    words += [(hue, hue.replace("hue-", "wash-"), TEXT) for hue in HUES]
    words += [("ink", hue.replace("hue-", "wash-"), TEXT) for hue in HUES]
    edges = [(edge, ground, MARK) for edge in ("line-strong", "focus") for ground in GROUNDS]
    return words + edges


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), pairs())
def test_a_pair_of_colours_can_be_told_apart(front: str, back: str, least: float, theme: str) -> None:
    measured = ratio(COLOURS[front][theme], COLOURS[back][theme])
    assert measured >= least, f"{front} on {back} in {theme}: {measured:.2f}, at least {least}"


def test_the_greys_carry_no_tint() -> None:
    for name in ("ground", "surface", "raised", "sunken", "stage", "line"):
        for colour in COLOURS[name].values():
            assert colour[1:3] == colour[3:5] == colour[5:7], f"{name} {colour} would colour the eye beside a picture"


def test_the_two_sides_and_the_states_have_hues_of_their_own() -> None:
    for theme in ("light", "dark"):
        shades = [COLOURS[hue][theme] for hue in HUES]
        assert len(set(shades)) == len(shades)
