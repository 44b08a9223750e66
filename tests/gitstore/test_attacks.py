"""Text that git would take for an option, an expression, a program or another file (stack-and-threats T1)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from presets_app.core.errors import Invalid
from presets_app.gitstore import Person, Store, create, paths, retrying

CANARY = "canary"
ATTACKS = [
    "--output={}",
    "--output-directory={}",
    "-u touch {}",
    "-uX",
    "ext::sh -c touch% {}",
    "../../x",
    "main\n[core]\n\tfsmonitor = touch {}",
    "-f",
    "@{{-1}}",
    "HEAD",
    "main",
    "refs/tags/main",
    "refs/heads/main",
    "a..b",
    "^main",
    ":(top)x",
    "--upload-pack=touch {}",
    "x\0y",
    "",
    "0" * 39,
    "A" * 40,
    "f" * 41,
]


# Plain words: they can name a file or, without a slash, a preset, and are still never taken for a revision.
WORDS = {"main", "refs/tags/main", "refs/heads/main", "0" * 39, "f" * 41}


def revision_entries(store: Store, text: str, head: str, ada: Person) -> list[Callable[[], object]]:
    return [
        lambda: store.read(text, "policy.json"),
        lambda: store.read_blob(text),
        lambda: store.changed(text or "-", head),
        lambda: store.changed(head, text),
        lambda: store.log(before=text),
        lambda: list(store.replay(text)),
        lambda: list(store.replay(None, text)),
        lambda: store.commit_info(text),
        lambda: list(store.paths(text, "")),
        lambda: store.commit({"policy.json": b"1"}, author=ada, subject="s", parent=text),
    ]


def path_entries(store: Store, text: str, head: str, ada: Person) -> list[Callable[[], object]]:
    return [
        lambda: store.read(head, text),
        lambda: store.log(path=text),
        lambda: list(store.paths(head, text or "-")),
        lambda: store.commit({text: b"1"}, author=ada, subject="s", parent=head),
        lambda: store.commit({text: None}, author=ada, subject="s", parent=head),
        *(
            lambda make=make: make(text)
            for make in (paths.preset, paths.inputs, paths.migration, paths.decisions, paths.live, paths.snapshot)
        ),
        lambda: paths.manifest(text, "local"),
        lambda: paths.manifest("neon", text),
    ]


@pytest.mark.parametrize("attack", ATTACKS)
def test_only_a_full_id_is_taken_for_a_revision(attack: str, store: Store, ada: Person, tmp_path: Path) -> None:
    head = store.commit({"policy.json": b"{}"}, author=ada, subject="one", parent=None)
    for call in revision_entries(store, attack.format(tmp_path / CANARY), head, ada):
        with pytest.raises(Invalid):
            call()
    assert store.head() == head
    assert [entry.name for entry in tmp_path.iterdir()] == ["store.git"]


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if attack not in WORDS])
def test_only_a_plain_name_is_taken_for_a_path(attack: str, store: Store, ada: Person, tmp_path: Path) -> None:
    head = store.commit({"policy.json": b"{}"}, author=ada, subject="one", parent=None)
    for call in path_entries(store, attack.format(tmp_path / CANARY), head, ada):
        with pytest.raises(Invalid):
            call()
    assert store.head() == head
    assert [entry.name for entry in tmp_path.iterdir()] == ["store.git"]


@pytest.mark.parametrize("word", sorted(WORDS))
def test_a_plain_word_as_a_path_is_only_a_file(word: str, store: Store, ada: Person) -> None:
    head = store.commit({word: b"1"}, author=ada, subject="one", parent=None)
    assert (store.read(head, word), list(store.paths(head, word))) == (b"1", [word])
    assert [info.sha for info in store.log(path=word)] == [head]


@pytest.mark.parametrize("attack", ATTACKS)
def test_messages_names_and_content_are_kept_as_text(attack: str, store: Store, tmp_path: Path) -> None:
    text = attack.format(tmp_path / CANARY)
    who = Person(text, text)
    sha = store.commit(
        {"policy.json": text.encode()},
        author=who,
        subject="s " + text,
        body=text,
        trailers={"Matchframe-Note": text},
        parent=None,
    )
    assert store.read(sha, "policy.json") == text.encode()
    assert [info.sha for info in store.log()] == [sha] and store.verify() == []
    assert not (tmp_path / CANARY).exists()


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a and "\0" not in a and "/" not in a.format("")])
def test_a_store_folder_with_a_hostile_name_is_only_a_folder(attack: str, ada: Person, tmp_path: Path) -> None:
    place = tmp_path / attack.format(CANARY).replace("/", "_")
    create(place)
    sha = retrying(place, lambda store, head: {"policy.json": b"{}"}, author=ada, subject="s")
    with Store(place) as store:
        assert store.head() == sha and store.verify() == []
    assert [entry.name for entry in tmp_path.iterdir()] == [place.name]


def test_a_tag_named_like_the_branch_does_not_shadow_it(store: Store, ada: Person) -> None:
    first = store.commit({"policy.json": b"1"}, author=ada, subject="one", parent=None)
    second = store.commit({"policy.json": b"2"}, author=ada, subject="two", parent=first)
    for name in ("refs/tags/main", "refs/tags/refs/heads/main", "refs/heads/" + second, "main"):
        place = store.path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(first + "\n")
    assert (store.head(), store.log()[0].sha, store.read(second, "policy.json")) == (second, second, b"2")
    with suppress(Invalid):
        store.read("main", "policy.json")
        pytest.fail("a branch name was taken for a revision")
