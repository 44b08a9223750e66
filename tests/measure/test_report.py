"""The page and the pictures of one comparison."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from presets_app.measure.drawing import Line, curve
from presets_app.services.comparing import compare_files
from tests.support.clips import write_clip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, clip: Path, frames: np.ndarray) -> Path:
    place = tmp_path_factory.mktemp("report")
    damaged = frames.copy()
    damaged[20, 64:96, 96:128] = 255 - damaged[20, 64:96, 96:128]
    compare_files(clip, write_clip(place / "<b>.mp4", damaged), out=place / "out", extras=("xpsnr",))
    return place / "out"


def test_the_page_needs_nothing_beside_it(folder: Path) -> None:
    page = (folder / "report.html").read_text("utf-8")
    assert not re.findall(r"(?:src|href)=\"(?!data:)", page)
    assert page.count("data:image/png;base64,") == 3 * len(list(folder.glob("*-heatmap.png")))
    assert "<script" not in page


def test_what_a_file_is_called_is_text(folder: Path) -> None:
    page = (folder / "report.html").read_text("utf-8")
    assert "&lt;b&gt;.mp4" in page
    assert "<b>" not in page


def test_the_page_has_curves_with_their_threshold_and_the_barcode(folder: Path) -> None:
    page = (folder / "report.html").read_text("utf-8")
    assert page.count("<svg") == 7
    assert page.count('class="limit"') == 2
    assert "content_differs" in page
    assert (folder / "barcode.png").read_bytes().startswith(b"\x89PNG")


def test_a_gap_in_a_curve_is_a_gap() -> None:
    drawn = curve([Line("psnr", [40.0, None, 30.0, 31.0], "left")], None, 0, 1)
    assert drawn.count("M") == 2
