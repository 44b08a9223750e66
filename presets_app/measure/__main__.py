"""`python -m presets_app.measure`: one JSON line in, one JSON line out, within limits.

This process parses files nobody vouches for, so it is the only part of the web side that does, it knows no Django,
no secret and no database, and its parent survives its end.
"""

from __future__ import annotations

import json
import logging
import math
import os
import sys
from pathlib import Path
from typing import Any

import av

from presets_app.measure.comparing import measure, probe
from presets_app.measure.limits import Limits, allow_cpu, bound_memory, cpu_seconds, peak_mib


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
        answers.write(_spelled(answer) + "\n")
        answers.flush()
    return 0


def _spelled(answer: dict[str, Any]) -> str:
    """One line of JSON. A number that JSON cannot hold becomes null: it must not cost the rest of the measurement."""
    try:
        return json.dumps(answer, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError):
        return json.dumps(_plain(answer), allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, (str, int, bool)) or value is None:
        return value
    number = float(value)
    return number if math.isfinite(number) else None


def _answer(asked: dict[str, Any], limits: Limits) -> dict[str, Any]:
    if "tags" in asked:
        from presets_app.measure.tagging import tags_of  # noqa: PLC0415  # no pair needs it

        return tags_of(Path(asked["tags"]), limits)
    if "stills" in asked:
        from presets_app.measure.frames import stills  # noqa: PLC0415  # Pillow, which no pair needs

        return stills(asked, limits)
    if "collect" in asked:
        from presets_app.measure.collecting import collect  # noqa: PLC0415  # Pillow, which no pair needs

        return collect(asked, limits)
    if "equalize" in asked:
        from presets_app.measure.equalizing import equalize  # noqa: PLC0415  # no pair needs it

        return equalize(asked, limits)
    return probe(Path(asked["probe"]), limits) if "probe" in asked else measure(asked, limits)


if __name__ == "__main__":
    sys.exit(main())
