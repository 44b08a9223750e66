"""The evidence of a check to take away."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from presets_app.models import Check
from presets_app.services import decisions
from tests.support.people import People
from tests.support.released import Studio, signed_in, studio

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.fixture
def made(project: Any, people: People, redis_url: str, tmp_path: Path) -> Studio:
    return studio(project, people, tmp_path)


def test_it_is_one_object_and_one_page_that_needs_nothing_else(made: Studio, tmp_path: Path) -> None:
    check = made.check(same=False)
    check.pairs.update(pair_class="other_take", verdict="inconclusive", needs_person=True, reasons=[])
    Check.objects.filter(pk=check.pk).update(verdict="inconclusive")
    check.refresh_from_db()
    decisions.decide(check, made.people.ada, check.plan["drawn"][0], "accept", "<b>The hair</b> is right.")
    vic = signed_in("vic")
    found = json.loads(vic.get(f"/p/studio/parity/{check.id}/evidence.json").content)
    assert [step["kind"] for step in found["waterfall"]] == ["accepted", "waiting"]
    assert (found["outcome"], found["counts"]["accepted"], found["decisions"][0]["by"]) == ("inconclusive", 1, "Ada")
    assert len(found["distribution"]["dots"]) == 2
    assert {"left", "right", "heatmap"} <= found["pairs"][0]["worst_frames"][0].keys()
    answer = vic.get(f"/p/studio/parity/{check.id}/evidence.html")
    page = answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert page.count("data:image/png;base64,") >= 6
    assert "&lt;b&gt;The hair&lt;/b&gt; is right." in page
    assert not re.findall(r"<script|<link|src=\"(?!data:)|href=|url\(", page)
    call_command("parity", "--json", "evidence", check.id, "--out", str(tmp_path / "out"), stdout=StringIO())
    assert json.loads((tmp_path / "out" / f"check-{check.id}.json").read_text()) == found
    assert "data:image/png" in (tmp_path / "out" / f"check-{check.id}.html").read_text()
    shown = vic.get(f"/p/studio/parity/{check.id}").content.decode()
    assert "The pairs at a glance" in shown
    assert signed_in("mallory").get(f"/p/studio/parity/{check.id}/evidence.json").status_code == 404


def test_nothing_is_given_before_a_check_is_judged(made: Studio) -> None:
    check = made.check()
    Check.objects.filter(pk=check.pk).update(state="rendering")
    assert signed_in("vic").get(f"/p/studio/parity/{check.id}/evidence.json").status_code == 409
