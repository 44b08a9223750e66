from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from presets_app.core import schema
from presets_app.core.pointers import parts_of
from tests.core.examples import ltx2, wan22

TOKEN = "hf_" + "Q7" * 15


def changed(path: str, value: Any, document: dict[str, Any] | None = None) -> dict[str, Any]:
    """The example preset with one value set."""
    document = document or ltx2()
    inner: Any = document
    *parents, last = parts_of(path)
    for part in parents:
        inner = inner[int(part)] if isinstance(inner, list) else inner[part]
    inner[int(last) if isinstance(inner, list) else last] = value
    return document


@pytest.mark.parametrize("document", [ltx2(), wan22()])
def test_a_good_preset_has_no_problems(document: dict[str, Any]):
    assert schema.validate(document) == []


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/format", "matchframe/preset/9", "format_unsupported"),
        ("/name", "../x", "name_invalid"),
        ("/name", "x" * 121, "name_invalid"),
        ("/family", "sora", "schema_choice"),
        ("/task", "dance", "schema_choice"),
        ("/task", "s2v", "task_not_for_family"),
        ("/prompt", "x" * 1_000_000, "prompt_too_long"),
        ("/prompt", 7, "schema_type"),
        ("/width", 8, "schema_minimum"),
        ("/height", 100_000, "schema_maximum"),
        ("/frames", 12.5, "schema_type"),
        ("/frames", 0, "schema_minimum"),
        ("/fps", "24", "schema_pattern"),
        ("/fps", "30000/0", "schema_pattern"),
        ("/fps", "24/1\n", "schema_pattern"),
        ("/fps", 0, "schema_minimum"),
        ("/fps", 1000, "schema_maximum"),
        ("/fps", True, "schema_type"),
        ("/fps", None, "schema_type"),
        ("/models", {"No Such": []}, "schema_key"),
        ("/models/vae", "x", "schema_type"),
        ("/stages", [], "schema_count"),
        ("/stages/0/role", "Base Stage", "schema_pattern"),
        ("/stages/0/steps", 0, "schema_minimum"),
        ("/stages/0/seed", 2**64, "seed_range"),
        ("/stages/0/seed", -1, "seed_range"),
        ("/stages/0/seed", "10", "schema_type"),
        ("/prompt_expansion/seed", 2**64, "seed_range"),
        ("/stages/0/cfg", 3, "schema_unknown_field"),
        ("/stages/0/denoise", 1.5, "schema_maximum"),
        ("/stages/1/sigmas", [1], "schema_count"),
        ("/stages/1/loras/0", {"strength": 1}, "schema_required"),
        ("/stages/1/scale", 0, "schema_minimum"),
        ("/inputs/image", {"sha256": "abc"}, "schema_pattern"),
        ("/inputs/image", 5, "schema_type"),
        ("/output/crf", 99, "schema_maximum"),
        ("/output/container", "exe", "schema_choice"),
        ("/runtime/offload", "disk", "schema_choice"),
        ("/runtime/dtype", "bf16", "schema_choice"),
        ("/environment", ["a value"], "secret_in_environment"),
        ("/aspect_ratio", "wide", "schema_pattern"),
        ("/shots", [{"seconds": 5}], "schema_required"),
        ("/hardware/min_vram_gib", -1, "schema_minimum"),
        ("/extra", 1, "schema_unknown_field"),
    ],
)
def test_one_wrong_value_is_one_problem_at_its_place(path: str, value: Any, code: str):
    problems = schema.validate(changed(path, value))
    assert [problem.code for problem in problems] == [code]
    assert problems[0].path.startswith(path)
    assert problems[0].severity == "error"
    assert problems[0].message.endswith(".")


@pytest.mark.parametrize("key", ["format", "name", "family", "task", "prompt", "width", "frames", "fps", "stages"])
def test_a_missing_field_is_named_and_a_draft_may_lack_it(key: str):
    document = ltx2()
    del document[key]
    (problem,) = schema.validate(document)
    assert (problem.code, problem.path, problem.severity) == ("schema_required", f"/{key}", "error")
    assert f"`{key}`" in problem.message
    (drafted,) = schema.validate(document, draft=True)
    assert drafted.severity == ("error" if key == "format" else "warning")


def test_a_drafts_wrong_values_are_still_errors():
    (problem,) = schema.validate(changed("/stages/0/seed", -1), draft=True)
    assert problem.severity == "error"


@pytest.mark.parametrize("fps", [24, 23.976, "30000/1001", "24/1"])
def test_a_frame_rate_is_a_number_or_a_fraction(fps: Any):
    assert schema.validate(ltx2(fps=fps)) == []


@pytest.mark.parametrize("seed", [0, 2**64 - 1])
def test_the_whole_range_of_seeds_is_allowed(seed: int):
    assert schema.validate(changed("/stages/0/seed", seed)) == []


def test_minus_one_as_a_seed_is_explained():
    (problem,) = schema.validate(changed("/stages/0/seed", -1))
    assert "found -1" in problem.message
    assert "random" in problem.hint


def test_a_message_names_the_field_the_limit_and_the_value():
    (problem,) = schema.validate(changed("/stages/1/steps", 20_000))
    assert problem.message == "Steps of stage 2 must be at most 10000; found 20000."


def test_a_prompt_of_a_megabyte_is_counted_and_not_repeated():
    (problem,) = schema.validate(ltx2(prompt="x" * 1_000_000))
    assert problem.message == "Prompt may have at most 10,000 characters; found 1,000,000."


def test_a_single_image_has_one_frame():
    (problem,) = schema.validate(ltx2(task="t2i"))
    assert (problem.code, problem.path) == ("frames_rule", "/frames")


def test_a_known_foreign_name_gets_its_own_name_here():
    (problem,) = schema.validate(changed("/stages/0/cfg", 3))
    assert problem.hint == "Use `guidance`."


@pytest.mark.parametrize(
    "document",
    [
        changed("/extra", TOKEN),
        changed(f"/{TOKEN}", 1),
        changed("/models", {TOKEN: [1]}),
        changed("/environment", [TOKEN, "a" * 64]),
        changed("/environment", {"KEY": TOKEN}),
        changed("/family", TOKEN),
        changed("/headers", {"Authorization": "Bearer " + TOKEN}),
        changed("/stages/0/role", TOKEN),
    ],
)
def test_no_message_repeats_a_secret(document: dict[str, Any]):
    problems = schema.validate(document)
    assert problems
    told = json.dumps([problem.as_json() for problem in problems])
    assert TOKEN not in told
    assert "a" * 64 not in told


def test_a_secret_of_this_installation_is_not_repeated_either():
    problems = schema.validate(ltx2(family="correct horse battery"), known=["correct horse battery"])
    assert "correct horse" not in str(problems)


@pytest.mark.parametrize("value", [None, 5, "text", [], [{}], True])
def test_anything_may_be_asked_about(value: Any):
    assert schema.validate(value)


def test_ten_thousand_faults_are_not_ten_thousand_sentences():
    document = ltx2(environment=[{}] * 10_000, stages=[{"seed": -1, "x": 1}] * 2_000, models={"vae": [1] * 5_000})
    begun = time.process_time()
    assert len(schema.validate(document)) <= schema.PROBLEM_LIMIT
    assert time.process_time() - begun < 5  # measured 0.5 s
    assert len(schema.validate({f"k{index}": 1 for index in range(5_000)})) <= schema.PROBLEM_LIMIT


class _Counting(BaseHTTPRequestHandler):
    hits = 0

    def do_GET(self) -> None:
        type(self).hits += 1
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"type": "integer"}')

    def log_message(self, *_args: object) -> None:
        """Quiet."""


def test_a_remote_reference_is_never_fetched():
    server = HTTPServer(("127.0.0.1", 0), _Counting)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    remote = f"http://127.0.0.1:{server.server_port}/schema.json"
    try:
        with pytest.raises(Exception, match=r"schema\.json"):
            list(schema.validator_for({"properties": {"a": {"$ref": remote}}}).iter_errors({"a": "x"}))
        assert _Counting.hits == 0
        # The document's own $schema and $ref are nothing but unknown fields.
        assert {p.code for p in schema.validate(ltx2(**{"$schema": remote, "$ref": remote}))} == {
            "schema_unknown_field"
        }
        assert _Counting.hits == 0
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
