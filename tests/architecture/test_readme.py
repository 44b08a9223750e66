"""What the pages for people name really is there: make targets, commands, links, settings."""

from __future__ import annotations

import ast
import re

import pytest
from django.core.management import get_commands

from tests.architecture.tree import ROOT, parsed, text, under

PAGES = ["README.md", "CHANGELOG.md", *under("docs/", suffix=".md")]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
SCREENSHOTS = "docs/screenshots/"
SHOTS = {"home.png", "preset.png", "run.png", "parity.png", "migration.png", "rollback.png"}


def without_code(page: str) -> str:
    return re.sub(r"```.*?```", "", page, flags=re.S)


def links(name: str) -> list[str]:
    found = LINK.findall(without_code(text(name)))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchor(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def anchors(name: str) -> set[str]:
    return {anchor(line.lstrip("#")) for line in without_code(text(name)).splitlines() if line.startswith("#")}


@pytest.mark.parametrize("name", PAGES)
def test_every_make_target_named_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", text("Makefile"), re.M))
    named = set(re.findall(r"(?:`|^\s*|\$ )make ([a-z0-9-]+)", text(name), re.M))
    assert named - targets == set()


@pytest.mark.parametrize("name", PAGES)
def test_every_command_named_exists(name: str) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", text(name)))
    assert named - set(get_commands()) == set()


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_to_a_file_and_a_heading_of_it(name: str) -> None:
    lost = []
    for link in links(name):
        path, _, heading = link.partition("#")
        place = (ROOT / name).parent / path if path else ROOT / name
        target = place.resolve()
        if target.parent == ROOT / SCREENSHOTS.rstrip("/"):
            continue  # taken by the browser tests, and held below
        if not target.exists() or (heading and heading not in anchors(target.relative_to(ROOT).as_posix())):
            lost.append(link)
    assert lost == []


def test_the_readme_shows_the_pages_that_the_browser_tests_photograph() -> None:
    shown = {link.removeprefix(SCREENSHOTS) for link in links("README.md") if link.startswith(SCREENSHOTS)}
    assert shown == SHOTS
    taken = ROOT / SCREENSHOTS
    assert not taken.exists() or {shot for shot in SHOTS if not (taken / shot).is_file()} == set()


def settings_read() -> set[str]:
    """The environment names that settings.py asks for, and those that the runner needs."""
    calls = (node for node in ast.walk(parsed("presets_app/config/settings.py")) if isinstance(node, ast.Call))
    read = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id.startswith("env_")]
    names = {node.args[0].value for node in read if isinstance(node.args[0], ast.Constant)}
    for node in parsed("runner/__main__.py").body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "NEEDED":
            names |= set(ast.literal_eval(node.value))
    return names


def test_every_setting_has_a_row_in_the_operations_page() -> None:
    rows = set(re.findall(r"^\| `([A-Z_]+)`", text("docs/operations.md"), re.M))
    assert len(settings_read()) > 10, "the settings moved: this test looks in the wrong place"
    assert settings_read() - rows == set()
    assert rows - settings_read() == set()
