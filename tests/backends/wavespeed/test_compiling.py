"""A document as a request, and the books that say what became of each part."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presets_app.backends.base import Compiled
from presets_app.backends.wavespeed.compiling import compile_request
from tests.backends.wavespeed.documents import DOCUMENTS, MODELS, TINY_LTX, TINY_WAN, ltx, model, two_stage_ltx, wan


def fate(compiled: Compiled, path: str) -> tuple[str, str]:
    loss = next(loss for loss in compiled.losses if loss.path == path)
    return loss.status, loss.target_path


def codes(compiled: Compiled, severity: str = "error") -> set[str]:
    return {problem.code for problem in compiled.problems if problem.severity == severity}


def scalars(value: Any, path: str = "") -> list[str]:
    """Pointers of every scalar and empty container, counted independently of the code under test."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [pointer for key, inner in parts for pointer in scalars(inner, f"{path}/{key}")]
    return found or [path]


def assert_balanced(compiled: Compiled, document: dict[str, Any], fields: set[str]) -> None:
    entered = Counter(loss.path for loss in compiled.losses if loss.path)
    for pointer in scalars(document):
        covering = [path for path in entered if pointer == path or pointer.startswith(f"{path}/")]
        assert len(covering) == 1, f"{pointer} is entered {len(covering)} times"
    assert set(entered.values()) <= {1}
    assert {loss.target_path[1:] for loss in compiled.losses if loss.target_path.startswith("/")} == fields
    sent = {loss.target_path[1:] for loss in compiled.losses if loss.after is not None and loss.status != "defaulted"}
    assert set(compiled.body) <= sent | {loss.target_path[1:] for loss in compiled.losses if loss.status == "defaulted"}


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("model_id", MODELS)
def test_every_leaf_of_the_document_and_every_field_of_the_request_is_entered_once(name: str, model_id: str) -> None:
    compiled = compile_request(DOCUMENTS[name], MODELS[model_id])
    assert_balanced(compiled, DOCUMENTS[name], set(MODELS[model_id].properties))


_WORDS = [
    "prompt",
    "seed",
    "size",
    "resolution",
    "aspect_ratio",
    "duration",
    "num_frames",
    "fps",
    "width",
    "height",
    "steps",
    "cfg",
    "shift",
    "loras",
    "image",
    "high_noise_loras",
    "enable_prompt_expansion",
    "enable_sync_mode",
    "guidance_2",
    "boundary_step",
    "odd",
    "dtype",
]
_NAMES = st.sampled_from(_WORDS)
_SPECS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["integer", "number", "string", "boolean", "array", "strange"]),
        "enum": st.lists(st.sampled_from(["720p", "16:9", "832*480", "0*0", "x", 5, 8, None, True]), max_size=4),
        "minimum": st.integers(0, 9),
        "maximum": st.integers(10, 99),
        "maxLength": st.integers(0, 5),
        "default": st.sampled_from([None, 5, "", False]),
    },
)


@settings(max_examples=150, deadline=None)
@given(properties=st.dictionaries(_NAMES, _SPECS), name=st.sampled_from(sorted(DOCUMENTS)))
def test_the_books_balance_for_any_schema_a_service_may_state(properties: dict[str, Any], name: str) -> None:
    compiled = compile_request(DOCUMENTS[name], model(**properties))
    assert_balanced(compiled, DOCUMENTS[name], set(properties))


@pytest.mark.parametrize(("document", "model_id"), [(ltx(), TINY_LTX), (wan(), TINY_WAN)])
def test_what_decides_the_picture_reaches_a_model_that_takes_it_all(document: dict[str, Any], model_id: str) -> None:
    compiled = compile_request(document, MODELS[model_id])
    lost = {loss.path for loss in compiled.losses if loss.status in ("dropped", "approximated")}
    aside = ("/format", "/name", "/description", "/prompt_exp", "/environment", "/hardware", "/output", "/models")
    unimportant = {"/runtime/offload", "/runtime/quantization", "/variant", "/stages/1/seed", "/inputs"}
    assert {path for path in lost if not path.startswith(aside)} <= unimportant
    assert compiled.problems == []


def test_the_tiny_ltx_request_holds_the_documents_values() -> None:
    body = compile_request(ltx(), MODELS[TINY_LTX]).body
    assert body["num_frames"] == 17
    assert (body["steps"], body["guidance"], body["seed"], body["fps"]) == (4, 3.0, 10, 24)
    assert body["spatio_temporal_guidance_blocks"] == [1]
    assert body["generate_audio"] is True


def test_the_two_experts_of_wan_become_one_request() -> None:
    compiled = compile_request(wan(), MODELS[TINY_WAN])
    assert (compiled.body["guidance"], compiled.body["guidance_2"], compiled.body["boundary_step"]) == (4.0, 3.0, 4)
    assert fate(compiled, "/stages/1/shift") == ("carried", "/shift")
    assert fate(compiled, "/stages/1/start_step")[0] == "carried"
    assert fate(compiled, "/stages/1/seed")[0] == "dropped"


def test_a_boundary_that_only_the_second_expert_states_is_carried() -> None:
    document = wan()
    del document["stages"][0]["end_step"]
    assert compile_request(document, MODELS[TINY_WAN]).body["boundary_step"] == 4


def test_a_first_expert_that_takes_all_steps_is_said_so() -> None:
    document = wan()
    document["stages"][0]["end_step"] = 10000
    assert compile_request(document, MODELS[TINY_WAN]).body["boundary_step"] == 6


def test_seconds_state_their_error_and_warn_when_it_is_large() -> None:
    compiled = compile_request(two_stage_ltx(), MODELS["wavespeed-ai/ltx-2-19b/text-to-video"])
    loss = next(loss for loss in compiled.losses if loss.path == "/frames")
    assert (compiled.body["duration"], loss.status) == (5, "approximated")  # 121 * 1001 / 30000 = 4.037 s
    assert loss.note == "121 frames at 29.97 fps are 4.0374 s; 5 s is asked for, 0.9626 s or 28.85 frames more."
    short = compile_request(ltx(), MODELS["wavespeed-ai/ltx-2-19b/text-to-video"])
    assert "length_not_offered" in codes(short, "warning")


def test_a_tier_and_an_aspect_ratio_are_the_nearest_offered() -> None:
    compiled = compile_request(two_stage_ltx(), MODELS["wavespeed-ai/ltx-2-19b/text-to-video"])
    assert (compiled.body["resolution"], compiled.body["aspect_ratio"]) == ("720p", "16:9")  # finished: 1280x704
    assert fate(compiled, "/width") == ("approximated", "/resolution")
    exact = compile_request(ltx(width=1280, height=720), MODELS["wavespeed-ai/ltx-2-19b/text-to-video"])
    assert fate(exact, "/width") == ("mapped", "/resolution")


@pytest.mark.parametrize(
    ("size", "sent", "status"), [((480, 832), "480*832", "mapped"), ((464, 848), "480*832", "approximated")]
)
def test_a_size_is_spelled_as_the_service_does(size: tuple[int, int], sent: str, status: str) -> None:
    document = wan(width=size[0], height=size[1])
    compiled = compile_request(document, MODELS["wavespeed-ai/wan-2.2/t2v-480p"])
    assert compiled.body["size"] == sent
    assert fate(compiled, "/width")[0] == fate(compiled, "/height")[0] == status


def test_a_seed_beyond_the_services_largest_is_an_error_and_is_not_sent() -> None:
    document = ltx()
    document["stages"][0]["seed"] = 2**64 - 1
    compiled = compile_request(document, MODELS[TINY_LTX])
    assert codes(compiled) == {"seed_not_allowed"}
    assert "seed" not in compiled.body


def test_a_missing_seed_and_a_service_without_one_are_warned_about() -> None:
    document = ltx()
    assert "seed_not_supported" in codes(compile_request(document, model(prompt={})), "warning")
    del document["stages"][0]["seed"]
    assert "seed_not_sent" in codes(compile_request(document, MODELS[TINY_LTX]), "warning")


def test_prompt_rewriting_is_sent_as_off_where_it_exists() -> None:
    assert compile_request(wan(), MODELS["alibaba/wan-2.6/text-to-video"]).body["enable_prompt_expansion"] is False
    assert "enable_prompt_expansion" not in compile_request(wan(), MODELS[TINY_WAN]).body


def test_a_lora_that_the_service_cannot_fetch_or_does_not_take_is_an_error() -> None:
    document = ltx()
    document["stages"][0]["loras"] = [{"file": "style.safetensors", "strength": 0.8}]
    assert "lora_not_reachable" in codes(compile_request(document, MODELS["wavespeed-ai/ltx-2.3/text-to-video-lora"]))
    assert "lora_not_supported" in codes(compile_request(document, MODELS["wavespeed-ai/ltx-2.3/text-to-video"]))


def test_loras_of_each_expert_go_to_their_own_list() -> None:
    document = wan()
    for stage, name in zip(document["stages"], ("high", "low"), strict=True):
        stage["loras"] = [{"file": f"https://files.test/{name}.safetensors", "strength": 0.5}]
    body = compile_request(document, MODELS["wavespeed-ai/wan-2.2/t2v-480p-lora"]).body
    assert body["high_noise_loras"] == [{"path": "https://files.test/high.safetensors", "scale": 0.5}]
    assert body["low_noise_loras"] == [{"path": "https://files.test/low.safetensors", "scale": 0.5}]


def test_a_prompt_over_the_models_limit_and_a_required_field_left_open_are_errors() -> None:
    compiled = compile_request(ltx(), model(prompt={"type": "string", "maxLength": 3}))
    assert codes(compiled) == {"value_not_allowed"}
    assert "required_field_missing" in codes(compile_request(ltx(), MODELS["wavespeed-ai/ltx-2-19b/image-to-video"]))


def test_an_input_image_must_be_an_address_that_the_service_can_fetch() -> None:
    i2v = MODELS["wavespeed-ai/ltx-2-19b/image-to-video"]
    there = compile_request(ltx(inputs={"image": "https://files.test/a.png"}), i2v)
    assert there.body["image"] == "https://files.test/a.png"
    assert "input_not_uploaded" in codes(compile_request(ltx(inputs={"image": "a.png"}), i2v))


def test_a_stage_that_the_service_does_not_run_is_warned_about() -> None:
    compiled = compile_request(two_stage_ltx(), MODELS[TINY_LTX])
    assert "stage_not_carried" in codes(compiled, "warning")
    assert (compiled.body["width"], compiled.body["height"]) == (1280, 704)
