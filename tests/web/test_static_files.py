"""Style and behaviour stay in small files, each listed once, none of them asking for what the policy forbids."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import FileSystemStorage

from presets_app.templatetags.states import STATES

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
SHEETS = sorted((STATIC / "css").rglob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
SYMBOLS = {symbol.get("id") for symbol in Xml.parse(STATIC / "img/marks.svg").getroot()}  # noqa: S314 (our own file)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_stays_small(sheet: Path) -> None:
    assert len(sheet.read_text().splitlines()) < 250


def test_the_sheets_are_found_under_their_hashed_names(tmp_path: Path) -> None:
    storage = ManifestStaticFilesStorage(location=str(tmp_path), base_url="/static/")
    found = {
        str(path.relative_to(STATIC)): (FileSystemStorage(str(STATIC)), str(path.relative_to(STATIC)))
        for path in SHEETS
    }
    for name, (source, inner) in found.items():
        with source.open(inner) as opened:
            storage._save(name, opened)
    faults = [result for _, _, result in storage.post_process(found) if isinstance(result, Exception)]
    hashed = (tmp_path / storage.hashed_files["css/main.css"]).read_text()
    assert faults == [] and re.search(r'url\("tokens\.[0-9a-f]{12}\.css"\) layer\(tokens\)', hashed)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_behaviour_stays_small_and_stands_alone(script: Path) -> None:
    text = script.read_text()
    assert len(text.splitlines()) < 60
    assert not re.search(r"^\s*import\s|\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write", text, re.M)


def test_every_style_sheet_is_listed_once() -> None:
    listed = re.findall(r'@import url\("([^"]+)"\)', (STATIC / "css/main.css").read_text())
    others = [str(path.relative_to(STATIC / "css")) for path in SHEETS if path.name != "main.css"]
    assert sorted(listed) == sorted(others)


def test_every_behaviour_is_used_by_a_page() -> None:
    pages = "".join(path.read_text() for path in TEMPLATES)
    assert [script.name for script in SCRIPTS if f"js/{script.name}" not in pages] == []


def test_every_state_has_its_shape_and_hue() -> None:
    badge = (STATIC / "css/components/badge.css").read_text()
    for code, state in STATES.items():
        assert state.shape in SYMBOLS, f"{code} has no mark {state.shape}"
        assert f".hue-{state.hue} " in badge, f"{code} has no hue {state.hue}"


def test_every_mark_that_a_template_asks_for_is_drawn() -> None:
    for template in TEMPLATES:
        for shape in re.findall(r'{% mark "([\w-]+)"', template.read_text()):
            assert shape in SYMBOLS, f"{template.name} asks for {shape}"


def test_every_class_that_a_template_names_is_styled_somewhere() -> None:
    styles = "".join(path.read_text() for path in SHEETS)
    known = set(re.findall(r"\.([a-z][\w-]*)", styles))
    for template in TEMPLATES:
        for value in re.findall(r'\bclass="([^"]*)"', template.read_text()):
            plain = re.sub(r"{[%{].*?[%}]}", " ", re.sub(r"hue-{%.*%}", " ", value))
            unknown = [name for name in plain.split() if name not in known and not name.endswith("-")]
            assert not unknown, f"{template.name}: {unknown}"
