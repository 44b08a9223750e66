"""Opening a migration from its form."""

from __future__ import annotations

import pytest

from presets_app.models import Migration
from tests.support import project as support
from tests.support.released import Studio, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
ADDRESS = "/p/studio/migrations/new"


def test_a_check_fills_the_form_and_becomes_the_evidence(studio: Studio) -> None:
    check, ada = studio.check(), signed_in("ada")
    page = ada.get(f"{ADDRESS}?check={check.id}").content.decode()
    assert f'<option value="{check.id}" selected>' in page
    assert '<option value="second" selected>' in page
    form = {"preset": studio.preset.slug, "from": "local", "to": "second", "check": check.id, "reason": "Cheaper."}
    answer = ada.post(ADDRESS, form)
    migration = Migration.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/p/studio/migrations/{migration.id}")
    assert (migration.check_id, migration.note, migration.digest) == (check.id, "Cheaper.", studio.preset.digest)


def test_what_cannot_be_is_refused_with_the_form(studio: Studio) -> None:
    form = {"preset": studio.preset.slug, "from": "local", "to": "second", "check": "", "reason": "Because."}
    ada = signed_in("ada")
    for changed in (
        {"preset": "nothing"},
        {"preset": ""},
        {"to": "local"},
        {"to": "nowhere\x00"},
        {"check": "nothing"},
        {"reason": "x" * 400},
        {"reason": "sk-" + "Ab1" * 20},
    ):
        answer = ada.post(ADDRESS, {**form, **changed})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'name="to"' in page
        assert ("Because." in page) == ("reason" not in changed)
        assert "sk-Ab1" not in page
    assert Migration.objects.count() == 0


def test_a_check_of_other_targets_is_no_evidence(studio: Studio) -> None:
    support.add_local(studio.project, studio.people.olu, slug="third")
    form = {"preset": studio.preset.slug, "from": "local", "to": "third", "check": studio.check().id}
    answer = signed_in("ada").post(ADDRESS, form)
    assert answer.status_code == 409
    assert b"compared other targets" in answer.content


def test_a_check_of_an_older_revision_is_no_evidence(studio: Studio) -> None:
    check = studio.check()
    studio.revise("Another prompt")
    form = {"preset": studio.preset.slug, "from": "local", "to": "second", "check": check.id}
    ada = signed_in("ada")
    assert check.id not in ada.get(ADDRESS).content.decode()
    assert ada.post(ADDRESS, form).status_code == 409


def test_checks_of_the_chosen_preset_come_first_and_no_other_is_taken(studio: Studio) -> None:
    own = studio.check()
    preset, actor = studio.preset, studio.people.ada
    other = support.save(studio.project, actor, name="Another boat")
    studio.preset = other
    studio.pin()
    foreign = studio.check()
    studio.preset = preset
    ada = signed_in("ada")
    page = ada.get(f"{ADDRESS}?preset={preset.slug}&from=local&to=second").content.decode()
    assert page.index(own.id) < page.index(foreign.id)
    form = {"preset": preset.slug, "from": "local", "to": "second", "check": foreign.id}
    answer = ada.post(ADDRESS, form)
    assert answer.status_code == 409
    assert b"judged Another boat, not" in answer.content


def test_a_viewer_is_told_and_opens_none(studio: Studio) -> None:
    vic = signed_in("vic")
    assert b"does not open migrations" in vic.get(ADDRESS).content
    assert vic.post(ADDRESS, {}).status_code == 403
