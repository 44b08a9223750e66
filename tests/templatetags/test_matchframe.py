"""The tags that every page uses."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.template import engines
from django.test import override_settings

from presets_app.core.diff import Change
from presets_app.templatetags.curves import curve_of
from presets_app.templatetags.sheets import groups_of
from tests.web.sample_parts import DOCUMENT, NOW

PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def shown(source: str, **context: Any) -> str:
    with override_settings(ROOT_URLCONF="tests.web.gallery_urls", STORAGES=PLAIN):
        return engines["django"].from_string(source).render(context)


def test_a_state_is_a_word_a_shape_and_a_hue() -> None:
    html = shown("{% state 'inconclusive' %}")
    assert "needs a person" in html and "#question" in html and "hue-inconclusive" in html


def test_an_unknown_state_is_shown_by_its_own_word() -> None:
    assert "half baked" in shown("{% state 'half_baked' %}")


def test_a_digest_shows_eight_characters_and_carries_the_whole() -> None:
    whole = "3fa2c1d8" * 8
    html = shown("{% digest value %}", value=whole)
    assert f'data-copy="{whole}"' in html and ">3fa2c1d8</code>" in html
    assert shown("{% digest value %}", value=None) == "-"


def test_a_time_is_relative_with_the_exact_one_in_its_title() -> None:
    html = shown("{% ago when %}", when=NOW - dt.timedelta(hours=2), now=NOW)
    assert "2\u00a0h ago" in html and 'title="2026-11-20 12:30:00 UTC"' in html


def test_a_changed_prompt_is_shown_word_by_word() -> None:
    change = Change("/prompt", "changed", "prompt", "a red puppet hums", "a blue puppet hums")
    html = shown("{% changes rows %}", rows=[change])
    assert "a <del>red</del><ins>blue</ins> puppet hums" in html


def test_a_change_of_the_core_is_shown_with_its_own_words() -> None:
    change = Change(
        "/prompt", "changed", "prompt", "a b c", "a b d", (("same", "a b "), ("removed", "c"), ("added", "d"))
    )
    html = shown("{% changes rows %}", rows=[change])
    assert "a b <del>c</del><ins>d</ins>" in html


def test_a_field_that_no_group_knows_is_still_shown() -> None:
    groups = {group.title: group for group in groups_of({**DOCUMENT, "mood": "calm"})}
    assert [(row.label, row.value) for row in groups["More"].rows] == [("Mood", "calm")]
    assert groups["Stages"].heads == ["", "base", "refine"]


@pytest.mark.parametrize("stages", [None, "x", [1, 2], [{}], [{"loras": ["a"]}], {"role": "base"}])
def test_a_draft_with_odd_stages_is_still_a_sheet(stages: Any) -> None:
    assert shown("{% document value %}", value={"name": "x", "stages": stages, "models": None})


def test_a_curve_leaves_a_gap_where_nothing_was_measured_and_marks_what_is_under_its_limit() -> None:
    curve = curve_of([0.9, None, 0.7, 0.95], limit=0.8)
    assert curve is not None
    assert len(curve.lines) == 2 and [dot.frame for dot in curve.below] == [2]
    assert curve_of([None, float("nan")]) is None


def test_progress_without_a_total_says_only_that_work_goes_on() -> None:
    assert "working" in shown("{% meter 3 None %}") and "value=" not in shown("{% meter 3 None %}")


def test_errors_stand_before_warnings() -> None:
    rows = [
        {"severity": "warning", "message": "later", "code": "b"},
        {"severity": "error", "message": "first", "code": "a"},
    ]
    html = shown("{% problems rows %}", rows=rows)
    assert html.index("first") < html.index("later")


def test_an_entry_without_a_page_is_shown_without_a_link() -> None:
    with override_settings(STORAGES=PLAIN, ROOT_URLCONF="tests.templatetags.no_urls"):
        html = engines["django"].from_string("{% rail %}").render({"page_project": {"slug": "a"}})
    assert "Parity" in html and "<a " not in html
