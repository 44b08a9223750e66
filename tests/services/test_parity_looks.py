"""A person's yes to another take is remembered for its input until the preset changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from presets_app.models import Check
from presets_app.queries import parity_looks
from presets_app.services import decisions, parity_flow
from presets_app.services import parity_looks as service
from tests.support.people import People
from tests.support.released import Studio, signed_in, studio

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.fixture
def made(project: Any, people: People, redis_url: str, tmp_path: Path) -> Studio:
    return studio(project, people, tmp_path)


def takes(made: Studio) -> Check:
    """A check of two inputs whose sides are other takes for a person to decide, whatever the clips measure as."""
    check = made.check(same=False)
    reason = {"code": "content_differs", "severity": "ask", "message": "Another take.", "place": None}
    check.pairs.update(pair_class="other_take", verdict="inconclusive", needs_person=True, reasons=[reason])
    Check.objects.filter(pk=check.pk).update(state="judging")
    parity_flow.judge(check.id)
    check.refresh_from_db()
    return check


def test_a_yes_is_remembered_until_it_is_taken_back_or_the_preset_changes(made: Studio) -> None:
    first = takes(made)
    assert (first.outcome, first.undecided) == ("inconclusive", 2)
    key = first.plan["drawn"][0]
    decisions.decide(first, made.people.ada, key, "accept", "The hair is right in both.")
    second = takes(made)
    remembered = second.pairs.get(key=key)
    assert (remembered.needs_person, remembered.pair_class, second.undecided) == (False, "other_take", 1)
    assert remembered.reasons[0]["code"] == "accepted_look"
    assert "The hair is right" in remembered.reasons[0]["message"]
    page = signed_in("vic").get(f"/p/studio/parity/{second.id}?pair={remembered.pk}").content.decode()
    assert "Accepted looks of this input" in page
    decisions.decide(first, made.people.ada, key, "undo", "Looked again.")
    assert takes(made).undecided == 2
    decisions.decide(first, made.people.ada, key, "accept", "Fine after all.")
    assert [look.reason for look in parity_looks.listed(made.preset)] == ["Fine after all."]
    made.revise("A puppet at noon")
    assert parity_looks.listed(made.preset) == []
    assert takes(made).undecided == 2


def test_an_output_that_nobody_saw_is_asked_about(made: Studio) -> None:
    first = takes(made)
    key = first.plan["drawn"][0]
    decisions.decide(first, made.people.ada, key, "accept", "Both fine.")
    second = made.check(same=True)
    reason = {"code": "content_differs", "severity": "ask", "message": "Another take.", "place": None}
    more = {**reason, "code": "colour_shift"}
    second.pairs.update(pair_class="other_take", needs_person=True, reasons=[reason, more])
    service.recall(second)
    assert second.pairs.filter(needs_person=True).count() == 2, "a new question is not covered by the old answer"
    second.pairs.update(reasons=[reason])
    service.recall(second)
    assert not second.pairs.get(key=key).needs_person
