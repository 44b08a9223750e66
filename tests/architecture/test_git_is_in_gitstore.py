"""GitPython is imported in one room, and processes are spawned in the few places that the design names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSES = ("presets_app", "runner")
GIT_ROOM = "presets_app/gitstore/"
SPAWNERS = (GIT_ROOM, "presets_app/measure/", "presets_app/management/supervisor", "runner/device")
SPAWNING_MODULES = {"subprocess", "pty", "multiprocessing", "asyncio.subprocess"}
SPAWNING_CALLS = {"system", "popen", "fork", "forkpty", "posix_spawn", "posix_spawnp", "startfile"}
SPAWNING_PREFIXES = ("exec", "spawn")  # os.execv, os.spawnlp ...


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def called_on_os(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            yield node.attr


def spawns(tree: ast.AST) -> bool:
    modules = {name for name in imported(tree) if name in SPAWNING_MODULES or name.split(".")[0] in SPAWNING_MODULES}
    calls = {name for name in called_on_os(tree) if name in SPAWNING_CALLS or name.startswith(SPAWNING_PREFIXES)}
    return bool(modules or calls)


def imports_git(tree: ast.AST) -> bool:
    return any(name.split(".")[0] in ("git", "gitdb") for name in imported(tree))


def sources() -> Iterator[tuple[str, ast.AST]]:
    for house in HOUSES:
        for file in sorted((ROOT / house).rglob("*.py")):
            yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text("utf-8"))


def test_gitpython_is_imported_in_gitstore_only() -> None:
    importers = [path for path, tree in sources() if imports_git(tree)]
    assert importers, "gitstore itself no longer imports git: this test looks in the wrong place"
    assert [path for path in importers if not path.startswith(GIT_ROOM)] == []


def test_processes_are_spawned_in_the_named_places_only() -> None:
    assert [path for path, tree in sources() if spawns(tree) and not path.startswith(SPAWNERS)] == []


def test_nothing_calls_git_by_gitpythons_attribute_magic() -> None:
    """`repo.git.log(text)` turns text into options; only Git.execute with a list of arguments is used."""
    found = []
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "git":
                found.append(f"{path}:{node.lineno}")
    assert found == []


@pytest.mark.parametrize(
    "source",
    ["import subprocess", "from subprocess import run", "import os\nos.system('x')", "import os\nos.execv('x', [])"],
)
def test_the_check_sees_a_spawn(source: str) -> None:
    assert spawns(ast.parse(source))


@pytest.mark.parametrize(
    "source", ["import git", "import git.cmd", "from git import Repo", "from git.repo import Repo"]
)
def test_the_check_sees_gitpython(source: str) -> None:
    assert imports_git(ast.parse(source))


def test_the_check_lets_innocent_modules_be() -> None:
    assert not imports_git(ast.parse("from presets_app import gitstore\nimport gitlike"))
    assert not spawns(ast.parse("import os\nos.path.join('a', 'b')"))
