"""Rooms that must run without Django, Git or HTTP are imported with those blocked, in a process of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT, modules

PROGRAM = """
import importlib, json, sys

blocked, names = json.loads(sys.argv[1])

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in blocked:
            raise ImportError(f"{name} is not to be had here")

sys.meta_path.insert(0, Refuse())
faults = []
for name in names:
    try:
        importlib.import_module(name)
    except ImportError as error:
        faults.append(f"{name}: {error}")
print(json.dumps(faults))
"""


def import_without(blocked: list[str], names: list[str]) -> list[str]:
    argv = [sys.executable, "-c", PROGRAM, json.dumps([blocked, names])]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    answer = subprocess.run(argv, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=200)
    assert answer.returncode == 0, answer.stderr[-2000:]
    return json.loads(answer.stdout.splitlines()[-1])


CASES = {
    "core": (["django", "django_rq", "rq", "git", "httpx", "numpy", "torch"], ["presets_app/core/"]),
    "artifacts": (["django", "django_rq", "git", "httpx", "torch"], ["presets_app/artifacts/"]),
    "runner": (["django", "django_rq", "git", "httpx"], ["runner/"]),
    "adapters": (
        ["django", "django_rq", "torch", "diffusers", "runner"],
        ["presets_app/gitstore/", "presets_app/backends/", "presets_app/measure/"],
    ),
}


@pytest.mark.parametrize("house", CASES)
def test_a_house_imports_without_what_it_must_not_know(house: str) -> None:
    blocked, starts = CASES[house]
    names = [name for name in modules(*starts) if not name.endswith("__main__")]
    assert names, "the folder moved: this test looks in the wrong place"
    assert import_without(blocked, names) == []


def test_the_runners_command_line_answers_without_django() -> None:
    program = "import runpy, sys; sys.modules['django'] = None; sys.argv = ['runner', '--help']; "
    program += "runpy.run_module('runner', run_name='__main__')"
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=False, capture_output=True, text=True, timeout=100
    )
    assert (answer.returncode, "--queue" in answer.stdout) == (0, True), answer.stderr


def test_a_blocked_import_is_seen() -> None:
    assert import_without(["django"], ["presets_app.apps"])
