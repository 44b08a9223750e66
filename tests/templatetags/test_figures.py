"""Numbers carry their unit, and what was not measured is never shown as 0."""

from __future__ import annotations

import datetime as dt

import pytest

from presets_app.templatetags import figures

NOW = dt.datetime(2026, 11, 20, 14, 30, tzinfo=dt.UTC)


def plain(text: str) -> str:
    return text.replace(figures.NBSP, " ")


@pytest.mark.parametrize("missing", [None, "", float("nan"), float("inf"), "x"])
def test_what_was_not_measured_is_a_dash(missing: object) -> None:
    assert figures.plain(missing) == figures.with_unit(missing, "s") == figures.size(missing) == "-"
    assert figures.duration(missing) == figures.timecode(missing) == "-"


def test_zero_is_a_measured_number() -> None:
    assert plain(figures.with_unit(0, "frames")) == "0 frames"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0.40 s"),
        (12.44, "12.4 s"),
        (200, "3 min 20 s"),
        (3600, "1 h"),
        (18_600, "5 h 10 min"),
        (352_800, "4 d 2 h"),
    ],
)
def test_a_duration_has_the_two_units_that_matter(seconds: float, words: str) -> None:
    assert plain(figures.duration(seconds)) == words


def test_a_big_seed_keeps_all_its_digits() -> None:
    assert figures.plain(2**64 - 1).replace(",", "") == "18446744073709551615"


def test_sizes_are_binary() -> None:
    assert plain(figures.size(1536)) == "1.5 KiB"
    assert plain(figures.size(900)) == "900 B"


@pytest.mark.parametrize(
    ("gap", "words"),
    [(dt.timedelta(days=4, hours=3), "4 d ago"), (dt.timedelta(seconds=-90), "in 1 min"), (dt.timedelta(), "just now")],
)
def test_times_are_told_from_now(gap: dt.timedelta, words: str) -> None:
    assert plain(figures.relative(NOW - gap, NOW)) == words


def test_a_moment_is_read_from_text_and_taken_as_utc() -> None:
    assert figures.moment("2026-11-20T14:30:00") == NOW
    assert figures.moment("yesterday") is None


def test_a_position_in_a_clip_is_to_the_millisecond() -> None:
    assert figures.timecode(1.708) == "00:01.708"
