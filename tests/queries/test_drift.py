"""What counts as drift of a target, and what only looks like it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from presets_app.models import Preset, Target
from presets_app.queries import drift
from presets_app.services import manifests
from tests.support import project as support

pytestmark = pytest.mark.django_db


def changed(pinned: dict[str, Any], target: Target, answer: dict[str, Any]) -> list[str]:
    return [change.path for change in drift.changes(pinned, target, answer)]


def test_a_pin_that_an_older_version_did_not_ask_for_is_no_drift(saved: Preset, local: Target) -> None:
    pinned = manifests.capture(saved, local)
    older = {**pinned, "driver": {key: pin for key, pin in pinned["driver"].items() if key != "os"}}
    answer = support.answer()
    assert changed(older, local, answer) == []
    answer["fingerprint"]["driver"]["os"] = "Linux 6.8"
    assert changed(older, local, answer) == []


def test_a_pin_that_was_captured_and_is_not_reported_any_more_is_drift(saved: Preset, local: Target) -> None:
    told = support.answer()
    told["fingerprint"]["driver"]["os"] = "Linux 6.8"
    support.tell(local, told)
    pinned = manifests.capture(saved, local)
    silent = deepcopy(told)
    del silent["fingerprint"]["driver"]["os"]
    assert changed(pinned, local, told) == []
    assert changed(pinned, local, silent) == ["/driver/os"]


def test_a_library_that_was_not_there_is_drift(saved: Preset, local: Target) -> None:
    pinned, answer = manifests.capture(saved, local), support.answer()
    answer["fingerprint"]["driver"]["libraries"]["xformers"] = "0.0.30"
    assert changed(pinned, local, answer) == ["/driver/libraries.xformers"]


def test_the_kernel_that_a_preset_asks_for_is_pinned_and_another_one_of_the_process_is_no_drift(
    saved: Preset, local: Target
) -> None:
    told = support.answer()
    told["fingerprint"]["determinism"]["attention"] = "math"  # what another preset had asked for last
    support.tell(local, told)
    pinned = manifests.capture(saved, local)
    assert pinned["driver"]["determinism.attention"]["value"] == "sdpa"
    assert changed(pinned, local, told) == []
    told["fingerprint"]["determinism"]["deterministic"] = False
    assert changed(pinned, local, told) == ["/driver/determinism.deterministic"]
