"""The search for the change of a side's pins that broke it, on the page and the command line."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from presets_app.models import Check
from tests.support import project as support
from tests.support.people import People
from tests.support.released import Studio, signed_in, studio

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.fixture
def made(project: Any, people: People, redis_url: str, tmp_path: Path) -> Studio:
    return studio(project, people, tmp_path)


def asked(*more: str) -> dict[str, Any]:
    out = StringIO()
    call_command("parity", "--json", "bisect", "puppet-at-dusk", "second", *more, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_pins_that_passed_are_held_against_pins_that_failed(made: Studio) -> None:
    made.check()
    assert asked()["state"] == "open"
    said = support.answer(torch="2.14.0", revision="c" * 40)
    support.tell(made.right, said)
    made.pin()
    failed = made.check(same=False)
    Check.objects.filter(pk=failed.pk).update(outcome="fail")
    found = asked()
    assert (found["state"], [row["verdict"] for row in found["manifests"]]) == ("next", ["bad", "good"])
    assert {change["label"] for change in found["candidates"]} == {"revision", "torch"}
    assert [change["label"] for change in found["put_back"]] == ["revision"]
    page = signed_in("vic").get("/p/studio/parity/bisect?preset=puppet-at-dusk&target=second").content.decode()
    assert "Put back revision" in page
    refused = signed_in("vic").get("/p/studio/parity/bisect?preset=puppet-at-dusk&target=second&good=abcdef")
    assert refused.status_code == 422
    support.tell(made.right, {**said, **{"checkpoints": support.answer()["checkpoints"]}})
    made.pin()
    again = made.check(same=False)
    Check.objects.filter(pk=again.pk).update(outcome="fail")
    assert asked()["text"].startswith("It is torch: 2.13.0 to 2.14.0")
