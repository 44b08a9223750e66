from __future__ import annotations

import json

from presets_app.core.errors import Invalid
from presets_app.core.problems import Failure, Problem, has_errors

WARNING = Problem("size_rule", "warning", "/height", "The height is odd.")
ERROR = Problem("frames_rule", "error", "/frames", "The frames are odd.", "Use 121.", "a source")


def test_a_problem_is_json_with_every_field():
    assert json.loads(json.dumps(ERROR.as_json())) == {
        "code": "frames_rule",
        "severity": "error",
        "path": "/frames",
        "message": "The frames are odd.",
        "hint": "Use 121.",
        "source": "a source",
    }


def test_only_errors_count_as_errors():
    assert not has_errors([])
    assert not has_errors([WARNING])
    assert has_errors(problem for problem in (WARNING, ERROR))


def test_a_refusal_carries_its_problems_and_speaks_with_the_first_error():
    refusal = Invalid.of([WARNING, ERROR])
    assert str(refusal) == ERROR.message
    assert refusal.problems == (WARNING, ERROR)


def test_a_refusal_without_problems_makes_its_own():
    refusal = Invalid("No.", code="nothing", hint="Say more.")
    assert refusal.problems == (Problem("nothing", "error", "", "No.", "Say more."),)
    assert refusal.code == "nothing"


def test_a_failure_survives_json():
    failure = Failure("service", "busy", "later", "The service is busy.", "Wait.", {"status": 503})
    assert Failure.from_json(json.loads(json.dumps(failure.as_json()))) == failure
