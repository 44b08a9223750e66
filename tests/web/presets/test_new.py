"""Bringing a preset in: what is read, what is refused by name, what is kept of what a person typed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from presets_app.core.documents import to_yaml_bytes
from presets_app.models import AuditEvent, Preset
from tests.support.pages import browser
from tests.support.people import People
from tests.support.project import document

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/p/studio/presets/new"
KEY = "hf_" + "a1B2" * 8
PNG, ZIP, MP4 = b"\x89PNG\r\n\x1a\n" + bytes(40), b"PK\x03\x04" + bytes(40), b"\x00\x00\x00\x18ftypisom" + bytes(40)


@pytest.fixture
def ada(project: Any, people: People) -> Any:
    return browser("ada")


def brought(ada: Any, data: bytes, name: str = "preset.json") -> Any:
    return ada.post(NEW, {"step": "read", "file": SimpleUploadedFile(name, data)})


def saved(ada: Any, value: dict[str, Any] | str, **fields: str) -> Any:
    text = value if isinstance(value, str) else json.dumps(value)
    return ada.post(NEW, {"step": "save", "name": "", "message": "First look", "text": text, **fields})


def test_a_file_is_shown_as_a_draft_and_nothing_is_saved(ada: Any) -> None:
    answer = brought(ada, json.dumps(document()).encode())
    assert answer.status_code == 200
    assert answer.context["draft"].savable
    assert answer.context["draft"].name == "Puppet at dusk"
    assert not Preset.objects.exists()


def test_pasted_yaml_with_windows_line_ends_is_read(ada: Any) -> None:
    text = to_yaml_bytes(document()).decode().replace("\n", "\r\n")
    assert ada.post(NEW, {"step": "read", "text": text}).context["draft"].savable


def test_a_wavespeed_request_becomes_a_draft_that_says_what_it_lacks(ada: Any) -> None:
    request = {"model": "wavespeed-ai/ltx-2-19b/text-to-video", "input": {"prompt": "A fox in snow", "seed": 7}}
    draft = brought(ada, json.dumps(request).encode()).context["draft"]
    assert draft.came_from == "a WaveSpeed request"
    assert draft.losses
    assert not draft.savable
    assert {problem.severity for problem in draft.problems} >= {"error"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (PNG, "embedded_missing"),
        (ZIP, "document_not_text"),
        (MP4, "embedded_missing"),
        (b"\xff\xfeh\x00i\x00", "encoding_invalid"),
        (b"caf\xe9: 1", "encoding_invalid"),
        (b"{", "json_invalid"),
        (b"a: [1,", "yaml_invalid"),
        (b"[1, 2]", "document_not_object"),
        (b'{"a": NaN}', "number_not_finite"),
        (b'{"a": 1, "a": 2}', "key_duplicate"),
        (b"   ", "document_empty"),
        (b"x" * (2 << 20), "document_too_large"),
        (b'{"6": {"class_type": "KSampler"}}', "output_missing"),
        (b'{"a": 1}', "form_unknown"),
    ],
)
def test_a_file_that_is_no_preset_is_refused_by_name(ada: Any, data: bytes, code: str) -> None:
    answer = brought(ada, data)
    assert answer.status_code == 422
    refusal = answer.context["refused"]
    assert refusal["form"] == "read"
    assert refusal["message"]
    assert refusal["hint"]
    assert refusal["code"] == code
    assert f"<code>{code}</code>" in answer.content.decode()


def test_nothing_chosen_and_nothing_pasted_says_what_to_do(ada: Any) -> None:
    answer = ada.post(NEW, {"step": "read"})
    assert answer.status_code == 422
    assert answer.context["refused"]["hint"] == "Choose a file, or paste its text."


def test_what_was_pasted_is_still_there_after_a_refusal(ada: Any) -> None:
    answer = ada.post(NEW, {"step": "read", "text": "a: [1, <b>"})
    assert answer.status_code == 422
    assert b"a: [1, &lt;b&gt;" in answer.content


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"frames": 122}, "/frames"),
        ({"family": "sora"}, "/family"),
        ({"stages": [{"role": "base", "seed": 2**64, "steps": 4}]}, "/stages/0/seed"),
        ({"prompt": "fox " * 250_000}, "/prompt"),
        ({"name": "../../etc/passwd"}, "/name"),
        ({"name": "-rf"}, "/name"),
    ],
)
def test_a_preset_with_a_fault_is_shown_with_it_and_cannot_be_saved(
    ada: Any, changed: dict[str, Any], path: str
) -> None:
    broken = document(**changed)
    if len(json.dumps(broken)) < 1 << 20:
        draft = brought(ada, json.dumps(broken).encode()).context["draft"]
        assert not draft.savable
        assert path in {problem.path for problem in draft.problems if problem.severity == "error"}
    answer = saved(ada, broken)
    assert answer.status_code == 422
    assert answer.context["refused"]["form"] == "save"
    assert not Preset.objects.exists()


@pytest.mark.parametrize("name", ["../up", "-rf", "a/b", "a\\b", "x" * 121, "\u202efdp"])
def test_a_bad_name_typed_beside_the_draft_is_refused_at_its_field(ada: Any, name: str) -> None:
    answer = saved(ada, document(), name=name)
    assert answer.status_code == 422
    assert "name" in answer.context["refused"]["errors"]
    assert answer.context["refused"]["values"]["name"] == name
    assert answer.context["refused"]["values"]["message"] == "First look"


def test_a_draft_is_saved_under_the_name_typed_with_its_reason_in_the_history(ada: Any) -> None:
    answer = saved(ada, document(), name="Fox in snow")
    assert answer.status_code == 303
    assert answer["Location"] == "/p/studio/presets/fox-in-snow"
    preset = Preset.objects.get()
    assert preset.name == "Fox in snow"
    assert preset.history.get().message == "First look"
    assert AuditEvent.objects.get(verb="preset.save").by == "ada"


def test_after_a_refusal_the_draft_still_says_all_that_is_wrong_with_it_and_says_it_once(ada: Any) -> None:
    answer = saved(ada, document(frames=122, width=33))
    assert answer.status_code == 422
    assert {problem.path for problem in answer.context["draft"].problems} >= {"/frames", "/width"}
    assert answer.context["refused"]["problems"] == []
    unreadable = saved(ada, "a: [1,")
    assert [problem.code for problem in unreadable.context["draft"].problems] == ["yaml_invalid"]
    assert b"no problems" not in answer.content + unreadable.content


def test_a_preset_named_new_has_a_page_of_its_own(ada: Any) -> None:
    answer = saved(ada, document(), name="New")
    assert answer.status_code == 303
    assert ada.get(answer["Location"]).context["preset"]["name"] == "New"


def test_a_second_click_on_save_changes_nothing_and_says_so(ada: Any) -> None:
    assert saved(ada, document()).status_code == 303
    answer = saved(ada, document())
    assert answer.status_code == 409
    assert "Nothing changed" in answer.context["refused"]["message"]
    assert Preset.objects.get().revisions == 1


def test_a_name_that_is_taken_is_refused_and_the_text_kept(ada: Any) -> None:
    saved(ada, document())
    answer = saved(ada, document(prompt="Another thing"))
    assert answer.status_code == 409
    assert "Another thing" in answer.context["draft"].text


def test_saving_without_a_reason_is_refused_at_its_field(ada: Any) -> None:
    answer = saved(ada, document(), message="  ")
    assert answer.status_code == 422
    assert "message" in answer.context["refused"]["errors"]


@pytest.mark.parametrize("field", ["name", "description", "prompt", "negative_prompt", "variant"])
def test_a_secret_in_any_field_is_refused_and_never_shown_again(ada: Any, field: str) -> None:
    holding = document(**{field: f"with {KEY} inside"})
    read, save = brought(ada, json.dumps(holding).encode()), saved(ada, holding)
    assert read.status_code == 200
    assert not read.context["draft"].savable
    assert save.status_code == 422
    for answer in (read, save):
        assert KEY.encode() not in answer.content
        assert b"secret_found" in answer.content
    assert not Preset.objects.exists()


def test_a_secret_as_a_value_in_environment_or_in_the_reason_is_refused_and_not_shown(ada: Any) -> None:
    for answer in (saved(ada, document(environment=[KEY])), saved(ada, document(), message=f"used {KEY}")):
        assert answer.status_code == 422
        assert KEY.encode() not in answer.content


def test_a_secret_in_a_text_that_cannot_be_read_is_not_shown_again(ada: Any) -> None:
    for answer in (ada.post(NEW, {"step": "read", "text": f"a: [{KEY}"}), saved(ada, f"a: [{KEY}")):
        assert answer.status_code == 422
        assert KEY.encode() not in answer.content


def test_a_stored_value_of_the_project_is_recognised_in_a_preset(ada: Any, cloud: Any) -> None:
    answer = brought(ada, json.dumps(document(description="call it with stand-in-key")).encode())
    assert not answer.context["draft"].savable
    assert b"stand-in-key" not in answer.content


def test_a_file_over_the_limit_is_answered_with_413_in_words(ada: Any, settings: Any) -> None:
    settings.UPLOAD_LIMIT = 1 << 20
    answer = brought(ada, b"x" * (2 << 20))
    assert answer.status_code == 413
    assert b"at most 1,048,576 are taken" in answer.content


def test_a_text_too_long_for_a_form_is_answered_with_413_in_words(ada: Any) -> None:
    answer = ada.post(NEW, {"step": "read", "text": "x" * (5 << 20)})
    assert answer.status_code == 413
    assert b"too long to be pasted" in answer.content


@pytest.mark.parametrize("fields", [{}, {"step": "save"}, {"step": "read", "file": "not a file"}, {"step": "\x00"}])
def test_missing_and_odd_fields_are_refused_and_not_a_fault(ada: Any, fields: dict[str, str]) -> None:
    assert ada.post(NEW, fields).status_code == 422


def test_a_text_with_nul_bytes_and_half_characters_is_refused(ada: Any) -> None:
    assert saved(ada, "name: a\x00b").status_code == 422
    assert (
        ada.post(NEW, b"step=read&text=%ff%fe%00", content_type="application/x-www-form-urlencoded").status_code == 422
    )


def test_a_viewer_is_told_why_there_is_no_form(project: Any, people: People) -> None:
    page = browser("vic").get(NEW)
    assert page.status_code == 200
    assert b"does not bring them in" in page.content
    assert b'type="file"' not in page.content
