"""A writer killed at any moment leaves a repository that the next one can use."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from presets_app.core.errors import Unavailable
from presets_app.gitstore import Person, Store, create, locking, paths, retrying
from presets_app.gitstore.command import Command
from presets_app.gitstore.locking import LOCK_NAME, STALE_AFTER, WriterLock

pytestmark = pytest.mark.journey  # processes that are waited for

ROOT = Path(__file__).parents[2]
LONG_AGO = time.time() - 10_000


@pytest.mark.parametrize("whole_group", [False, True])
def test_a_writer_killed_mid_commit_loses_nothing_it_reported(whole_group: bool, place: Path, ada: Person) -> None:
    reported: list[str] = []
    for lines in (1, 3, 6):
        run = [sys.executable, "-m", "tests.gitstore.writer", str(place), f"k{lines}", "0", "forever"]
        writer = subprocess.Popen(run, stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True)
        assert writer.stdout
        reported += [writer.stdout.readline().strip() for _ in range(lines)]
        time.sleep(0.0035 * lines)  # another place in the next commit each time
        (os.killpg if whole_group else os.kill)(writer.pid, signal.SIGKILL)
        reported += [line for line in writer.stdout.read().split("\n") if len(line) == 40]
        writer.wait()
    sha = retrying(place, lambda *_: {paths.preset("after"): b"1"}, author=ada, subject="after")
    with Store(place) as store:
        history = [info.sha for info in store.log(limit=1000)]
        assert history[0] == sha and set(reported) <= set(history)
        assert store.verify() == []


def test_a_stream_cut_short_writes_nothing(place: Path) -> None:
    whole = b"commit refs/heads/main\ncommitter A <a> 1 +0000\ndata 1\nx\nM 100644 inline policy.json\ndata 2\n{}\n\n"
    assert Command(place).run("fast-import", "--quiet", "--done", feed=whole).status != 0
    with Store(place) as store:
        assert store.head() is None


@pytest.mark.parametrize("name", ["refs/heads/main.lock", "HEAD.lock", "packed-refs.lock"])
def test_a_stale_lock_of_git_is_removed_by_the_next_save(name: str, place: Path, ada: Person) -> None:
    lock = place / name
    lock.touch()
    os.utime(lock, (LONG_AGO, LONG_AGO))
    retrying(place, lambda *_: {paths.policy(): b"1"}, author=ada, subject="s")
    assert not lock.exists()


def test_fresh_locks_of_git_are_waited_for(place: Path, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "STALE_AFTER", 0.3)
    (place / "refs/heads/main.lock").touch()
    (place / "HEAD.lock").touch()
    began = time.monotonic()
    retrying(place, lambda *_: {paths.policy(): b"1"}, author=ada, subject="s")
    assert time.monotonic() - began >= 0.25


def test_creating_again_clears_what_killed_writers_left(place: Path) -> None:
    old = ["refs/heads/main.lock", "HEAD.lock", "packed-refs.lock", "objects/pack/tmp_pack_x", "fast_import_crash_1"]
    for name in old:
        (place / name).touch()
        os.utime(place / name, (LONG_AGO, LONG_AGO))
    (place / "objects/pack/tmp_pack_young").touch()
    create(place)
    assert [name for name in old if (place / name).exists()] == []
    assert (place / "objects/pack/tmp_pack_young").exists()


def test_a_lock_that_may_still_have_an_owner_is_left_alone(place: Path) -> None:
    (place / "HEAD.lock").touch()
    assert WriterLock(place).heal() == [] and (place / "HEAD.lock").exists()
    assert STALE_AFTER >= 1


def test_a_living_writer_is_waited_for_and_then_named(
    place: Path, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "_PATIENCE", 0.2)
    with (place / LOCK_NAME).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match="Another save"):
            retrying(place, lambda *_: {paths.policy(): b"1"}, author=ada, subject="s")


def test_git_inherits_the_writer_lock(place: Path) -> None:
    """So a save whose Python died still counts as alive while its git runs."""
    command = Command(place)
    with WriterLock(place).held() as lock:
        child = command.start("cat-file", "--batch", passing=(lock,))
    with (place / LOCK_NAME).open("w") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    command.end(child)
    with (place / LOCK_NAME).open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
