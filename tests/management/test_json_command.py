"""The real program in a process of its own: no data folder, secret key, migration or Redis, and a pure stdout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.management.conftest import strictly
from tests.support.project import batch, document

pytestmark = pytest.mark.journey  # processes that are waited for

ROOT = Path(__file__).parents[2]


def program(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with a data folder that does not exist and no way to a queue."""
    bare = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    bare |= {"MATCHFRAME_DATA": str(folder / "none"), "REDIS_URL": "unix:///nowhere/redis.sock"}
    argv = (sys.executable, str(ROOT / "manage.py"), *argv)
    return subprocess.run(argv, capture_output=True, text=True, env=bare, cwd=folder, timeout=60, check=False)


@pytest.fixture
def preset(tmp_path: Path) -> str:
    (tmp_path / "preset.json").write_text(json.dumps(document()), encoding="utf-8")
    return str(tmp_path / "preset.json")


def test_a_good_preset_is_checked_straight_after_install(tmp_path: Path, preset: str):
    done = program(tmp_path, "presets", "check", preset, "--json")
    assert done.returncode == 0, done.stderr
    assert {problem["severity"] for problem in strictly(done.stdout)["problems"]} <= {"note"}
    assert not (tmp_path / "none").exists()


def test_a_bad_preset_exits_1_with_its_problems_and_the_option_may_stand_in_front(tmp_path: Path):
    (tmp_path / "bad.json").write_text(json.dumps(document(frames=122)), encoding="utf-8")
    done = program(tmp_path, "presets", "--json", "check", "bad.json")
    assert done.returncode == 1
    told = strictly(done.stdout)["problems"]
    assert [problem["code"] for problem in told if problem["severity"] == "error"] == ["frames_rule"]


def test_a_wrong_argument_exits_2_with_an_object(tmp_path: Path):
    done = program(tmp_path, "parity", "sentence", "--batch", "many", "--sample", "1", "--failed", "0", "--json")
    assert done.returncode == 2
    assert strictly(done.stdout)["problems"][0]["code"] == "arguments_wrong"
    assert "Traceback" not in done.stderr


def test_without_a_database_a_command_that_needs_one_exits_2_and_says_what_to_do(tmp_path: Path):
    done = program(tmp_path, "presets", "list", "--json")
    assert done.returncode == 2
    problem = strictly(done.stdout)["problems"][0]
    assert problem["code"] == "database_not_ready"
    assert "make up" in problem["hint"]
    assert "Traceback" not in done.stderr


def test_the_other_commands_that_need_no_database_do_not_ask_for_one(tmp_path: Path, preset: str):
    (tmp_path / "inputs.json").write_text(json.dumps(batch(3)), encoding="utf-8")
    for argv in (
        ("presets", "diff", preset, preset),
        ("presets", "convert", preset, "--to", "document"),
        ("inputs", "check", "inputs.json"),
        ("parity", "plan", "--batch", "200", "--standard", "standard"),
    ):
        done = program(tmp_path, *argv, "--json")
        assert done.returncode == 0, (argv, done.stdout, done.stderr)
        strictly(done.stdout)
    assert not (tmp_path / "none").exists()


def test_a_person_reads_a_list_line_by_line_and_hashes_by_their_first_digits(tmp_path: Path, preset: str):
    done = program(tmp_path, "parity", "plan", "--batch", "200")
    assert done.stdout.count("  ") >= 9
    assert "  10  5%  50\n" in done.stdout
    told = program(tmp_path, "presets", "check", "none.json")
    assert (told.returncode, told.stderr) == (2, "")
    assert told.stdout.startswith("error file_unreadable")
