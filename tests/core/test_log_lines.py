from __future__ import annotations

import json

from presets_app.core.log_lines import differences


def log(steps: int = 4, seconds: float = 2.0, *said: str) -> str:
    facts = {"call": {"seed": 10, "steps": steps}, "timings": {"denoise": seconds, "total": seconds + 1}}
    return "\n".join([json.dumps(facts, indent=1, sort_keys=True), *said])


def test_a_changed_argument_is_named_by_its_lines():
    (line,) = differences(log(4), log(8))
    assert (line.kind, line.before, line.after) == ("changed", '  "steps": 4', '  "steps": 8')
    assert line.line_before == line.line_after == 4


def test_seconds_and_moments_are_no_difference_and_new_warnings_are():
    told = '{"at": "2026-11-20T10:00:00.001+00:00", "event": "loaded", "pid": 311}'
    later = '{"at": "2026-11-21T09:30:00.250+00:00", "event": "loaded", "pid": 42}'
    (line,) = differences(log(4, 2.0, told), log(4, 9.5, later, "Warning: attention falls back to math"))
    assert (line.kind, line.line_before, line.after) == ("added", None, "Warning: attention falls back to math")


def test_a_line_that_is_gone_keeps_its_number():
    (line,) = differences("one\ntwo\nthree", "one\nthree")
    assert line.as_json() == {"kind": "removed", "line_before": 2, "line_after": None, "before": "two", "after": None}


def test_two_texts_without_anything_in_common_end_in_time():
    old, new = ("\n".join(f"{name} {n}" for n in range(20_000)) for name in ("left", "right"))
    assert {line.kind for line in differences(old, new)} == {"changed"}
