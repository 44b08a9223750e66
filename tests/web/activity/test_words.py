"""Every deed that a service records has words."""

from __future__ import annotations

import re
from pathlib import Path

from presets_app.queries.activity_words import WORDS

SERVICES = Path(__file__).resolve().parents[3] / "presets_app" / "services"
RECORDED = re.compile(r'(?:Deed|_deed|note)\(\s*(?:[\w.]+,\s*)*"([a-z]+\.[a-z_]+)"')


def test_every_verb_that_a_service_records_has_words() -> None:
    found = {verb for file in SERVICES.glob("*.py") for verb in RECORDED.findall(file.read_text(encoding="utf-8"))}
    assert len(found) > 20
    assert found - set(WORDS) == set()
