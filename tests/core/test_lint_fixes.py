from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presets_app.core import lints
from presets_app.core.lints import fixes
from presets_app.core.problems import Problem
from tests.core.examples import ltx2, wan22
from tests.core.test_lints import JSON

Document = dict[str, Any]


def staged(document: Document, index: int, **values: Any) -> Document:
    document["stages"][index].update(values)
    return document


def without(document: Document, *path: Any) -> Document:
    holder: Any = document
    for part in path[:-1]:
        holder = holder[part]
    del holder[path[-1]]
    return document


LORAS = [{"file": "a.safetensors", "strength": 0}, {"file": "b.safetensors", "strength": 0}]
# For every code with a fix, documents that have the problem and can be mended by one click.
MENDABLE: dict[str, list[Callable[[], Document]]] = {
    "frames_rule": [lambda: ltx2(frames=122), lambda: ltx2(frames=8), lambda: wan22(frames=2)],
    "size_rule": [ltx2, lambda: wan22(width=1285), lambda: ltx2(width=16, height=16)],
    "fps_for_family": [lambda: wan22(fps=24), lambda: wan22(fps="30000/1001", output={"fps": "30000/1001"})],
    "fps_of_output": [lambda: wan22(output={"fps": 24})],
    "stage_role_twice": [lambda: staged(wan22(), 1, role="high_noise"), lambda: wan22(stages=[{"role": "a" * 40}] * 3)],
    "steps_sigmas": [lambda: staged(ltx2(), 1, steps=4)],
    "sigmas_and_scheduler": [lambda: staged(ltx2(), 1, scheduler="simple")],
    "end_step_clamped": [lambda: staged(wan22(), 1, end_step=10_000)],
    "step_gap": [
        lambda: staged(wan22(), 1, start_step=12),
        lambda: staged(staged(wan22(), 0, end_step=30), 1, steps=9),
    ],
    "flow_shift": [lambda: staged(wan22(), 0, shift=12), lambda: staged(wan22(width=832, height=480), 1, shift=8)],
    "flow_shift_unstated": [lambda: without(wan22(), "stages", 1, "shift")],
    "distilled_guidance": [lambda: staged(ltx2(), 1, guidance=3)],
    "one_step_nan": [lambda: staged(ltx2(), 0, steps=1)],
    "wan_vae_dtype": [lambda: wan22(runtime={"vae_dtype": "bfloat16"}), lambda: wan22(runtime={"dtype": "float16"})],
    "wan_vae_unstated": [lambda: without(wan22(), "runtime")],
    "noise_device": [lambda: wan22(runtime={"vae_dtype": "float32", "noise_device": "mps"})],
    "vae_decode_large": [lambda: without(ltx2(width=1920, height=1088, frames=257), "hardware")],
    "vram_short": [lambda: ltx2(hardware={"min_vram_gib": 40}, runtime={"offload": "none", "dtype": "bfloat16"})],
    "lora_strength_zero": [lambda: staged(wan22(), 0, loras=copy.deepcopy(LORAS))],
    "lora_strength_high": [lambda: staged(wan22(), 0, loras=[{"file": "a.safetensors", "strength": -3}])],
    "path_not_portable": [
        lambda: staged(wan22(), 0, model="C:\\models\\high.safetensors"),
        lambda: ltx2(models={"v": ["../x"]}),
    ],
    "shots_for_family": [lambda: wan22(shots=[{"prompt": "x"}])],
    "audio_for_family": [lambda: wan22(audio={"generate": True})],
    "schema_unknown_field": [lambda: staged(without(wan22(), "stages", 0, "guidance"), 0, cfg=4.5)],
    "schema_type": [lambda: wan22(negative_prompt=None)],
    "secret_in_environment": [
        lambda: wan22(environment=["WAVESPEED_API_KEY=hunter2hunter2"]),
        lambda: wan22(environment={"WAVESPEED_API_KEY": "0123456789abcdef" * 4}),
    ],
}
CASES = [
    pytest.param(code, maker, id=f"{code}-{at}") for code, makers in MENDABLE.items() for at, maker in enumerate(makers)
]


def count(document: Document, code: str) -> int:
    return sum(problem.code == code for problem in lints.review(document))


def test_every_fix_is_tried_here():
    assert set(MENDABLE) == fixes.CODES


@pytest.mark.parametrize(("code", "maker"), CASES)
def test_a_fix_takes_its_problem_away_and_makes_no_error(code: str, maker: Callable[[], Document]):
    document = maker()
    before = copy.deepcopy(document)
    problem = next(problem for problem in lints.review(document) if problem.code == code)
    fix = fixes.fix_for(problem, document)
    assert fix is not None
    mended = fixes.apply(document, fix)
    assert document == before
    assert count(mended, code) < count(before, code)
    new = {(p.code, p.path) for p in lints.review(mended) if p.severity == "error"}
    assert new <= {(p.code, p.path) for p in lints.review(before)}
    json.dumps(fix.as_json(), allow_nan=False)


def test_the_nearest_frame_count_is_offered():
    (problem,) = [problem for problem in lints.check(ltx2(frames=123)) if problem.code == "frames_rule"]
    fix = fixes.fix_for(problem, ltx2(frames=123))
    assert fix is not None
    assert fix.as_json() == {"label": "Use 121 frames", "changes": [{"pointer": "/frames", "value": 121}]}


def test_a_rename_keeps_the_value():
    document = staged(without(wan22(), "stages", 0, "guidance"), 0, cfg=4.5)
    problem = next(problem for problem in lints.review(document) if problem.path == "/stages/0/cfg")
    fix = fixes.fix_for(problem, document)
    assert fix is not None
    assert fixes.apply(document, fix)["stages"][0]["guidance"] == 4.5


@pytest.mark.parametrize(
    "document",
    [
        staged(wan22(), 0, cfg=4.5),  # guidance is there already: which of the two was meant?
        wan22(lighting="soft"),
        wan22(inputs={"image": "/home/ada/face.png"}),
        wan22(environment=["hunter2"]),
        wan22(environment={"hunter two": "x"}),
        wan22(frames="81"),
    ],
)
def test_where_a_person_has_to_decide_there_is_no_fix(document: Document):
    hard = [problem for problem in lints.review(document) if problem.code != "wan_vae_dtype"]
    assert hard
    assert [fixes.fix_for(problem, document) for problem in hard] == [None] * len(hard)


def test_a_fix_of_the_environment_holds_no_value():
    for value in ("WAVESPEED_API_KEY=hunter2hunter2", "0123456789abcdef" * 4):
        document = wan22(environment=[value])
        problem = next(problem for problem in lints.review(document) if problem.code == "secret_in_environment")
        fix = fixes.fix_for(problem, document)
        told = json.dumps([fix.as_json() if fix else None, problem.as_json()])
        assert "hunter2" not in told
        assert "0123456789abcdef" not in told


def test_a_fix_repeats_no_secret():
    token = "hf_abcdefghij0123456789KLMNOP"
    for document, known in (
        (wan22(models={"v": [f"/x/{token}"]}), []),
        (wan22(models={"v": ["/x/tangerine"]}), ["tangerine"]),
    ):
        problem = next(problem for problem in lints.review(document) if problem.code == "path_not_portable")
        assert fixes.fix_for(problem, document, known) is None


def test_a_pointer_that_leads_nowhere_is_refused():
    for pointer in ("", "/stages/9/seed", "/stages/x", "/frames/1/x"):
        with pytest.raises(ValueError, match=r"nothing at|fields"):
            fixes.apply(wan22(), fixes.Fix("x", (fixes.Change(pointer, 1),)))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([ltx2, wan22]), st.dictionaries(st.sampled_from(sorted(ltx2())), JSON, max_size=4), JSON)
def test_no_shape_makes_a_fix_raise_or_fail(maker: Any, overrides: Document, anything: Any):
    keys = ("role", "model", "loras", "sigmas", "steps", "shift", "start_step", "end_step", "guidance")
    for document in (maker(**overrides), *(maker(stages=[{key: anything, "role": "base"}, anything]) for key in keys)):
        for problem in lints.review(document):
            fix = fixes.fix_for(problem, document)
            if fix is not None:
                assert count(fixes.apply(document, fix), problem.code) < count(document, problem.code)


def test_a_problem_of_another_document_has_no_fix():
    assert fixes.fix_for(Problem("frames_rule", "error", "/frames", "x"), []) is None
    assert fixes.fix_for(Problem("frames_rule", "error", "/frames", "x"), {}) is None
    assert fixes.fix_for(Problem("step_gap", "warning", "/stages/0/start_step", "x"), wan22()) is None
