"""Every page template, rendered from sample rows: what it must hold for people, for readers and for the policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import override_settings

from tests.web.sample_pages import pages
from tests.web.sample_parity import CHECK, parity
from tests.web.sample_parts import page

PAGES = pages()
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
CONTROLS = {"input", "select", "textarea"}
Tag = tuple[str, dict[str, str]]


class Outline(HTMLParser):
    """The tags of a page in order, the labels' targets, and its visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self.text: list[str] = []
        self.script_text = ""
        self.inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in attrs}
        if "label" in self.inside:
            named["inside-label"] = "yes"
        self.tags.append((tag, named))
        if tag in ("label", "script", "form", "pre"):
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            self.inside.remove(tag)

    def handle_data(self, data: str) -> None:
        if "script" in self.inside:
            self.script_text += data
        self.text.append(data)

    def all(self, *names: str) -> Iterator[dict[str, str]]:
        return (attrs for tag, attrs in self.tags if tag in names)


def rendered(template: str, context: dict[str, Any]) -> str:
    with override_settings(ROOT_URLCONF="tests.web.gallery_urls", STORAGES=PLAIN):
        return render_to_string(template, context)


@pytest.fixture(scope="module")
def outlines() -> dict[str, Outline]:
    return {name: Outline(rendered(*given)) for name, given in PAGES.items()}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_no_inline_code(name: str, outlines: dict[str, Outline]) -> None:
    outline = outlines[name]
    for tag, attrs in outline.tags:
        assert tag != "style"
        assert "style" not in attrs and not any(key.startswith("on") for key in attrs), (tag, attrs)
        assert not attrs.get("href", "").startswith("javascript:")
    assert outline.script_text.strip() == ""


@pytest.mark.parametrize("name", PAGES)
def test_every_control_of_a_page_has_a_name_that_readers_hear(name: str, outlines: dict[str, Outline]) -> None:
    outline = outlines[name]
    labelled = {attrs["for"] for attrs in outline.all("label") if "for" in attrs}
    for attrs in outline.all(*CONTROLS):
        named = attrs.get("id") in labelled or "aria-label" in attrs or "inside-label" in attrs
        assert attrs.get("type") == "hidden" or named, attrs
    for attrs in outline.all("img", "video"):
        assert "alt" in attrs or "aria-label" in attrs, attrs


@pytest.mark.parametrize("name", PAGES)
def test_the_ids_of_a_page_are_its_own_and_all_references_arrive(name: str, outlines: dict[str, Outline]) -> None:
    outline = outlines[name]
    ids = Counter(attrs["id"] for _, attrs in outline.tags if "id" in attrs)
    assert [word for word, count in ids.items() if count > 1] == []
    for _, attrs in outline.tags:
        for key in ("aria-describedby", "aria-labelledby", "for"):
            assert set(attrs.get(key, "").split()) <= set(ids), attrs


@pytest.mark.parametrize("name", PAGES)
def test_every_form_that_changes_something_is_a_real_one(name: str, outlines: dict[str, Outline]) -> None:
    html = rendered(*PAGES[name])
    for form in html.split("<form")[1:]:
        body = form.split("</form>")[0]
        if 'method="post"' in body:
            assert "csrfmiddlewaretoken" in body and 'action="/' in body and "<button" in body, body[:120]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_no_missing_value_as_python_spells_it(name: str, outlines: dict[str, Outline]) -> None:
    words = " ".join(outlines[name].text)
    assert "None" not in words.split() and "{{" not in words and "{%" not in words


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_heading_one_status_line_and_one_primary_action_at_most(
    name: str, outlines: dict[str, Outline]
) -> None:
    outline = outlines[name]
    assert sum(tag == "h1" for tag, _ in outline.tags) == 1
    assert sum(attrs.get("role") == "status" for _, attrs in outline.tags) == 1
    assert sum("button-primary" in attrs.get("class", "") for _, attrs in outline.tags) <= 1 + (name == "draft")


def polls(html: str) -> bool:
    return "hx-trigger" in html


def test_a_page_polls_only_while_something_is_unfinished() -> None:
    assert polls(rendered(*PAGES["run"])) and not polls(rendered(*PAGES["run-done"]))
    assert polls(rendered(*PAGES["parity-running"])) and not polls(rendered(*PAGES["parity"]))
    idle = {**PAGES["home"][1], "running": []}
    assert polls(rendered(*PAGES["home"])) and not polls(rendered("home/index.html", idle))


def test_the_polled_fragment_is_the_same_markup_as_in_its_page() -> None:
    template, context = PAGES["run"]
    fragment = rendered(f"{template}#progress", context)
    assert fragment.strip() in rendered(template, context)
    assert 'id="progress"' in fragment and "<h1" not in fragment


def test_the_last_answer_to_a_poll_ends_the_polling_and_leads_to_the_verdict() -> None:
    fragment = rendered("parity/detail.html#progress", parity())
    assert not polls(fragment) and "Show the verdict" in fragment


EMPTY = {
    "home/index.html": {"has_presets": False},
    "presets/index.html": {"presets": []},
    "inputs/index.html": {"sets": []},
    "runs/index.html": {"runs": []},
    "parity/index.html": {"checks": []},
    "migrations/index.html": {"migrations": []},
    "snapshots/index.html": {"snapshots": []},
    "releases/rollback.html": {"snapshots": [], "to": None},
    "targets/index.html": {"targets": []},
    "activity/index.html": {"events": []},
    "home/start.html": {"projects": []},
}


@pytest.mark.parametrize("template", EMPTY)
def test_an_empty_page_says_what_to_do_next(template: str) -> None:
    html = rendered(template, page(**EMPTY[template]))
    words = html.split('class="empty"')[1]
    assert "<h2>" in words and "<p>" in words


def test_a_refused_field_says_why_keeps_what_was_typed_and_is_tied_to_its_reason() -> None:
    refused = {"form": "decide", "message": "", "errors": {"reason": "Say why."}, "values": {"reason": "no"}}
    html = rendered("parity/detail.html", parity(refused=refused))
    assert (
        'aria-invalid="true"' in html
        and "decide-reason-error" in html
        and "Say why." in html
        and ">no</textarea>" in html
    )


def test_what_somebody_typed_is_shown_as_text() -> None:
    hostile = "<script>alert(1)</script>{{7*7}}"
    reason = [{"code": "x", "message": hostile}]
    html = rendered("parity/detail.html", parity(check={**CHECK, "sentence": hostile, "reasons": reason}))
    assert "<script>alert" not in html and "&lt;script&gt;alert(1)" in html and "{{7*7}}" in html


def test_a_person_without_the_right_sees_no_decision_form() -> None:
    html = rendered("parity/detail.html", parity(can={"decide": False, "comment": False}))
    assert 'name="decision"' not in html and "Your role in this project does not decide pairs." in html
