from __future__ import annotations

from typing import Any

import pytest

from presets_app.core.errors import Invalid, MatchframeError, NotFound, NotPermitted
from presets_app.models import AuditEvent
from presets_app.queries import muting as shown
from presets_app.services import indexing, muting
from presets_app.services import projects as service
from tests.support import project as support

pytestmark = pytest.mark.django_db
WHY = "We like it that way"


def test_grace_turns_a_warning_off_with_a_reason_and_it_stands_in_git(project: Any, people: Any, saved: Any) -> None:
    muting.mute(project, people.grace, "audio_harsh", WHY, preset=saved.slug)
    (row,) = shown.listed(project)
    assert (row["code"], row["preset"], row["reason"], row["person"]) == ("audio_harsh", saved.slug, WHY, "Grace")
    event = AuditEvent.objects.get(verb="problem.mute")
    assert (event.by, event.reason) == ("grace", WHY)
    indexing.rebuild(project)
    assert shown.listed(project) == [row]


def test_it_is_turned_on_again_once(project: Any, people: Any) -> None:
    muting.mute(project, people.grace, "audio_harsh", WHY)
    muting.unmute(project, people.grace, "audio_harsh")
    assert shown.listed(project) == []
    with pytest.raises(NotFound):
        muting.unmute(project, people.grace, "audio_harsh")


@pytest.mark.parametrize("who", ["ada", "vic", "mallory"])
def test_who_may_not_decide_turns_nothing_off(project: Any, people: Any, who: str) -> None:
    with pytest.raises(NotPermitted):
        muting.mute(project, getattr(people, who), "audio_harsh", WHY)
    with pytest.raises(NotPermitted):
        muting.unmute(project, getattr(people, who), "audio_harsh")


@pytest.mark.parametrize(
    ("code", "reason", "preset", "expected"),
    [
        ("secret_found", WHY, "", "mute_refused"),
        ("schema_type", WHY, "", "mute_refused"),
        ("no such\ncode", WHY, "", "mute_refused"),
        ("audio_harsh", "  ", "", "reason_missing"),
        ("audio_harsh", "hf_abcdefghij0123456789KLMNOP", "", "secret_found"),
        ("audio_harsh", "x" * 400, "", "reason_too_long"),
        ("audio_harsh", WHY, "nobody", "preset_not_found"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(
    project: Any, people: Any, code: str, reason: str, preset: str, expected: str
) -> None:
    with pytest.raises(MatchframeError) as refused:
        muting.mute(project, people.grace, code, reason, preset=preset)
    assert refused.value.code == expected
    assert shown.listed(project) == []


def test_a_changed_policy_keeps_what_is_turned_off(project: Any, people: Any) -> None:
    muting.mute(project, people.grace, "audio_harsh", WHY)
    service.change_policy(project, people.olu, {"streak": 2}, "twice in a row")
    assert [row["code"] for row in shown.listed(project)] == ["audio_harsh"]
    with pytest.raises(Invalid):
        service.change_policy(project, people.olu, {"muted": {}}, "by another door")


def test_an_error_is_saved_no_easier(project: Any, people: Any) -> None:
    muting.mute(project, people.grace, "frames_rule", WHY)
    with pytest.raises(Invalid):
        support.save(project, people.ada, frames=18)
