"""`python -m presets_app.measure`: one JSON line in, one JSON line out, within limits.

This process parses files nobody vouches for, so it is the only part of the web side that does, it knows no Django,
no secret and no database, and its parent survives its end.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

import av

from presets_app.measure.comparing import measure, probe
from presets_app.measure.limits import Limits, allow_cpu, bound_memory, cpu_seconds, peak_mib
from presets_app.measure.tags import tags_of


def main() -> int:
    limits = Limits(**json.loads(os.environ.get("MEASURE_LIMITS", "{}")))
    bound_memory(limits)
    av.logging.set_level(av.logging.PANIC)
    logging.getLogger("libav").setLevel(logging.CRITICAL)
    # A library that prints must not be able to write into the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    os.dup2(2, 1)
    spent = 0.0
    for line in sys.stdin:
        allow_cpu(limits)
        answer = _answer(json.loads(line), limits)
        now = cpu_seconds()
        answer["cost"] = {"cpu_s": round(now - spent, 4), "peak_mb": round(peak_mib(), 1)}
        spent = now
        answers.write(json.dumps(answer, allow_nan=False, ensure_ascii=False, separators=(",", ":")) + "\n")
        answers.flush()
    return 0


def _answer(asked: dict[str, Any], limits: Limits) -> dict[str, Any]:
    if "tags" in asked:
        return tags_of(Path(asked["tags"]), limits)
    return probe(Path(asked["probe"]), limits) if "probe" in asked else measure(asked, limits)


if __name__ == "__main__":
    sys.exit(main())
