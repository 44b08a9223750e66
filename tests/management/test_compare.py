"""`manage.py compare` as a program: one line of JSON, its exit code, no database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.clips import moving, write_clip

pytestmark = pytest.mark.journey  # each measures in a process of its own

ROOT = Path(__file__).parents[2]
SHAPE = {"class", "verdict", "reasons", "container", "video", "audio", "cost"}


@pytest.fixture
def clips(tmp_path: Path) -> tuple[Path, Path]:
    frames = moving(17)
    return write_clip(tmp_path / "a.mp4", frames), write_clip(tmp_path / "b.mp4", frames, options={"crf": "22"})


def run(*arguments: object, home: Path) -> subprocess.CompletedProcess[str]:
    """The command in an environment that knows no database, key or data folder."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    command = [sys.executable, ROOT / "manage.py", "compare", *arguments]
    return subprocess.run(
        [str(part) for part in command],
        cwd=home,
        env={**kept, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_two_clips_give_one_object_on_one_line(clips: tuple[Path, Path], tmp_path: Path) -> None:
    done = run(*clips, "--json", home=tmp_path)
    answer = json.loads(done.stdout, parse_constant=pytest.fail)
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    assert not SHAPE - answer.keys()
    assert (answer["class"], answer["verdict"], answer["video"]["offset_frames"]) == ("same", "pass", 0)
    assert 0 < answer["cost"]["peak_mb"] < 220
    assert {path.name for path in tmp_path.iterdir()} == {"a.mp4", "b.mp4"}


def test_a_file_that_cannot_be_read_gives_the_same_object_and_two(clips: tuple[Path, Path], tmp_path: Path) -> None:
    done = run(clips[0], tmp_path / "missing.mp4", "--json", home=tmp_path)
    answer = json.loads(done.stdout)
    assert done.returncode == 2
    assert not SHAPE - answer.keys()
    assert (answer["verdict"], answer["reasons"][0]["code"]) == ("error", "undecodable")


def test_a_failed_verdict_is_still_a_comparison(clips: tuple[Path, Path], tmp_path: Path) -> None:
    short = write_clip(tmp_path / "short.mp4", moving(12))
    done = run(clips[0], short, home=tmp_path)
    assert done.returncode == 0
    assert "frame_count_mismatch" in done.stdout


def test_out_gets_a_table_and_pictures(clips: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "made" / "here"
    answer = json.loads(run(*clips, "--json", "--out", out, home=tmp_path).stdout)
    assert (out / "frames.csv").read_text().startswith("frame,right_frame,psnr,ssim")
    assert all((out / frame["heatmap"]).is_file() for frame in answer["video"]["worst_frames"])


def test_a_folder_that_cannot_be_made_is_a_sentence(clips: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run(*clips, "--json", "--out", tmp_path / "file" / "x", home=tmp_path)
    assert done.returncode == 2
    assert json.loads(done.stdout)["problems"][0]["code"] == "out_unwritable"
