"""Settings are read where processes are put together; verbs, pages and rooms get what they need as arguments."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.tree import imported, parsed, under

READERS = (
    "presets_app/config/",
    "presets_app/wiring.py",
    "presets_app/apps.py",
    "presets_app/management/",
    "presets_app/queries/health.py",
    "presets_app/migrations/",
)
USER_MODEL = "AUTH_USER_MODEL"  # a foreign key to a person is written with it
ENVIRONMENT_READERS = (
    "presets_app/config/",
    "presets_app/management/",
    "presets_app/gitstore/command.py",  # what each git child is given
    "presets_app/measure/",  # what the measuring child is given and reads
    "runner/",  # has no settings: it is told by its environment
)


def settings_reads(tree: ast.AST) -> list[int]:
    """Lines that import Django's settings, unless all that is read of them is which table holds people."""
    lines = {line for name, line in imported(tree) if name == "django.conf" or name.startswith("django.conf.")}
    attributes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    read = {node.attr for node in attributes if isinstance(node.value, ast.Name) and node.value.id == "settings"}
    return [] if read == {USER_MODEL} else sorted(lines)


def environment_reads(tree: ast.AST) -> list[int]:
    attributes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    named = [node.lineno for node in attributes if node.attr in ("environ", "environb", "getenv")]
    return sorted({*named, *(line for name, line in imported(tree) if name in ("os.environ", "os.getenv"))})


def test_settings_are_read_in_config_and_wiring_only() -> None:
    sources = [name for name in under("presets_app/", suffix=".py") if not name.startswith(READERS)]
    assert sources, "the app moved: this test looks in the wrong place"
    assert [f"{name}:{line}" for name in sources for line in settings_reads(parsed(name))] == []


def test_the_environment_is_read_at_the_edges_only() -> None:
    sources = [name for name in under("presets_app/", suffix=".py") if not name.startswith(ENVIRONMENT_READERS)]
    assert [f"{name}:{line}" for name in sources for line in environment_reads(parsed(name))] == []


@pytest.mark.parametrize(
    "source", ["from django.conf import settings", "import django.conf", "from django import conf"]
)
def test_the_check_sees_settings(source: str) -> None:
    assert settings_reads(ast.parse(source)) == [1]


@pytest.mark.parametrize("source", ["import os\nos.environ['A']", "import os\nos.getenv('A')"])
def test_the_check_sees_the_environment(source: str) -> None:
    assert environment_reads(ast.parse(source)) == [2]
