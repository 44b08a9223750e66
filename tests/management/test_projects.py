from __future__ import annotations

from typing import Any

import pytest

from tests.management.conftest import Manage

pytestmark = pytest.mark.django_db


def test_whoever_makes_a_project_owns_it(manage: Manage, people: Any):
    made = manage("projects", "create", "second", "--name", "Second", "--as", "mallory", "--local-only")
    assert (made.code, made.value["local_only"]) == (0, True)
    assert made.value["members"] == [{"username": "mallory", "name": "Mallory", "role": "owner"}]
    unclear = manage("presets", "list")
    assert (unclear.code, unclear.codes) == (1, ["project_unclear"])
    assert manage("presets", "list", "--project", "second").code == 0


@pytest.mark.parametrize("slug", ["../x", "-x", "Ä", "studio"])
def test_a_project_with_a_bad_or_taken_name_is_refused(manage: Manage, people: Any, slug: str):
    refused = manage("projects", "--as", "ada", "create", "--", slug)
    assert refused.code == 1
    assert refused.codes[0] in ("slug_invalid", "project_exists")


def test_only_an_owner_gives_roles_and_only_to_accounts(manage: Manage, people: Any):
    assert manage("projects", "add-member", "mallory", "--role", "author", "--as", "grace").codes == ["not_permitted"]
    assert manage("projects", "add-member", "nobody", "--role", "author", "--as", "olu").codes == ["person_not_found"]
    assert manage("projects", "add-member", "mallory", "--role", "king", "--as", "olu").codes == ["role_unknown"]
    given = manage("projects", "add-member", "mallory", "--role", "author", "--as", "olu")
    assert {"username": "mallory", "name": "Mallory", "role": "author"} in given.value["members"]


def test_the_policy_is_changed_with_a_reason_and_gets_another_version(manage: Manage, people: Any):
    before = manage("projects", "policy").value
    assert before["policy"]["standard"] == "smoke"
    refused = manage("projects", "policy", "--set", "standard=release", "--as", "olu")
    assert (refused.code, refused.codes) == (1, ["reason_missing"])
    after = manage("projects", "policy", "--set", "standard=release", "--reason", "Launch", "--as", "olu").value
    assert (after["policy"]["standard"], after["policy"]["version"]) == ("release", 2)
    assert after["version"] != before["version"]


@pytest.mark.parametrize("text", ["standard=gold", "confidence=2", "version=9", "error_share=NaN", "streak=true"])
def test_a_policy_value_that_could_not_be_used_is_refused(manage: Manage, people: Any, text: str):
    refused = manage("projects", "policy", "--set", text, "--reason", "x", "--as", "olu")
    assert refused.code == 1
    assert refused.codes[0] in ("policy_value_invalid", "policy_unknown_setting")


def test_the_audit_log_tells_who_did_what(manage: Manage, saved: Any):
    events = manage("audit", "list", "--limit", "1").value
    assert (events["events"][0]["verb"], events["events"][0]["by"], events["more"]) == ("preset.save", "ada", True)
    assert manage("audit", "list", "--subject", "person/ada").value["events"][0]["verb"] == "member.change"
