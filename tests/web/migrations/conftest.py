"""The studio that these pages are about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.people import People
from tests.support.released import Studio
from tests.support.released import studio as built


@pytest.fixture
def studio(project: Any, people: People, redis_url: str, tmp_path: Path) -> Studio:
    return built(project, people, tmp_path)
