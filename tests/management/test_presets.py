from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.management.conftest import Manage
from tests.support.project import document

Written = Callable[..., str]
pytestmark = pytest.mark.django_db


def test_ada_imports_a_file_and_it_is_listed_with_its_digest(manage: Manage, written: Written, people: Any):
    saved = manage("presets", "import", written(document()), "--as", "ada")
    assert (saved.code, saved.value["number"], saved.value["author"]) == (0, 1, "ada")
    listed = manage("presets", "list")
    assert [(row["slug"], row["digest"]) for row in listed.value["presets"]] == [
        ("puppet-at-dusk", saved.value["digest"])
    ]
    assert listed.value["more"] is False


def test_a_decision_without_a_person_is_refused_and_writes_nothing(manage: Manage, written: Written, people: Any):
    refused = manage("presets", "import", written(document()))
    assert (refused.code, refused.codes) == (1, ["person_missing"])
    assert manage("presets", "list").value["presets"] == []


def test_a_person_named_by_the_environment_counts(
    manage: Manage, written: Written, people: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MATCHFRAME_USER", "ada")
    assert manage("presets", "import", written(document())).value["author"] == "ada"


@pytest.mark.parametrize(("who", "code"), [("vic", "not_permitted"), ("mallory", "person_not_found")])
def test_a_viewer_and_a_stranger_save_nothing(manage: Manage, written: Written, people: Any, who: str, code: str):
    refused = manage("presets", "import", written(document()), "--as", who)
    assert (refused.code, refused.codes) == (1, [code])
    assert manage("presets", "list").value["presets"] == []


def test_save_makes_the_next_revision_and_a_second_import_does_not(manage: Manage, written: Written, saved: Any):
    changed = written(document(prompt="A paper boat"))
    again = manage("presets", "import", changed, "--as", "ada")
    assert (again.code, again.codes) == (1, ["preset_exists"])
    second = manage("presets", "save", changed, "--message", "A boat instead", "--as", "ada")
    assert (second.code, second.value["number"], second.value["message"]) == (0, 2, "A boat instead")
    same = manage("presets", "save", changed, "--message", "Again", "--as", "ada")
    assert (same.code, same.codes) == (1, ["nothing_changed"])


def test_a_save_on_an_old_revision_is_told_what_changed_since(manage: Manage, written: Written, saved: Any):
    manage("presets", "save", written(document(prompt="A boat")), "--message", "one", "--as", "grace")
    late = manage(
        "presets", "save", written(document(seed=1) | {"width": 128}), "--message", "two", "--as", "ada",
        "--expected", saved.digest,
    )  # fmt: skip
    assert late.code == 1
    assert late.codes != ["preset_changed"]  # `seed` is not a field: what is wrong with the file comes first
    late = manage("presets", "save", written(document(width=128)), "--as", "ada", "--expected", saved.digest)
    assert (late.code, late.codes) == (1, ["preset_changed"])
    assert "width" in late.value["problems"][0]["message"]


def test_the_history_is_newest_first_and_a_restore_adds_to_it(manage: Manage, written: Written, saved: Any):
    manage("presets", "save", written(document(prompt="A boat")), "--message", "one", "--as", "ada")
    restored = manage("presets", "restore", saved.slug, "1", "--as", "grace")
    assert (restored.code, restored.value["number"], restored.value["digest"]) == (0, 3, saved.digest)
    history = manage("presets", "history", saved.slug).value["revisions"]
    assert [(row["number"], row["author"]) for row in history] == [(3, "grace"), (2, "ada"), (1, "ada")]


def test_a_revision_is_found_by_number_or_first_digits_and_by_nothing_else(manage: Manage, saved: Any):
    for name in ("1", saved.head, saved.head[:8], "newest"):
        assert manage("presets", "show", saved.slug, "--revision", name).value["revision"]["commit"] == saved.head
    for name in ("2", "HEAD", "--all", saved.head[:3], "../../policy.json", "0" * 40):
        refused = manage("presets", "show", saved.slug, f"--revision={name}")
        assert (refused.code, refused.codes) == (1, ["revision_not_found"]), name


def test_an_export_for_people_is_the_file_itself(manage: Manage, written: Written, saved: Any, capsys: Any):
    from django.core.management import call_command

    call_command("presets", "export", saved.slug, "--format", "yaml")
    text = capsys.readouterr().out
    assert manage("presets", "check", written(text, "out.yaml")).value["digest"] == saved.digest
    assert manage("presets", "export", saved.slug).value["document"] == document()


def test_what_is_not_there_is_refused_by_name(manage: Manage, people: Any):
    assert manage("presets", "show", "nothing").codes == ["preset_not_found"]
    assert manage("presets", "list", "--project", "nothing").codes == ["project_not_found"]


def test_a_broken_file_or_a_secret_never_reaches_git(manage: Manage, written: Written, saved: Any):
    key = "hf_" + "A1b2C3d4" * 4
    for text in ("{", document(frames=122), document(description=key), document(name="../x")):
        refused = manage("presets", "save", written(text), "--message", "no", "--as", "ada", "--preset", saved.slug)
        assert refused.code == 1
        assert key not in str(refused.value)
    assert manage("presets", "history", saved.slug).value["revisions"][0]["commit"] == saved.head
