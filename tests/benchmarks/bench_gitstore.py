"""What the Git store costs: `python -m tests.benchmarks.bench_gitstore [--presets 100000]`.

CPU is user and system time of this process and its git children, the living ones included, as the median per call.
Goals (docs/decisions/0002-git-by-plumbing.md): save <= 15 ms and at most twice the cost at 1,000 presets; a second
read <= 1 ms; `replay` and `changed` after one commit <= 10 ms.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from presets_app.gitstore import Person, Store, create, paths
from presets_app.gitstore.command import Command

ADA = Person("Ada", "ada@example.org")
SMALL = 1_000
ROUNDS = 30
GOALS = {"save": 15.0, "second read": 1.0, "changed": 10.0, "replay": 10.0}


def document(number: int, note: str = "") -> bytes:
    """About 1.3 KB of JSON, the size of a real preset."""
    return b'{"name": "preset-%d", "note": "%s", "prompt": "%s"}\n' % (number, note.encode(), b"neon rain " * 124)


def slug(number: int) -> str:
    return f"preset-{number:06d}"


def fill(place: Path, presets: int) -> None:
    """A repository of so many presets, by one fast-import."""
    create(place)
    parts = [b"commit refs/heads/main\ncommitter Ada <ada@example.org> 1 +0000\ndata 4\nfill\n"]
    for number in range(presets):
        data = document(number)
        parts.append(b"M 100644 inline %s\ndata %d\n%s\n" % (paths.preset(slug(number)).encode(), len(data), data))
    parts.append(b"\ndone\n")
    done = Command(place).run("fast-import", "--quiet", "--done", feed=b"".join(parts))
    if done.status:
        raise SystemExit(done.err)


def cpu() -> float:
    """Seconds of this process, its dead children and its living ones (the last in ticks of 10 ms)."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    living = sum(sum(child.cpu_times()[:2]) for child in psutil.Process().children(recursive=True))
    return sum(one.ru_utime + one.ru_stime for one in used) + living


def cost(call: Callable[[int], object], rounds: int = ROUNDS, burst: int = 10) -> tuple[float, float]:
    """Milliseconds of CPU and of wall time per call, as the median over bursts of calls."""
    cpus, walls = [], []
    for number in range(0, rounds, burst):
        before, began = cpu(), time.perf_counter()
        for step in range(burst):
            call(number + step)
        walls.append((time.perf_counter() - began) / burst * 1000)
        cpus.append((cpu() - before) / burst * 1000)
    return statistics.median(cpus), statistics.median(walls)


def measured(place: Path, presets: int) -> Iterator[tuple[str, float, float]]:
    def save(number: int) -> str:
        with Store(place) as store:
            head = store.head()
            name = paths.preset(slug(number * 7919 % presets))
            return store.commit({name: document(number, f"{time.time_ns()}")}, author=ADA, subject="Save", parent=head)

    yield ("save", *cost(save, 100))
    with Store(place) as store:
        head = store.head() or ""
        before = store.commit_info(head).parent
        first = paths.preset(slug(1))
        store.read(head, first)
        yield ("second read", *cost(lambda n: store.read(head, paths.preset(slug((n + 2) % presets))), 200, 20))
        yield ("changed", *cost(lambda _: store.changed(before, head)))
        yield ("replay", *cost(lambda _: list(store.replay(before))))
        yield ("log of one path", *cost(lambda _: store.log(path=first)))

    def fresh_read(_: int) -> None:
        with Store(place) as own:
            own.read(head, first)

    yield ("open, first read, close", *cost(fresh_read))


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def report(presets: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "store.git"
        began = time.perf_counter()
        fill(place, presets)
        say(f"{presets} presets (made in {time.perf_counter() - began:.1f} s)")
        figures = {}
        for name, used, wall in measured(place, presets):
            goal = f"goal {GOALS[name]:.0f}" if name in GOALS else ""
            say(f"  {name:<24} cpu {used:7.2f} ms  wall {wall:7.2f} ms  {goal}")
            figures[name] = used
    return figures


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--presets", type=int, default=100_000)
    presets = options.parse_args().presets
    small = report(SMALL)
    if presets == SMALL:
        return
    big = report(presets)
    say(f"save at {presets} costs {big['save'] / small['save']:.2f} times the cost at {SMALL} (goal: at most 2)")
    missed = [name for name, goal in GOALS.items() if big[name] > goal]
    say(f"goals missed: {', '.join(missed) or 'none'}")


if __name__ == "__main__":
    main()
