from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from presets_app.core.schema import sentences

ROOT = Path(__file__).parents[2]
ROOMS = ("documents", "schema", "lints", "diff", "secrets.py", "manifest", "inputs.py", "families.py")
MAKERS = ("Problem", "Unreadable")
CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+\Z|noise_device\Z")


def modules() -> Iterator[ast.Module]:
    for room in ROOMS:
        place = ROOT / "presets_app" / "core" / room
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            yield ast.parse(path.read_text(encoding="utf-8"))


def literals(module: ast.Module) -> Iterator[str]:
    """Codes given to a problem, by position or by name, and those that the schema's sentences return."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS and node.args:
            yield from texts(node.args[0])
        if isinstance(node, ast.keyword) and node.arg == "code":
            yield from texts(node.value)
        if isinstance(node, ast.FunctionDef) and node.name == "_code":
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    yield from texts(inner.value)


def texts(node: ast.expr) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and CODE.match(inner.value):
            yield inner.value


def tables() -> list[list[str]]:
    """The codes of each part of the page, in its order."""
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    parts = re.split(r"^#+ .*$", page, flags=re.MULTILINE)
    return [re.findall(r"^\| `([a-z0-9_]+)` \|", part, re.MULTILINE) for part in parts]


def documented() -> list[str]:
    return [code for table in tables() for code in table]


def used() -> set[str]:
    return {code for module in modules() for code in literals(module)} | set(sentences.RULE_CODES.values())


def test_every_code_of_these_modules_is_explained_in_the_docs():
    assert used() - set(documented()) == set()
    assert len(used()) > 50


def test_no_code_is_explained_twice_in_one_part_of_the_page():
    """One word may be advice about a preset and a reason about a pair: each part explains its own."""
    assert [table for table in tables() if len(table) != len(set(table))] == []
