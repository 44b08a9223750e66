"""The estimate beside what others published: every figure has a row, and the page tells the same errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from presets_app.core.memory.comparing import compare, error
from presets_app.core.memory.published import CLAIMS, RENDERS, SAVED

PAGE = (Path(__file__).parents[2] / "docs" / "memory.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("ours", "low", "high", "said"), [(5, 4, 6, 0.0), (3, 4, 6, -25.0), (9, 4, 6, 50.0), (4, 4, 4, 0.0)]
)
def test_an_error_is_measured_from_the_nearer_end_of_a_range(ours: float, low: float, high: float, said: float) -> None:
    assert error(ours, low, high) == said


def test_counted_sizes_are_met_to_their_own_rounding() -> None:
    """A figure of two decimals of a GiB, such as 0.10, is itself up to 5% off; the larger ones less."""
    counted = [row for row in compare()["figures"] if row["source"].startswith("counted")]
    assert len(counted) > 40
    assert all(abs(row["ours"] - row["low"]) <= 0.011 for row in counted)


def test_what_disagrees_is_told_and_not_left_out() -> None:
    told = compare()
    assert [row["what"] for row in told["renders"]] == [
        *(figure.what for figure in RENDERS),
        *(figure.what for figure, _ in SAVED),
    ]
    assert [row["what"] for row in told["claims"]] == [claim.what for claim in CLAIMS]
    assert {row["what"] for row in told["claims"] if not row["agrees"]} == {
        "LTX-2 full at 1024 on 12 GB",
        "LTX-2 full on 8 GB",
    }
    saved = [row for row in told["renders"] if "saves" in row["what"]]
    assert all(row["error_percent"] < -90 for row in saved)


def test_the_page_has_every_row_with_its_error() -> None:
    told = compare()
    for row in (*told["figures"], *told["renders"]):
        lines = [line for line in PAGE.splitlines() if line.startswith(f"| {row['what']} |")]
        assert any(f"{row['ours']:g} | {row['error_percent']:+.1f} %" in line for line in lines), row
    for row in told["claims"]:
        (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| {row['what']} |")]
        assert line.endswith("| agrees |" if row["agrees"] else "| differs |")
