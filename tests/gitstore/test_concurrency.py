"""Many writers at once: every commit reported done is in history, and no update is lost."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from presets_app.gitstore import Person, StaleParent, Store, paths, retrying

pytestmark = pytest.mark.journey  # processes that are waited for

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mode", ["retrying", "unlocked"])
def test_every_commit_that_four_processes_report_is_in_history(mode: str, place: Path) -> None:
    run = [sys.executable, "-m", "tests.gitstore.writer", str(place)]
    writers = [
        subprocess.Popen([*run, f"w{n}", "25", mode], stdout=subprocess.PIPE, text=True, cwd=ROOT) for n in range(4)
    ]
    reported = [line for writer in writers for line in writer.communicate(timeout=200)[0].split()]
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    with Store(place) as store:
        history = {info.sha for info in store.log(limit=1000)}
        assert len(reported) == len(set(reported)) == 100
        assert set(reported) == history
        assert store.read(store.head() or "", paths.policy()) == b"100"
        assert store.verify() == []


def test_threads_each_with_their_own_store_read_their_own_bytes(place: Path, ada: Person) -> None:
    slugs = [f"preset-{number}" for number in range(40)]
    with Store(place) as store:
        head = store.commit(
            {paths.preset(slug): slug.encode() for slug in slugs}, author=ada, subject="all", parent=None
        )
    wrong: list[str] = []

    def read() -> None:
        with Store(place) as own:
            wrong.extend(slug for slug in slugs * 5 if own.read(head, paths.preset(slug)) != slug.encode())

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_retrying_builds_again_on_what_the_faster_one_wrote(place: Path, ada: Person, grace: Person) -> None:
    seen: list[str | None] = []

    def build(store: Store, head: str | None) -> dict[str, bytes | None]:
        seen.append(head)
        if len(seen) == 1:
            retrying(place, lambda *_: {paths.preset("rain"): b"1"}, author=grace, subject="faster")
        return {paths.preset("neon"): b"1"}

    sha = retrying(place, build, author=ada, subject="mine")
    with Store(place) as store:
        assert len(seen) == 2 and store.commit_info(sha).parent == seen[1]
        assert store.read(sha, paths.preset("rain")) == b"1"


def test_a_foreign_git_that_keeps_winning_is_told_in_the_end(place: Path, ada: Person, grace: Person) -> None:
    """The writer lock is ours alone; somebody who moves the branch by other means is still never overwritten."""

    def build(store: Store, head: str | None) -> dict[str, bytes | None]:
        with Store(place) as foreign:
            foreign._lock._held = 2  # as if it knew nothing of the lock
            foreign.commit({paths.policy(): (head or "first").encode()}, author=grace, subject="f", parent=head)
        return {paths.preset("neon"): b"1"}

    with pytest.raises(StaleParent, match="Grace"):
        retrying(place, build, author=ada, subject="mine", attempts=3)
    with Store(place) as store:
        assert {info.author.name for info in store.log()} == {"Grace"}
