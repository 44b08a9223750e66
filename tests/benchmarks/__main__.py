"""`make bench`: every benchmark in turn, each against a named peer in the same run. Nothing is judged by the clock."""

from __future__ import annotations

import subprocess
import sys

BENCHES = (
    ("Comparing a pair", "bench_compare", []),
    ("The preset store", "bench_gitstore", ["--presets", "100000"]),
    ("Reading workflows", "bench_importing", []),
    ("The runner around a pipeline", "bench_runner", []),
    ("Verifying weights", "bench_hashing", []),
)


def main() -> int:
    worst = 0
    for title, module, arguments in BENCHES:
        sys.stdout.write(f"\n{title}\n")
        sys.stdout.flush()
        ended = subprocess.run([sys.executable, "-m", f"tests.benchmarks.{module}", *arguments], check=False)
        worst = max(worst, ended.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
