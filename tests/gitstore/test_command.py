"""The git that is run: its presence, its version, its environment."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from presets_app.core.errors import Unavailable
from presets_app.gitstore import Person, Store, check_git, create, paths
from presets_app.gitstore.command import FSYNC_SETTING, Command, environment, failed, version

REAL_GIT = shutil.which("git")


def fake_git(folder: Path, script: str) -> None:
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "git").chmod(0o755)


def test_the_version_of_the_installed_git_is_told() -> None:
    assert tuple(map(int, check_git().split("."))) >= (2, 31)


def test_a_missing_git_is_a_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for call in (check_git, lambda: create(tmp_path / "s.git")):
        with pytest.raises(Unavailable, match="not installed") as caught:
            call()
        assert caught.value.code == "git_missing" and "2.31" in caught.value.problems[0].hint


def test_git_vanishing_under_an_open_store_is_a_clear_sentence(
    store: Store, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="not installed"):
        store.commit({paths.policy(): b"{}"}, author=ada, subject="s", parent=None)


@pytest.mark.parametrize(("said", "code"), [("git version 2.30.9", "git_too_old"), ("busybox", "git_missing")])
def test_an_old_or_strange_git_is_refused(
    said: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_git(tmp_path, f"echo {said}")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(Unavailable) as caught:
        check_git()
    assert caught.value.code == code


def test_the_child_environment_is_closed() -> None:
    given = environment(Path("/data/x.git"))
    expected = {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "https:ssh",
        "TZ": "UTC",
        "GIT_DIR": "/data/x.git",
    }
    assert expected.items() <= given.items()


def test_what_the_child_really_gets_is_that_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_git(tmp_path, 'env; echo "args=$*"')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    out = Command(tmp_path).run("cat-file").out.decode()
    for name, value in environment(tmp_path).items():
        assert f"{name}={value}\n" in out
    assert "core.hooksPath=/dev/null" in out and "core.fsync=committed,reference" in out


def test_a_parent_that_runs_inside_a_git_hook_does_not_lead_git_astray(
    store: Store, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(tmp_path / "other.git")
    other = tmp_path / "other.git"
    for name, value in {
        "GIT_DIR": other,
        "GIT_WORK_TREE": tmp_path,
        "GIT_INDEX_FILE": other / "index",
        "GIT_OBJECT_DIRECTORY": other / "objects",
        "GIT_CONFIG_PARAMETERS": "'core.bare'='false'",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.hooksPath",
        "GIT_CONFIG_VALUE_0": str(tmp_path),
        "GIT_NAMESPACE": "elsewhere",
    }.items():
        monkeypatch.setenv(name, str(value))
    sha = store.commit({paths.policy(): b"{}"}, author=ada, subject="s", parent=None)
    assert (store.head(), store.read(sha, "policy.json"), store.log()[0].sha, store.verify()) == (sha, b"{}", sha, [])
    with Store(other) as untouched:
        assert untouched.head() is None


def test_a_failure_does_not_tell_where_the_store_lies() -> None:
    error = failed("fatal: cannot lock ref 'HEAD': Unable to create '/srv/data/demo.git/HEAD.lock': File exists.")
    assert str(error) == "git could not finish: cannot lock ref 'HEAD': Unable to create 'HEAD.lock': File exists."


def test_a_full_disk_or_unwritable_folder_is_a_clear_sentence_and_moves_nothing(
    store: Store, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_git(
        tmp_path,
        f'case "$*" in *fast-import*) echo "fatal: write error: No space left on device" >&2; exit 128;; '
        f'*) exec {REAL_GIT} "$@";; esac',
    )
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(Unavailable, match="No space left") as caught:
        store.commit({paths.policy(): b"{}"}, author=ada, subject="s", parent=None)
    assert "Free some space" in caught.value.problems[0].hint and store.head() is None


@pytest.mark.skipif(version() < FSYNC_SETTING, reason="git before 2.36 has no core.fsync")
def test_objects_and_the_branch_are_synced_to_disk(
    store: Store, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(tmp_path / "trace"))
    synced = spied_syncs(monkeypatch)
    store.commit({paths.policy(): b"{}"}, author=ada, subject="s", parent=None)
    events = [json.loads(line) for line in (tmp_path / "trace").read_text().splitlines()]
    assert any(event.get("argv", [])[-1:] == ["--done"] for event in events)  # a stream cut short writes nothing
    flushes = sum(int(event["value"]) for event in events if event.get("key") == "fsync/hardware-flush")
    assert flushes >= 4  # a file, a tree, a commit, the branch
    assert synced == [str(store.path / "refs/heads")]


def test_before_core_fsync_the_store_syncs_the_branch_itself(
    store: Store, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_git(tmp_path, f'case "$*" in *version) echo git version 2.35.1;; *) exec {REAL_GIT} "$@";; esac')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    synced = spied_syncs(monkeypatch)
    store.commit({paths.policy(): b"{}"}, author=ada, subject="s", parent=None)
    assert synced == [str(store.path / "refs/heads/main"), str(store.path / "refs/heads")]


def spied_syncs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    real = os.fsync

    def fsync(opened: int) -> None:
        seen.append(os.readlink(f"/proc/self/fd/{opened}"))
        real(opened)

    monkeypatch.setattr(os, "fsync", fsync)
    return seen
