"""Making an input set from lines of text."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.models import AuditEvent, InputDraft, InputSet
from tests.support import project as support
from tests.support.pages import browser
from tests.support.people import People

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/p/studio/inputs/new"
KEY = "hf_" + "a1B2" * 8
LINES = "A puppet reads a letter #small-text #hands\n\nA fox, take #2 of many seed=12 #camera-move\n#dialogue"


def made(who: str = "ada", **fields: str) -> Any:
    return browser(who).post(NEW, {"name": "Hard ones", "kind": "preview", "items": LINES, **fields})


def test_lines_become_a_draft_with_labels_and_seeds(project: Any, people: People) -> None:
    answer = made()
    assert answer.status_code == 303
    assert answer["Location"] == "/p/studio/inputs/hard-ones"
    assert InputDraft.objects.get().items == [
        {"key": "item-001", "prompt": "A puppet reads a letter", "labels": ["small text", "hands"]},
        {"key": "item-002", "prompt": "A fox, take #2 of many", "labels": ["camera move"], "seed": 12},
        {"key": "item-003", "labels": ["dialogue"]},
    ]
    assert not InputSet.objects.exists()
    assert AuditEvent.objects.get(verb="inputs.draft").by == "ada"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "../up"}, "name"),
        ({"name": "-rf"}, "name"),
        ({"kind": "nonsense"}, "kind"),
        ({"items": ""}, "items"),
        ({"items": "\x00\n  \n"}, "items"),
        ({"items": "A fox seed=18446744073709551616"}, "items"),
        ({"items": "A fox seed=-1"}, "items"),
        ({"items": "A fox\n" * 5001}, "items"),
        ({"items": "x" * 10_001}, "prompt"),
        ({"items": "A fox " + "".join(f" #label{n}" for n in range(17))}, "labels"),
    ],
)
def test_a_fault_is_named_at_its_field_and_what_was_typed_stays(
    project: Any, people: People, fields: dict[str, str], field: str
) -> None:
    answer = made(**fields)
    assert answer.status_code == 422
    refusal = answer.context["refused"]
    assert field in refusal["errors"], refusal
    assert refusal["values"]["items"] == {"items": LINES, **fields}["items"].replace("\x00", "")
    assert not InputDraft.objects.exists()


def test_a_bad_seed_is_told_with_its_line(project: Any, people: People) -> None:
    answer = made(items="A fox\nA bird seed=many")
    assert answer.context["refused"]["message"].startswith("Line 2: The seed is not a whole number")


def test_missing_fields_are_refused(project: Any, people: People) -> None:
    assert browser("ada").post(NEW, {}).status_code == 422


@pytest.mark.parametrize("field", ["name", "items"])
def test_a_secret_is_refused_and_not_shown_again(project: Any, people: People, field: str) -> None:
    answer = made(**{field: f"with {KEY}"})
    assert answer.status_code == 422
    assert KEY.encode() not in answer.content
    assert not InputDraft.objects.exists()


def test_a_name_that_a_draft_or_a_frozen_set_has_is_refused(project: Any, people: People) -> None:
    support.freeze(project, people.ada, 2, name="Batch")
    made()
    for name in ("Hard ones", "hard  ones", "Batch"):
        answer = made(name=name)
        assert answer.status_code == 409
        assert "name" in answer.context["refused"]["errors"]


def test_a_viewer_is_told_why_there_is_no_form(project: Any, people: People) -> None:
    page = browser("vic").get(NEW)
    assert b"does not make them" in page.content
    assert b'name="items"' not in page.content
