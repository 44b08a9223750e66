from __future__ import annotations

import io
from typing import Any

import pytest

from presets_app.services import targets
from tests.management.conftest import Manage
from tests.support.project import STAND_IN_KEY, add_local, answer, tell

pytestmark = pytest.mark.django_db
ADD = ("targets", "add", "--kind", "wavespeed", "--slug", "cloud", "--name", "WaveSpeed")


def test_an_owner_adds_a_cloud_target_and_its_key_is_never_shown(
    manage: Manage, people: Any, stand_in: str, monkeypatch: pytest.MonkeyPatch
):
    model = "matchframe/tiny-ltx-2=matchframe/tiny-ltx-2/text-to-video"
    added = manage(*ADD, "--url", stand_in, "--model", model, "--as", "olu")
    assert (added.code, added.value["settings"]["base_url"]) == (0, stand_in)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{STAND_IN_KEY}\n"))
    kept = manage("targets", "set-value", "cloud", "WAVESPEED_API_KEY", "--as", "olu")
    assert (kept.code, kept.value["values"]) == (0, ["WAVESPEED_API_KEY"])
    assert STAND_IN_KEY not in str(manage("targets", "list").value) + str(manage("audit", "list").value)
    from presets_app.queries import projects

    targets.ask_cloud(projects.target(projects.only_or_named(""), "cloud").pk)
    shown = manage("targets", "show", "cloud").value
    assert shown["failure"] is None
    assert any(model["model_id"] == "matchframe/tiny-ltx-2/text-to-video" for model in shown["answer"]["catalogue"])


@pytest.mark.parametrize("url", ["", "no address", "file:///etc/passwd"])
def test_a_cloud_target_without_an_address_is_refused(manage: Manage, people: Any, url: str):
    refused = manage(*ADD, f"--url={url}", "--as", "olu")
    assert (refused.code, refused.codes) == (1, ["address_invalid"])


def test_a_target_of_an_unknown_kind_or_by_somebody_else_is_refused(manage: Manage, people: Any):
    assert manage("targets", "add", "--kind", "vhs", "--slug", "x", "--as", "olu").codes == ["target_kind_unknown"]
    assert manage("targets", "add", "--kind", "local", "--slug", "x", "--as", "ada").codes == ["not_permitted"]


def test_a_value_needs_a_name_and_a_content(manage: Manage, local: Any, monkeypatch: pytest.MonkeyPatch):
    for variable, value, code in (("path", "x", "variable_invalid"), ("KEY", " ", "value_empty")):
        monkeypatch.setattr("sys.stdin", io.StringIO(value))
        refused = manage("targets", "set-value", "local", variable, "--as", "olu")
        assert (refused.code, refused.codes) == (1, [code])


def test_a_probe_without_a_queue_could_not_be_made(manage: Manage, local: Any):
    answered = manage("targets", "probe", "local")
    assert (answered.code, answered.codes) == (2, ["queue_silent"])


@pytest.mark.django_db(transaction=True)
def test_a_target_that_does_not_answer_in_time_is_said(manage: Manage, local: Any, redis_url: str):
    answered = manage("targets", "probe", "local", "--timeout", "0.1")
    assert (answered.code, answered.codes) == (2, ["took_too_long"])


def test_pins_are_captured_shown_compared_and_verified(
    manage: Manage, saved: Any, local: Any, people: Any, project: Any
):
    side = (saved.slug, "local")
    pinned = manage("manifests", "capture", *side, "--no-probe")
    assert pinned.code == 0
    assert "acting as olu" in pinned.progress
    assert pinned.value["manifest"]["model"]["revision"] == {"value": "a" * 40, "status": "captured"}
    assert manage("manifests", "show", *side).value["digest"] == pinned.value["digest"]
    assert manage("manifests", "verify", *side, "--no-probe").value["same"] is True
    tell(local, answer(torch="2.14.0"))
    drifted = manage("manifests", "verify", *side, "--no-probe")
    assert (drifted.code, drifted.value["same"]) == (1, False)
    assert [change["sentence"] for change in drifted.value["changes"]] == ["torch 2.13.0 -> 2.14.0"]


def test_two_sides_are_compared_by_name_commit_or_file(
    manage: Manage, saved: Any, local: Any, people: Any, written: Any
):
    other = add_local(saved.project, people.olu, slug="second")
    tell(other, answer(revision="c" * 40))
    first = manage("manifests", "capture", saved.slug, "local", "--no-probe", "--as", "ada").value
    manage("manifests", "capture", saved.slug, "second", "--no-probe", "--as", "ada")
    names = (f"{saved.slug}/local@{first['commit']}", f"{saved.slug}/second")
    assert manage("manifests", "diff", *names).value["changes"][0]["label"] == "revision"
    assert manage("manifests", "diff", written(first), names[0]).value["same"] is True
    for wrong, code in (
        ("nowhere", "manifest_unnamed"),
        (f"{saved.slug}/third", "not_pinned"),
        (written({}), "manifest_invalid"),
    ):
        refused = manage("manifests", "diff", wrong, names[1])
        assert (refused.code, refused.codes[0]) == (1, code)
