"""A real repository for each test, and the people of these tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from presets_app.gitstore import Person, Store, create


@pytest.fixture
def ada() -> Person:
    return Person("Ada", "ada@example.org")


@pytest.fixture
def grace() -> Person:
    return Person("Grace", "grace@example.org")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    create(tmp_path / "store.git")
    return tmp_path / "store.git"


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    with Store(place) as opened:
        yield opened
