"""Writing and reading one project's documents."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from presets_app.core.errors import Conflict, Invalid, NotFound, Refused
from presets_app.gitstore import (
    NothingToCommit,
    PathChange,
    Person,
    RefusedContent,
    RevisionNotFound,
    StaleParent,
    Store,
    WrongThread,
    create,
    paths,
)

NEON, RAIN = paths.preset("neon"), paths.preset("rain")


def test_what_was_committed_is_read_back_with_its_author_and_time(store: Store, ada: Person) -> None:
    at = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert store.head() is None
    sha = store.commit({NEON: b"\x00{}\n"}, author=ada, subject="Add neon", body="For the trailer.", parent=None, at=at)
    info = store.commit_info(sha)
    assert (store.head(), store.read(sha, NEON), store.read(sha, RAIN)) == (sha, b"\x00{}\n", None)
    assert (info.author, info.at, info.subject, info.body, info.parent) == (
        ada,
        at,
        "Add neon",
        "For the trailer.",
        None,
    )


def test_an_older_revision_stays_readable_after_a_change_and_a_deletion(store: Store, ada: Person) -> None:
    first = store.commit({NEON: b"1", RAIN: b"r"}, author=ada, subject="one", parent=None)
    second = store.commit({NEON: b"2", RAIN: None}, author=ada, subject="two", parent=first)
    assert [store.read(first, NEON), store.read(second, NEON), store.read(second, RAIN)] == [b"1", b"2", None]
    kinds = {change.path: change.kind for change in store.changed(first, second)}
    assert kinds == {NEON: "modified", RAIN: "deleted"}
    blob = next(change.new_blob for change in store.changed(first, second) if change.path == NEON)
    assert blob is not None and store.read_blob(blob) == b"2"


def test_a_stale_parent_is_refused_and_names_what_changed_and_by_whom(store: Store, ada: Person, grace: Person) -> None:
    first = store.commit({NEON: b"1"}, author=ada, subject="one", parent=None)
    second = store.commit({NEON: b"2"}, author=grace, subject="two", parent=first)
    with pytest.raises(StaleParent) as caught:
        store.commit({NEON: b"3", RAIN: b"3"}, author=ada, subject="three", parent=first)
    assert isinstance(caught.value, Conflict)
    assert "Grace" in str(caught.value) and NEON in str(caught.value)
    assert (caught.value.expected, caught.value.actual, caught.value.overlapping) == (first, second, (NEON,))
    assert (store.head(), store.read(second, NEON)) == (second, b"2")


@pytest.mark.parametrize("parent", [None, "a" * 40])
def test_a_parent_that_is_not_the_head_is_refused_however_wrong_it_is(store: Store, ada: Person, parent: str) -> None:
    head = store.commit({NEON: b"1"}, author=ada, subject="one", parent=None)
    with pytest.raises(StaleParent):
        store.commit({NEON: b"2"}, author=ada, subject="two", parent=parent)
    assert store.head() == head


def test_a_commit_that_changes_nothing_is_refused_unless_asked_for(store: Store, ada: Person) -> None:
    first = store.commit({NEON: b"1"}, author=ada, subject="one", parent=None)
    with pytest.raises(NothingToCommit):
        store.commit({NEON: b"1", RAIN: None}, author=ada, subject="again", parent=first)
    second = store.commit({NEON: b"1"}, author=ada, subject="again", parent=first, allow_empty=True)
    assert store.changed(first, second) == []


def test_a_file_can_neither_replace_a_folder_nor_lie_inside_a_file(store: Store, ada: Person) -> None:
    head = store.commit({"policy.json": b"{}", NEON: b"1"}, author=ada, subject="one", parent=None)
    for changes in ({"policy.json/x": b"1"}, {"presets": b"1"}, {"new": b"1", "new/x": b"1"}):
        with pytest.raises((RefusedContent, Invalid)):
            store.commit(changes, author=ada, subject="no", parent=head)
    assert store.head() == head


def test_the_log_is_newest_first_pages_by_the_last_seen_commit_and_filters_by_path(store: Store, ada: Person) -> None:
    head = None
    for number in range(6):
        path = NEON if number % 2 else RAIN
        head = store.commit({path: str(number).encode()}, author=ada, subject=f"n{number}", parent=head)
    page = store.log(limit=4)
    assert [info.subject for info in page] == ["n5", "n4", "n3", "n2"]
    assert [info.subject for info in store.log(limit=4, before=page[-1].sha)] == ["n1", "n0"]
    assert store.log(before=store.log()[-1].sha) == []
    assert [info.subject for info in store.log(path=NEON)] == ["n5", "n3", "n1"]


def test_replay_tells_every_commit_oldest_first_with_its_changes(store: Store, ada: Person) -> None:
    first = store.commit({NEON: b"1"}, author=ada, subject="one", parent=None)
    second = store.commit({}, author=ada, subject=":000000 000000 odd", parent=first, allow_empty=True)
    third = store.commit({RAIN: b"2", NEON: None}, author=ada, subject="three", parent=second)
    steps = list(store.replay(None))
    assert [info.sha for info, _ in steps] == [first, second, third]
    assert [[(c.kind, c.path) for c in changes] for _, changes in steps] == [
        [("added", NEON)],
        [],
        sorted([("deleted", NEON), ("added", RAIN)], key=lambda change: change[1]),
    ]
    assert [info.sha for info, _ in store.replay(first, second)] == [second]
    assert list(store.replay(third)) == []


def test_an_empty_store_answers_every_question(store: Store) -> None:
    assert (store.head(), store.log(), list(store.replay(None)), store.verify()) == (None, [], [], [])


def test_a_well_formed_revision_that_is_not_there_is_not_found(store: Store, ada: Person) -> None:
    store.commit({NEON: b"1"}, author=ada, subject="one", parent=None)
    absent = "b" * 40
    for ask in (
        lambda: store.read(absent, NEON),
        lambda: store.read_blob(absent),
        lambda: store.changed(None, absent),
        lambda: store.commit_info(absent),
        lambda: store.log(before=absent),
        lambda: list(store.replay(absent)),
        lambda: list(store.paths(absent, "")),
    ):
        with pytest.raises(RevisionNotFound):
            ask()


def test_a_blob_id_that_is_a_commit_is_refused(store: Store, ada: Person) -> None:
    with pytest.raises(RefusedContent, match="is a commit"):
        store.read_blob(store.commit({NEON: b"1"}, author=ada, subject="one", parent=None))


def test_a_store_refuses_another_thread_and_says_so(store: Store) -> None:
    caught: list[BaseException] = []

    def elsewhere() -> None:
        try:
            store.head()
        except WrongThread as error:
            caught.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert "another thread" in str(caught[0])


def test_a_store_refuses_a_forked_process(store: Store) -> None:
    child = os.fork()
    if child == 0:
        try:
            store.head()
        except WrongThread:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_no_child_and_no_pipe_is_left_after_close(place: Path, ada: Person) -> None:
    me = psutil.Process()
    before, files = {child.pid for child in me.children()}, me.num_fds()
    with Store(place) as store:
        head = None
        for number in range(3):
            head = store.commit({NEON: str(number).encode()}, author=ada, subject="n", parent=head)
        assert store.read(head or "", NEON) == b"2"
        half_read = store.replay(None)
        next(half_read)
        assert {child.pid for child in me.children()} - before
    assert {child.pid for child in me.children()} == before
    assert me.num_fds() == files


def test_a_killed_reading_child_is_reported_and_replaced(place: Path, ada: Person) -> None:
    me = psutil.Process()
    with Store(place) as store:
        head = store.commit({NEON: b"1"}, author=ada, subject="n", parent=None)
        store.read(head, RAIN)
        for child in me.children():
            if "cat-file" in child.cmdline():
                child.kill()
                child.wait()
        with pytest.raises(Exception, match="git could not finish"):
            store.read_blob(store.changed(None, head)[0].new_blob or "")
        assert store.read(head, NEON) == b"1"


def test_history_survives_tidying(store: Store, ada: Person) -> None:
    head = None
    for number in range(5):
        head = store.commit({NEON: str(number).encode()}, author=ada, subject=f"n{number}", parent=head)
    store.tidy()
    assert len(store.log(path=NEON)) == 5 and store.verify() == []
    assert not list(store.path.glob("objects/[0-9a-f][0-9a-f]/*"))
    assert store.commit({NEON: b"after"}, author=ada, subject="after", parent=head) == store.head()


def test_creating_again_changes_nothing_and_heals_a_half_made_repository(place: Path, ada: Person) -> None:
    with Store(place) as store:
        head = store.commit({NEON: b"1"}, author=ada, subject="one", parent=None)
    (place / "HEAD").write_text("")
    (place / "config").write_text("[core\n")
    with Store(place) as store, pytest.raises(RefusedContent):
        store.head()
    create(place)
    with Store(place) as store:
        assert (store.head(), store.read(head, NEON), store.verify()) == (head, b"1", [])


def test_a_folder_with_other_things_is_not_turned_into_a_repository(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(Invalid, match=r"thesis\.txt"):
        create(tmp_path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["thesis.txt"]


def test_a_missing_repository_is_not_found(tmp_path: Path) -> None:
    with Store(tmp_path / "none.git") as store, pytest.raises(NotFound):
        store.head()


def test_a_file_above_the_limit_is_refused_before_git_sees_it(store: Store, ada: Person) -> None:
    with pytest.raises(Refused, match="16 MiB"):
        store.commit({NEON: b"0" * ((16 << 20) + 1)}, author=ada, subject="big", parent=None)


def test_changes_of_a_first_commit_are_additions(store: Store, ada: Person) -> None:
    sha = store.commit({NEON: b"1"}, author=ada, subject="one", parent=None)
    (change,) = store.changed(None, sha)
    assert change == PathChange(NEON, "added", None, change.new_blob)
    assert list(store.paths(sha, "presets/")) == [NEON]
