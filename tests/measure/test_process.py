"""The parent survives whatever happens to the child."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from presets_app.measure import Limits, PairFiles, measure_pairs
from tests.support.clips import moving, write_clip

pytestmark = pytest.mark.journey  # processes that are waited for


@pytest.fixture
def long_clip(tmp_path: Path) -> Path:
    base = moving(40, (640, 384))
    return write_clip(
        tmp_path / "long.mp4", (base[index % 40] for index in range(600)), options={"preset": "ultrafast"}
    )


def child() -> psutil.Process:
    """The measuring child, once it is busy."""
    while True:
        for process in psutil.Process().children():
            if "presets_app.measure" in process.cmdline() and process.cpu_times().user > 0.5:
                return process
        time.sleep(0.02)


def hit(kind: signal.Signals) -> threading.Thread:
    thread = threading.Thread(target=lambda: os.kill(child().pid, kind), daemon=True)
    thread.start()
    return thread


def test_a_killed_child_costs_one_pair_and_the_rest_go_on(long_clip: Path, clip: Path) -> None:
    thread = hit(signal.SIGKILL)
    seen: list[tuple[int, dict[str, Any]]] = []
    pairs = [PairFiles(long_clip, long_clip), PairFiles(clip, clip)]
    results = measure_pairs(pairs, on_result=lambda index, result: seen.append((index, result)))
    thread.join()
    assert results[0]["problems"][0]["code"] == "measure_failed"
    assert "SIGKILL" in results[0]["problems"][0]["message"]
    assert results[1]["identical"] is True
    assert [index for index, _ in seen] == [0, 1]


def test_a_stopped_child_is_given_up_after_the_time(long_clip: Path, clip: Path) -> None:
    thread = hit(signal.SIGSTOP)
    results = measure_pairs([PairFiles(long_clip, long_clip), PairFiles(clip, clip)], timeout=3)
    thread.join()
    assert "no answer within 3 s" in results[0]["problems"][0]["message"]
    assert results[1]["identical"] is True


def test_processor_time_is_bounded(long_clip: Path) -> None:
    result = measure_pairs([PairFiles(long_clip, long_clip)], limits=Limits(cpu_s=1))[0]
    assert "spent its processor time" in result["problems"][0]["message"]


def test_no_child_is_left_behind(clip: Path) -> None:
    measure_pairs([PairFiles(clip, clip)])
    assert not [process for process in psutil.Process().children() if "presets_app.measure" in process.cmdline()]


def test_the_child_gets_no_secret_and_no_django(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAVESPEED_API_KEY", "canary-5f2c")
    from presets_app.measure import process

    assert "canary-5f2c" not in str(process._environment(Limits()))
    code = "import sys, presets_app.measure.__main__; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=process.ROOT, check=False).returncode == 0


def test_the_parents_side_parses_no_media_itself() -> None:
    code = "import sys, presets_app.measure; sys.exit('av' in sys.modules or 'numpy' in sys.modules)"
    from presets_app.measure import process

    assert subprocess.run([sys.executable, "-c", code], cwd=process.ROOT, check=False).returncode == 0
