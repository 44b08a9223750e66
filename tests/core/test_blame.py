"""Which revision gave each field its value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from presets_app.core.blame import blame
from tests.core.examples import ltx2, wan22


def by_path(*documents: dict[str, Any], whole: bool = True) -> dict[str, tuple[int, bool]]:
    """{pointer: (number of the revision, older)} for documents given newest first."""
    numbered = list(zip(range(len(documents), 0, -1), documents, strict=True))
    return {field.path: (field.by, field.older) for field in blame(numbered, whole=whole)}


def test_a_field_is_as_old_as_its_value() -> None:
    found = by_path(ltx2(fps=25, frames=129), ltx2(fps=25), ltx2())
    assert (found["/frames"], found["/fps"], found["/prompt"]) == ((3, False), (2, False), (1, False))


def test_a_value_that_went_and_came_back_belongs_to_who_brought_it_back() -> None:
    assert by_path(ltx2(fps=24), ltx2(fps=25), ltx2(fps=24))["/fps"] == (3, False)


def test_a_stage_that_moved_keeps_its_people() -> None:
    moved = wan22()
    moved["stages"].reverse()
    found = by_path(moved, wan22())
    assert set(found.values()) == {(1, False)}


def test_what_is_older_than_all_that_was_read_says_so() -> None:
    found = by_path(ltx2(fps=25), ltx2(), whole=False)
    assert found["/fps"] == (2, False)
    assert found["/prompt"] == (1, True)


def test_a_lora_is_told_by_its_file() -> None:
    with_lora = ltx2()
    with_lora["stages"][0]["loras"] = [{"file": "a", "strength": 0.8}]
    found = by_path(with_lora, ltx2())
    assert found["/stages/0/loras/0/strength"] == (2, False)
    assert found["/stages/1/loras/0/strength"] == (1, False)


def test_no_more_is_read_than_is_needed() -> None:
    read: list[int] = []

    def revisions() -> Iterator[tuple[int, dict[str, Any]]]:
        for number in (3, 2, 1):
            read.append(number)
            yield number, {"fps": number}

    assert [field.by for field in blame(revisions())] == [3]
    assert read == [3, 2]
    assert blame(iter(())) == []
