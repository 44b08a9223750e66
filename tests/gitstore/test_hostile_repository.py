"""A repository that came from elsewhere (stack-and-threats T2): refused by name, and nothing of it is run."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from presets_app.core.errors import Refused
from presets_app.gitstore import Person, RefusedContent, Store, paths
from presets_app.gitstore.command import Command

NEON = paths.preset("neon")


def plant(place: Path, entries: list[tuple[str, str, str]]) -> str:
    """Make main a commit of exactly these (mode, path, content or id), which no honest way of writing would."""
    command = Command(place)
    lines = []
    for mode, path, content in entries:
        kind = {"160000": "commit", "040000": "tree"}.get(mode, "blob")
        oid = content
        if kind == "blob":
            oid = command.run("hash-object", "-w", "--stdin", feed=content.encode()).out.decode().strip()
        if "/" in path:
            path, _, name = path.rpartition("/")  # noqa: PLW2901 (one folder deep is enough here)
            inner = f"{mode} {kind} {oid}\t{name}\0".encode()
            oid = command.run("mktree", "-z", "--missing", feed=inner).out.decode().strip()
            mode, kind = "040000", "tree"  # noqa: PLW2901
        lines.append(f"{mode} {kind} {oid}\t{path}\0")
    tree = command.run("mktree", "-z", "--missing", feed="".join(lines).encode()).out.decode().strip()
    stream = (
        f'commit refs/heads/main\nmark :1\ncommitter M <m> 1 +0000\ndata 1\nx\nM 040000 {tree} ""\nget-mark :1\ndone\n'
    )
    done = command.run("fast-import", "--quiet", "--done", "--force", feed=stream.encode())
    assert done.status == 0, done.err
    return done.out.decode().strip()


NFD = unicodedata.normalize("NFD", "é.json")
HOSTILE = {
    "store_symlink": [("120000", "policy.json", "/etc/passwd")],
    "store_submodule": [("160000", "policy.json", "a" * 40)],
    "store_executable": [("100755", "policy.json", "{}")],
    "store_git_name": [("100644", ".gitattributes", "* filter=evil")],
    "store_name_collision": [("100644", "policy.json", "1"), ("100644", "Policy.json", "2")],
    "store_name_refused": [("100644", NFD, "1")],
}


@pytest.mark.parametrize("code", HOSTILE)
def test_what_the_store_never_writes_is_refused_by_name(code: str, store: Store) -> None:
    entries = HOSTILE[code]
    plant(store.path, entries)
    problems = [problem for problem in store.verify() if problem.code == code]
    assert problems and problems[0].severity == "error"
    assert (
        entries[-1][1].encode("unicode_escape").decode("ascii")[:6] in problems[0].message
        or code == "store_name_refused"
    )


@pytest.mark.parametrize("name", [".git", ".GIT", ".gitmodules", "git~1", ".g\u200cit", "sub/.git"])
def test_every_spelling_of_gits_own_names_is_found(name: str, store: Store) -> None:
    plant(store.path, [("100644", name, "[core]")])
    assert "store_git_name" in {problem.code for problem in store.verify()}


def test_composed_and_decomposed_names_collide(store: Store) -> None:
    plant(store.path, [("100644", NFD, "1"), ("100644", unicodedata.normalize("NFC", NFD), "2")])
    assert "store_name_collision" in {problem.code for problem in store.verify()}


@pytest.mark.parametrize("mode", ["120000", "160000", "100755"])
def test_reading_anything_but_a_plain_file_is_refused_by_name(mode: str, store: Store) -> None:
    head = plant(store.path, [(mode, "policy.json", "a" * 40)])
    with pytest.raises(RefusedContent, match=r"policy\.json is a"):
        store.read(head, "policy.json")


def test_a_link_in_place_of_a_folder_is_refused_by_name(store: Store, ada: Person) -> None:
    head = plant(store.path, [("120000", "presets", "/etc")])
    with pytest.raises(RefusedContent, match="presets is a symbolic link"):
        store.read(head, NEON)
    with pytest.raises(RefusedContent):
        store.commit({NEON: b"1"}, author=ada, subject="s", parent=head)


def config(text: str) -> Callable[[Path, str], None]:
    return lambda place, canary: (
        (place / "config").write_text((place / "config").read_text() + text.format(canary=canary)) and None
    )


def hooks(place: Path, canary: str) -> None:
    (place / "hooks").mkdir()
    for name in ("reference-transaction", "post-commit", "pre-receive", "update", "post-update"):
        (place / "hooks" / name).write_text(f"#!/bin/sh\ntouch {canary}\n")
        (place / "hooks" / name).chmod(0o755)


def alternates(place: Path, canary: str) -> None:
    (place / "objects/info").mkdir(exist_ok=True)
    (place / "objects/info/alternates").write_text("/somewhere/objects\n")


def branch_link(place: Path, canary: str) -> None:
    secret = place.parent / "secret"
    secret.write_text("s3cret")
    (place / "refs/heads/main").unlink()
    (place / "refs/heads/main").symlink_to(secret)


def branch_text(place: Path, canary: str) -> None:
    (place / "refs/heads/main").write_text("ref: refs/heads/other\n")


TAMPERED = {
    "store_config_changed fsmonitor": config("[core]\n\tfsmonitor = touch {canary}\n"),
    "store_config_changed hooks": config("[core]\n\thooksPath = /elsewhere\n"),
    "store_config_changed alias": config("[alias]\n\tlog = !touch {canary}\n"),
    "store_config_changed promisor": config(
        '[extensions]\n\tpartialClone = o\n[remote "o"]\n\turl = ext::sh -c touch% {canary}\n\tpromisor = true\n'
    ),
    "store_config_changed include": config("[include]\n\tpath = /elsewhere\n"),
    "store_foreign_file": alternates,
    "store_head_unreadable link": branch_link,
    "store_head_unreadable text": branch_text,
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_repository_is_refused_before_git_runs_on_it(
    name: str, store: Store, ada: Person, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    head = store.commit({NEON: b"1"}, author=ada, subject="one", parent=None)
    TAMPERED[name](store.path, str(canary))
    with Store(store.path) as fresh:
        assert name.split(maxsplit=1)[0] in {problem.code for problem in fresh.verify()}
        for ask in (fresh.head, fresh.log, lambda: fresh.commit({NEON: b"2"}, author=ada, subject="s", parent=head)):
            with pytest.raises(Refused) as caught:
                ask()
            assert "s3cret" not in str(caught.value)
    assert not canary.exists()


def test_hooks_never_run_and_are_named(store: Store, ada: Person, tmp_path: Path) -> None:
    hooks(store.path, str(tmp_path / "canary"))
    head = store.commit({NEON: b"1"}, author=ada, subject="one", parent=None)
    store.commit({NEON: b"2"}, author=ada, subject="two", parent=head)
    store.tidy()
    assert not (tmp_path / "canary").exists()
    assert "reference-transaction" in " ".join(problem.message for problem in store.verify())


def test_a_damaged_object_is_found_and_reading_it_says_so(store: Store, ada: Person) -> None:
    head = store.commit({NEON: b"precious"}, author=ada, subject="one", parent=None)
    blob = store.changed(None, head)[0].new_blob or ""
    loose = store.path / "objects" / blob[:2] / blob[2:]
    loose.chmod(0o644)
    loose.write_bytes(b"rubbish")
    assert "store_damaged" in {problem.code for problem in store.verify()}
    with Store(store.path) as fresh, pytest.raises(Exception, match=r"git could not finish|not in this project"):
        fresh.read(head, NEON)


def test_a_hostile_tree_does_not_fill_the_page_with_problems(store: Store) -> None:
    plant(store.path, [("120000", f"x{number}", "y") for number in range(300)])
    assert len(store.verify()) <= 100
