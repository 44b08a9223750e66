"""Verifying a folder of weights: the first look hashes every byte, a later one asks the file system.

The peer is `sha256sum` on the same files in the same run. The files are sparse, so no disk is measured.

python -m tests.benchmarks.bench_hashing [--gib 3]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from runner.hash_cache import HashCache
from runner.weights import Hashes

FILES = 30  # as many as a real checkpoint of this size has


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gib", type=float, default=3.0)
    size = int(parser.parse_args().gib * 2**30 / FILES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [folder / f"part-{number:02d}.safetensors" for number in range(FILES)]
        for path in files:
            with path.open("wb") as stream:
                stream.truncate(size)
        time.sleep(0.1)  # a file of this very moment is not remembered
        peer = seconds(lambda: subprocess.run(["sha256sum", *map(str, files)], check=True, capture_output=True))
        hashes = Hashes(HashCache(folder / "kept" / "hashes"))
        first, again = (seconds(lambda: [hashes.of(path) for path in files]) for _ in range(2))
        other = Hashes(HashCache(folder / "kept" / "hashes"))
        restarted = seconds(lambda: [other.of(path) for path in files])
    rate = size * FILES / 2**30 / first
    rows = (("sha256sum", peer), ("first look", first), ("again", again), ("again, after a restart", restarted))
    for what, took in rows:
        sys.stdout.write(f"  {what:<24}{took * 1000:10.1f} ms\n")
    sys.stdout.write(f"  {FILES} files, {size * FILES / 2**30:.1f} GiB; {rate:.2f} GiB/s hashed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
