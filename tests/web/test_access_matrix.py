"""Every address x every kind of person, against one written table. A new address without a row fails."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, reverse

from presets_app.core.permissions import POLICY
from presets_app.web.urls import urlpatterns
from tests.support.people import ROLES, People

PUBLIC = {"health.alive", "health.ready", "accounts.sign_in"}
SIGNED_IN = {"accounts.sign_out", "accounts.theme", "home.start"}
READ = {
    "home.index",
    "media.show",
    "presets.index",
    "presets.detail",
    "presets.export",
    "manifests.detail",
    "manifests.export",
    "inputs.index",
    "inputs.detail",
    "runs.index",
    "runs.detail",
    "recipes.index",
    "recipes.detail",
    "parity.index",
    "parity.detail",
    "parity.bisect",
    "parity.evidence.export",
    "parity.report.export",
    "migrations.index",
    "migrations.detail",
    "releases.index",
    "releases.proof",
    "snapshots.index",
    "targets.index",
    "targets.detail",
    "activity.index",
}
WRITE = {
    "presets.new": "preset.save",
    "presets.edit": "preset.save",
    "presets.autosave": "preset.save",
    "presets.check": "preset.save",
    "presets.restore": "preset.save",
    "presets.merge": "preset.save",
    "presets.comment": "comment.write",
    "manifests.pin": "manifest.pin",
    "manifests.declare": "manifest.declare",
    "inputs.new": "inputs.freeze",
    "inputs.add": "inputs.freeze",
    "inputs.remove": "inputs.freeze",
    "inputs.freeze": "inputs.freeze",
    "runs.new": "run.start",
    "runs.cancel": "run.cancel",
    "runs.retry": "run.start",
    "recipes.new": "recipe.save",
    "recipes.edit": "recipe.save",
    "recipes.start": "run.start",
    "recipes.choose": "recipe.choose",
    "recipes.again": "run.start",
    "recipes.cancel": "run.cancel",
    "parity.new": "check.start",
    "parity.again": "check.start",
    "parity.compare": "check.start",
    "parity.noise": "run.start",
    "parity.try": "run.start",
    "parity.decide": "pair.decide",
    "parity.decide_all": "pair.decide",
    "parity.tick": "check.tick",
    "parity.extend": "check.extend",
    "parity.comment": "comment.write",
    "migrations.new": "migration.open",
    "migrations.tick": "migration.tick",
    "migrations.fill": "migration.tick",
    "migrations.attach": "migration.open",
    "migrations.reject": "migration.reject",
    "migrations.withdraw": "migration.withdraw",
    "migrations.comment": "comment.write",
    "approvals.new": "migration.approve",
    "releases.publish": "release.publish",
    "releases.rollback": "release.roll_back",
    "releases.lift": "release.publish",
    "snapshots.take": "snapshot.take",
    "targets.probe": "manifest.pin",
    "presets.mute": "problem.mute",
    "presets.unmute": "problem.mute",
    "targets.new": "target.change",
    "targets.set_value": "target.change",
    "targets.remove_value": "target.change",
}
WORDS = {"project": "studio", "kind": "video", "digest": "0" * 64}
PATTERNS = {str(pattern.name): pattern for pattern in urlpatterns if isinstance(pattern, URLPattern)}
INSIDE = sorted(name for name in PATTERNS if name in READ | set(WRITE))


def address(name: str) -> str:
    names = PATTERNS[name].pattern.regex.groupindex
    return reverse(name, kwargs={word: WORDS.get(word, "nothing") for word in names})


def client(username: str | None) -> Client:
    made = Client()
    if username:
        user = get_user_model().objects.get(username=username)
        made.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return made


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert set(PATTERNS) == PUBLIC | SIGNED_IN | READ | set(WRITE)
    assert set(WRITE.values()) <= set(POLICY)


@pytest.mark.parametrize("name", INSIDE)
def test_who_is_not_signed_in_is_asked_to_sign_in(project: Any, people: People, name: str) -> None:
    for method in ("get", "post"):
        answer = getattr(client(None), method)(address(name))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("name", INSIDE)
def test_who_has_no_role_finds_nothing(project: Any, people: People, name: str) -> None:
    for method in ("get", "post"):
        assert getattr(client("mallory"), method)(address(name)).status_code in (404, 405)


@pytest.mark.parametrize("name", sorted(WRITE))
def test_a_write_is_for_the_roles_of_the_table_only(project: Any, people: People, name: str) -> None:
    for username, role in ROLES.items():
        if role is None:
            continue
        status = client(username).post(address(name)).status_code
        if role in POLICY[WRITE[name]]:
            assert status in (302, 303, 404, 409, 413, 422, 503), f"{username}: {status}"
        else:
            assert status == 403, f"{username}: {status}"


@pytest.mark.parametrize("name", sorted(READ))
def test_reading_is_for_every_role_and_never_changes_anything(project: Any, people: People, name: str) -> None:
    for username, role in ROLES.items():
        if role is not None:
            assert client(username).get(address(name)).status_code in (200, 302, 404)
    assert client("ada").post(address(name)).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/p/studio/media/video/..%2f..%2fsecret_key",
        "/p/studio/media/video/%2e%2e/%2e%2e/secret_key",
        "/p/studio/media/video/..%5c..%5csecret_key",
        "/p/studio/media/video/%00",
        "/p/studio/media/video//etc/passwd",
        "/p/studio/media/video/secret_key%23",
        "/p/studio/media/file/" + "0" * 64,
        "/static/../secret_key",
        "/static/%2e%2e/secret_key",
    ],
)
def test_no_path_leads_out_of_the_store(project: Any, people: People, path: str) -> None:
    assert client("olu").get(path).status_code == 404


def test_a_forged_host_is_refused(project: Any) -> None:
    assert Client(headers={"host": "evil.example"}).get("/sign-in").status_code == 400


def test_a_post_without_its_token_is_refused(project: Any, people: People) -> None:
    strict = Client(enforce_csrf_checks=True)
    user = get_user_model().objects.get(username="ada")
    strict.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(address("snapshots.take"), {"note": "x"}).status_code == 403


def test_every_page_carries_the_strict_policy(project: Any, people: People) -> None:
    answer = client("ada").get("/p/studio/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
