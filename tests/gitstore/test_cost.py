"""The cost of one save and one look must not grow with the number of presets; absolute figures are the benchmark's."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from presets_app.gitstore import Person, Store, paths
from tests.benchmarks.bench_gitstore import fill, slug

pytestmark = pytest.mark.journey  # processes that are waited for

FEW, MANY = 20, 2_000
LOOSE = 4.0  # a store that walked the whole tree would be near 100


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    made = {count: tmp_path_factory.mktemp(str(count)) / "store.git" for count in (FEW, MANY)}
    for count, place in made.items():
        fill(place, count)
    return made


def cheapest(call: Callable[[], object]) -> float:
    """CPU seconds of the cheapest of twelve calls, children included: what a busy machine adds falls away."""

    def used() -> float:
        usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(one.ru_utime + one.ru_stime for one in usage)

    costs = []
    for _ in range(12):
        before = used()
        call()
        costs.append(used() - before)
    return min(costs)


def test_a_save_costs_the_same_among_many_presets(sizes: dict[int, Path]) -> None:
    def save(place: Path) -> None:
        with Store(place) as store:
            data = str(time.time_ns()).encode()
            store.commit({paths.preset(slug(7)): data}, author=Person("Ada", "a"), subject="s", parent=store.head())

    few, many = (cheapest(lambda place=place: save(place)) for place in sizes.values())
    assert many <= few * LOOSE


def test_looking_at_one_commit_costs_the_same_among_many_presets(sizes: dict[int, Path]) -> None:
    def look(place: Path) -> None:
        with Store(place) as store:
            head = store.head() or ""
            before = store.commit_info(head).parent
            assert len(list(store.replay(before))) == 1
            assert [change.path for change in store.changed(before, head)] == [paths.preset(slug(8))]

    for place in sizes.values():
        with Store(place) as store:
            data = str(time.time_ns()).encode()
            store.commit({paths.preset(slug(8)): data}, author=Person("Ada", "a"), subject="s", parent=store.head())
    few, many = (cheapest(lambda place=place: look(place)) for place in sizes.values())
    assert many <= few * LOOSE


def test_a_read_asks_for_the_folders_on_its_way_only(sizes: dict[int, Path]) -> None:
    with Store(sizes[MANY]) as store:
        head = store.head() or ""
        assert store.read(head, paths.preset(slug(1_234)))
        assert len(store._objects._trees) == len(("root", "presets", "shard"))
