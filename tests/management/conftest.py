"""Running a command as a person would, with its object, exit code and progress apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command


@dataclass(frozen=True)
class Answered:
    value: dict[str, Any]
    code: int
    progress: str

    @property
    def codes(self) -> list[str]:
        return [problem["code"] for problem in self.value["problems"]]


Manage = Callable[..., Answered]


def strictly(text: str) -> dict[str, Any]:
    """The one JSON object on the one line that `text` must be."""
    assert text.endswith("\n") and text.count("\n") == 1, text
    value = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert isinstance(value, dict)
    return value


@pytest.fixture
def manage() -> Manage:
    """`manage("presets", "list")`: the command's object with --json, its exit code and its progress."""

    def run(*argv: str) -> Answered:
        out, err = StringIO(), StringIO()
        try:
            call_command(argv[0], "--json", *map(str, argv[1:]), stdout=out, stderr=err)
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        return Answered(strictly(out.getvalue()), code, err.getvalue())

    return run


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., str]:
    """`written(value)`: a file with the value as JSON; its name."""

    def write(value: Any, name: str = "file.json") -> str:
        place = tmp_path / name
        place.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return str(place)

    return write
