"""The four places that start processes really do, and none of them goes through a shell. (That nobody else does is
held beside the rule about Git.)"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.test_git_is_in_gitstore import SPAWNERS, spawns
from tests.architecture.tree import parsed, under

SHELLS = {"sh", "bash", "/bin/sh", "/bin/bash", "cmd.exe"}


def through_a_shell(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        asked = [word.value for word in node.keywords if word.arg == "shell"]
        first = node.args[0].elts[:1] if node.args and isinstance(node.args[0], ast.List | ast.Tuple) else []
        named = [value.value for value in first if isinstance(value, ast.Constant)]
        refused = [value for value in asked if not (isinstance(value, ast.Constant) and value.value is False)]
        if refused or SHELLS & set(named):
            yield node.lineno


@pytest.mark.parametrize("place", SPAWNERS)
def test_each_named_place_starts_processes(place: str) -> None:
    inside = under(place, suffix=".py")
    assert [name for name in inside if spawns(parsed(name))], f"nothing under {place} starts a process any more"


def test_no_process_is_started_through_a_shell() -> None:
    names = under("presets_app/", "runner/", suffix=".py")
    assert [f"{name}:{line}" for name in names for line in through_a_shell(parsed(name))] == []


@pytest.mark.parametrize(
    "source",
    ["subprocess.run(text, shell=True)", "subprocess.run(text, shell=wanted)", "subprocess.run(['sh', '-c', text])"],
)
def test_the_check_sees_a_shell(source: str) -> None:
    assert list(through_a_shell(ast.parse(source))) == [1]
