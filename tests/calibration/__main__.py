"""`python -m tests.calibration`: plant known changes in clips drawn by code and see what the comparison makes of them.

Exit 1 when a harmful change was missed or misnamed, or a benign one did not pass.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.calibration import renders, tables
from tests.calibration.bases import BASES, Base
from tests.calibration.planting import CHANGES, Case, judged, wanted

QUICK_BASES = ("shapes-320x192", "night-384x224", "crowd-336x192", "ticker-352x240")


def main(argv: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(argv)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    begun = time.monotonic()
    cases = run(asked)
    if asked.json:
        json.dump(tables.as_json(cases), sys.stdout, indent=1)
        sys.stdout.write("\n")
    else:
        for line in tables.lines(cases, every=asked.every):
            sys.stdout.write(line + "\n")
        sys.stdout.write(f"{len(cases)} pairs in {time.monotonic() - begun:.0f} s\n")
    kept = tables.met(cases) if asked.strict else tables.held(cases)
    return 0 if cases and kept else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.calibration", description=__doc__)
    parser.add_argument("--only", default="", metavar="TEXT", help="a code, a change, or part of set/clip/change")
    parser.add_argument("--set", choices=("tuning", "held-out"), help="one of the two sets")
    parser.add_argument("--quick", action="store_true", help="four clips, a part of the changes")
    parser.add_argument("--json", action="store_true", help="every pair with its numbers")
    parser.add_argument("--every", action="store_true", help="list right answers too")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the files there, and use those kept before")
    parser.add_argument("--strict", action="store_true", help="exit with 1 for anything but right and passed")
    parser.add_argument("--share", type=int, default=5, help="each clip gets one in so many harmful changes")
    parser.add_argument("--processes", type=int, default=2)
    return parser


def run(asked: argparse.Namespace) -> list[Case]:
    """Every pair asked for, in the order of changes."""
    work = [job for base in _bases(asked) if (job := _job(base, asked))[1]]
    work.sort(key=lambda job: -job[0].width * job[0].height * job[0].frames * len(job[1]))
    with ProcessPoolExecutor(asked.processes, get_context("spawn")) as pool:
        rendered = (
            [] if asked.quick else [pool.submit(renders.judged, set_, asked.only, asked.keep) for set_ in _sets(asked)]
        )
        drawn = [pool.submit(judged, base, names, keep) for base, names, keep in work]
        cases = [case for future in (*drawn, *rendered) for case in future.result()]
    order = {change.name: place for place, change in enumerate(CHANGES)}
    return sorted(cases, key=lambda case: (order.get(case.change, 999), case.set, case.base))


def _sets(asked: argparse.Namespace) -> tuple[str, ...]:
    return (asked.set,) if asked.set else ("tuning", "held-out")


def _bases(asked: argparse.Namespace) -> list[Base]:
    found = [base for base in BASES if base.set in _sets(asked)]
    return [base for base in found if base.name in QUICK_BASES] if asked.quick else found


def _job(base: Base, asked: argparse.Namespace) -> tuple[Base, tuple[str, ...], Path | None]:
    share = 11 if asked.quick else asked.share
    chosen = [change for place, change in enumerate(CHANGES) if wanted(base, change, place, asked.only, share)]
    if asked.quick:
        chosen = [change for place, change in enumerate(chosen) if change.kind != "benign" or place % 3 == 0]
    keep = asked.keep / base.set / base.name if asked.keep else None
    return base, tuple(change.name for change in chosen), keep


if __name__ == "__main__":
    sys.exit(main())
