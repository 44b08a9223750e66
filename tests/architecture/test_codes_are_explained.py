"""Every code that the product can answer with stands in docs/errors.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from presets_app.core.parity import CODES

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def codes() -> Iterator[tuple[str, str]]:
    """(code, file) of every `code="..."`, `Problem("...", ...)`, `trouble("...", ...)`, `Failure(cause, "...")`."""
    for path in [*(ROOT / "presets_app").rglob("*.py"), *(ROOT / "runner").rglob("*.py")]:
        if "migrations" in path.parts or "standins" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for value in _named(node):
                    if isinstance(value, ast.Constant) and isinstance(value.value, str) and CODE.fullmatch(value.value):
                        yield value.value, path.name


def _named(call: ast.Call) -> Iterator[ast.expr]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    yield from (keyword.value for keyword in call.keywords if keyword.arg == "code")
    place = {"Problem": 0, "trouble": 0, "Failure": 1}.get(name)
    if place is not None and len(call.args) > place:
        yield call.args[place]


def explained() -> list[str]:
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `([a-z0-9_]+)` \|", page, re.MULTILINE)


def test_every_code_is_explained() -> None:
    found = dict(codes())
    assert len(found) > 100
    missing = {code: file for code, file in found.items() if code not in explained()}
    assert missing == {}


def test_every_reason_of_a_pair_is_explained() -> None:
    assert set(CODES) <= set(explained())
