"""A process of its own that commits, started by the tests with `<store> <name> <count> <mode>`.

It prints each commit it was told is done. Modes: `retrying` (the public way), `unlocked` (without the writer lock, so
that only git's compare-and-swap keeps history whole), `forever` (until it is killed).
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from presets_app.gitstore import GitFailed, Person, StaleParent, Store, paths, retrying
from presets_app.gitstore.locking import WriterLock

COUNTER = paths.policy()


@contextmanager
def no_lock(self: WriterLock) -> Iterator[int]:
    yield 2


def write(place: Path, name: str, number: int) -> str:
    def build(store: Store, head: str | None) -> dict[str, bytes | None]:
        seen = int(store.read(head, COUNTER) or b"0") if head else 0
        return {COUNTER: str(seen + 1).encode(), paths.preset(f"{name}-{number}"): name.encode() * 500}

    while True:
        try:
            return retrying(place, build, author=Person(name, name), subject=f"{name} {number}")
        except (StaleParent, GitFailed):
            if WriterLock.held is not no_lock:
                raise


def main() -> None:
    place, name, count, mode = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
    if mode == "unlocked":
        WriterLock.held = no_lock  # type: ignore[method-assign]
    for number in itertools.count() if mode == "forever" else range(count):
        sys.stdout.write(write(place, name, number) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
