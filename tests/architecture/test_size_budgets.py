"""Files and functions stay small enough to be read in one sitting. There is no list of exemptions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.tree import parsed, text, under

LINES_OF = {".py": 400, ".js": 59, ".css": 249, ".html": 200, ".sh": 100}
LINES_OF_A_FUNCTION = 40
GENERATED = ("presets_app/migrations/",)  # Django writes them


def written(suffix: str) -> list[str]:
    return [name for name in under(suffix=suffix) if not name.startswith(GENERATED)]


def too_long(tree: ast.AST) -> Iterator[tuple[str, int, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LINES_OF_A_FUNCTION:
                yield node.name, node.lineno, length


def test_no_file_is_longer_than_its_kind_may_be() -> None:
    found = []
    for suffix, most in LINES_OF.items():
        for name in written(suffix):
            lines = len(text(name).splitlines())
            if lines > most:
                found.append(f"{name}: {lines} lines of at most {most}")
    assert found == []


def test_no_function_is_longer_than_forty_lines() -> None:
    names = written(".py")
    assert len(names) > 100, "the tree moved: this test looks in the wrong place"
    found = [
        f"{name}:{line} {function} has {length}" for name in names for function, line, length in too_long(parsed(name))
    ]
    assert found == []


def test_a_function_of_forty_one_lines_is_seen_and_one_of_forty_is_not() -> None:
    def source(lines: int) -> str:
        return "class A:\n    async def long(self):\n" + "        pass\n" * (lines - 1)

    assert list(too_long(ast.parse(source(40)))) == []
    assert list(too_long(ast.parse(source(41)))) == [("long", 2, 41)]
