"""What belongs to the project: files that are tracked, or new and not ignored."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def files() -> tuple[str, ...]:
    """Every file of the project, by its path from the root, with forward slashes."""
    argv = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(argv, cwd=ROOT, check=True, capture_output=True).stdout.decode("utf-8").split("\0")
    return tuple(sorted({name for name in listed if name and (ROOT / name).is_file()}))


def under(*starts: str, suffix: str) -> list[str]:
    return [name for name in files() if name.endswith(suffix) and name.startswith(starts or "")]


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@cache
def parsed(name: str) -> ast.Module:
    return ast.parse(text(name), filename=name)


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every dotted name that an import could bind, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def modules(*starts: str) -> list[str]:
    """The dotted names of the Python files under these folders."""
    names = [name.removesuffix(".py").removesuffix("/__init__") for name in under(*starts, suffix=".py")]
    return sorted(name.replace("/", ".") for name in names)
