"""The page of one preset: its tabs, older revisions, comments, export."""

from __future__ import annotations

import json
from typing import Any

import pytest

from presets_app.core.documents import document_digest, parse
from presets_app.models import Comment
from presets_app.services import manifests, presets
from tests.support import project as support
from tests.support.pages import browser, queries
from tests.support.people import People

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "/p/studio/presets/puppet-at-dusk"
KEY = "hf_" + "a1B2" * 8


@pytest.fixture
def twice(project: Any, people: People, saved: Any) -> Any:
    """A preset in its second revision."""
    changed = support.document(prompt="A fox in snow", frames=25)
    presets.save(project, people.ada, changed, message="A fox", slug=saved.slug, expected=saved.digest)
    saved.refresh_from_db()
    return saved


@pytest.mark.parametrize("tab", ["", "document", "problems", "history", "diff", "targets", "nonsense", "\x00"])
def test_every_tab_answers(twice: Any, local: Any, cloud: Any, tab: str) -> None:
    assert browser("vic").get(HERE, {"tab": tab}).status_code == 200


def test_the_history_leads_to_each_revision_and_to_what_changed(twice: Any) -> None:
    vic = browser("vic")
    rows = vic.get(HERE, {"tab": "history"}).context["history"]
    assert [row["message"] for row in rows] == ["A fox", "Look"]
    older = vic.get(rows[1]["url"])
    assert not older.context["preset"]["is_newest"]
    assert b"This is an older revision" in older.content
    assert b"A fox in snow" not in older.content
    changes = vic.get(rows[0]["diff_url"]).context["diff"]["changes"]
    assert {change.path for change in changes} == {"/prompt", "/frames"}


def test_an_older_revision_is_kept_while_going_through_the_tabs(twice: Any) -> None:
    first = twice.history.get(number=1).commit
    page = browser("vic").get(HERE, {"tab": "problems", "revision": first})
    assert f"?tab=diff&amp;revision={first}" in page.content.decode()


def test_the_first_revision_has_nothing_to_be_compared_with(saved: Any) -> None:
    page = browser("vic").get(HERE, {"tab": "diff"})
    assert b"This is the first revision" in page.content


@pytest.mark.parametrize("wanted", ["zzz", "0" * 40, "--help", "HEAD", "\x00", "../..", "a" * 5000])
def test_a_revision_that_is_not_is_said_to_be_missing(saved: Any, wanted: str) -> None:
    for query in ({"revision": wanted}, {"tab": "diff", "from": wanted}):
        expected = 200 if wanted == "\x00" else 404
        assert browser("vic").get(HERE, query).status_code == expected
    assert browser("vic").get(f"{HERE}/export", {"revision": wanted}).status_code == expected


def test_the_targets_tab_says_what_becomes_of_each_field(saved: Any, local: Any, cloud: Any) -> None:
    rows = {row["slug"]: row for row in browser("vic").get(HERE, {"tab": "targets"}).context["targets"]}
    assert {loss.status for loss in rows["local"]["losses"]} == {"carried"}
    assert "dropped" in {loss.status for loss in rows["cloud"]["losses"]}
    assert rows["cloud"]["honest"] == "a stand-in on this machine"
    assert rows["local"]["manifest"] is None


def test_a_target_that_is_no_longer_what_was_pinned_shows_what_changed(
    project: Any, people: People, saved: Any, local: Any
) -> None:
    manifests.pin(saved, local, people.ada)
    vic = browser("vic")
    assert vic.get(HERE, {"tab": "targets"}).context["targets"][0]["changes"] == []
    support.tell(local, support.answer(torch="2.14.0"))
    page = vic.get(HERE, {"tab": "targets"})
    changes = page.context["targets"][0]["changes"]
    assert [(change.label, change.before, change.after) for change in changes] == [("torch", "2.13.0", "2.14.0")]
    assert b"no longer what was pinned" in page.content


def test_the_page_says_which_plan_fits_which_card(saved: Any) -> None:
    page = browser("vic").get(HERE).content.decode()
    memory = page[page.index('aria-labelledby="memory"') :]
    assert "With everything on the card about" in memory
    for card in ("8 GB card", "141 GB card", "Apple silicon, 64 GB"):
        assert f'<th scope="row">{card}</th>' in memory


def test_a_service_s_family_has_no_card_and_says_so(project: Any, people: People, saved: Any) -> None:
    served = support.document(family="wan-2.6")
    presets.save(project, people.ada, served, message="In a cloud", slug=saved.slug, expected=saved.digest)
    memory = browser("vic").get(HERE).content.decode().partition('aria-labelledby="memory"')[2]
    assert "cannot be had" in memory
    assert "8 GB card" not in memory


def test_a_newer_revision_than_the_pinned_one_is_told(project: Any, people: People, saved: Any, local: Any) -> None:
    manifests.pin(saved, local, people.ada)
    changed = support.document(prompt="A fox")
    presets.save(project, people.ada, changed, message="x", slug=saved.slug, expected=saved.digest)
    changes = browser("vic").get(HERE, {"tab": "targets"}).context["targets"][0]["changes"]
    assert [change.path for change in changes] == ["/document_digest"]


def test_a_comment_is_kept_and_shown_with_its_person(saved: Any) -> None:
    answer = browser("vic").post(f"{HERE}/comment", {"text": "Is the hum <b>harsh</b>?"})
    assert answer.status_code == 303
    assert answer["Location"] == f"{HERE}#comments"
    page = browser("ada").get(HERE)
    assert page.context["comments"][0]["person"] == "Vic"
    assert b"&lt;b&gt;harsh" in page.content


@pytest.mark.parametrize("text", ["", "   ", "\x00", "x" * 4001])
def test_a_comment_that_cannot_be_kept_is_refused_and_not_lost(saved: Any, text: str) -> None:
    answer = browser("vic").post(f"{HERE}/comment", {"text": text})
    assert answer.status_code == 422
    assert answer.context["refused"]["values"]["text"] == text.replace("\x00", "")


def test_a_comment_with_a_secret_is_refused_and_not_shown(saved: Any) -> None:
    answer = browser("vic").post(f"{HERE}/comment", {"text": f"use {KEY}"})
    assert answer.status_code == 422
    assert KEY.encode() not in answer.content
    assert not Comment.objects.exists()


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_an_exported_document_has_the_digest_of_its_revision_and_its_name(saved: Any, form: str) -> None:
    answer = browser("vic").get(f"{HERE}/export", {"format": form})
    assert answer["Content-Disposition"] == f'attachment; filename="puppet-at-dusk-{saved.digest[:8]}.{form}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    document = json.loads(answer.content) if form == "json" else parse(answer.content).document
    assert document_digest(document or {}) == saved.digest


def test_more_revisions_targets_and_comments_take_no_more_queries(
    project: Any, people: People, twice: Any, local: Any
) -> None:
    manifests.pin(twice, local, people.ada)
    vic = browser("vic")
    tabs = [HERE, f"{HERE}?tab=history", f"{HERE}?tab=targets"]
    few = [queries(vic, tab) for tab in tabs]
    for number in range(3):
        support.save_again(project, people.ada, prompt=f"Take {number}")
        target = support.add_local(project, people.olu, slug=f"other-{number}")
        manifests.pin(twice, target, people.ada)
        Comment.objects.create(
            project=project, subject_kind="preset", subject=twice.slug, text="x", by="ada", by_name="Ada"
        )
    assert [queries(vic, tab) for tab in tabs] == few
