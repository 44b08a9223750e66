"""Documents that cannot become a graph: each is told why, and nothing is handed out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presets_app.backends.comfyui.exporting import to_form
from presets_app.core.ledger import unaccounted
from tests.backends.comfyui.exporting.documents import codes, ltx, wan, wan_single

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def told(document: dict[str, Any]) -> dict[str, str]:
    """Code to path of every error, for a document that gives no graph."""
    made = to_form(document)
    assert made.output == {}
    assert unaccounted(document, (), made.losses) == set()
    return {problem.code: problem.path for problem in made.problems if problem.severity == "error"}


@pytest.mark.parametrize("field", ["prompt", "width", "frames", "fps", "models", "stages", "family", "task"])
def test_a_draft_is_told_what_it_lacks(field: str) -> None:
    document = wan()
    del document[field]
    assert f"/{field}" in told(document).values()


@pytest.mark.parametrize(("kind", "path"), [("text_encoder", "/models/text_encoder"), ("vae", "/models/vae")])
def test_a_missing_file_is_named(kind: str, path: str) -> None:
    document = wan()
    document["models"][kind] = []
    assert told(document) == {"model_file_missing": path}


def test_a_stage_without_a_model_and_an_upscaling_without_its_file_are_named() -> None:
    document = wan_single("wan-2.1", "wan2.1_t2v.safetensors")
    del document["stages"][0]["model"]
    document["models"]["transformer"] = []
    assert told(document) == {"model_file_missing": "/stages/0/model"}
    two = ltx()
    del two["models"]["latent_upscaler"]
    assert told(two) == {"model_file_missing": "/models/latent_upscaler"}


@pytest.mark.parametrize("family", ["wan-2.5", "wan-2.6"])
def test_a_closed_family_is_refused(family: str) -> None:
    assert told(wan() | {"family": family}) == {"family_unsupported": "/family"}


@pytest.mark.parametrize(
    ("family", "task"), [("ltx-2", "v2v"), ("ltx-2", "t2a"), ("wan-2.2", "v2v"), ("ltxv", "control")]
)
def test_a_task_without_stock_nodes_is_refused(family: str, task: str) -> None:
    document = ltx() if family.startswith("ltx") else wan()
    assert told(document | {"family": family, "task": task}) == {"task_unsupported": "/task"}


def test_a_picture_that_is_not_there_is_named() -> None:
    assert told(wan("i2v")) == {"input_missing": "/inputs/image"}
    assert told(ltx(task="flf2v", inputs={"image": "a.png"})) == {"input_missing": "/inputs/last_image"}


def test_a_file_that_stock_loaders_cannot_read_is_named() -> None:
    document = wan_single("wan-2.1", "wan2.1-Q4_K_M.gguf")
    assert told(document) == {"model_file_unsupported": "/stages/0/model"}


def test_upscaling_between_wan_stages_is_refused() -> None:
    document = wan()
    document["stages"][1]["scale"] = 2
    assert told(document) == {"stage_unsupported": "/stages/1/scale"}


def test_a_video_in_parts_is_refused() -> None:
    document = wan()
    document["stages"][1]["role"] = "extend"
    assert told(document) == {"stage_unsupported": "/stages/1/role"}


@pytest.mark.parametrize(
    "model", ["wan2.2_animate_14B.safetensors", "Wan2_1-InfiniteTalk.safetensors", "wan_ati_fp8.safetensors"]
)
def test_a_variant_with_inputs_of_its_own_is_refused(model: str) -> None:
    assert told(wan_single("wan-2.1", model)) == {"variant_unsupported": "/variant"}


def test_a_reference_picture_takes_a_vace_model() -> None:
    given = {"inputs": {"reference_image": "a.png"}}
    document = wan_single("wan-2.1", "wan2.1_t2v.safetensors", "vace-ref2v", **given)
    assert told(document) == {"task_unsupported": "/task"}
    assert to_form(wan_single("wan-2.1", "wan2.1_vace.safetensors", "vace-ref2v", **given)).output


def test_values_no_server_takes_are_found_before_one_is_asked() -> None:
    long = told(ltx(frames=2001))
    assert long == {"value_bigger_than_max": "/frames"}
    assert told(wan(fps=0.5)) == {"value_smaller_than_min": "/fps"}


def test_a_sampler_that_is_not_stock_is_a_warning() -> None:
    document = wan()
    document["stages"][0]["sampler"] = "res_2s"
    made = to_form(document)
    found = next(problem for problem in made.problems if problem.code == "value_not_in_list")
    assert (found.severity, found.path) == ("warning", "/stages/0/sampler")
    assert made.output


def test_what_is_not_stated_is_the_nodes_default_and_said() -> None:
    document = wan_single("wan-2.1", "wan2.1_t2v.safetensors")
    for field in ("seed", "guidance"):
        del document["stages"][0][field]
    made = to_form(document)
    assert codes(made, "warning") == {"value_defaulted"}
    assert {loss.after for loss in made.losses if loss.status == "defaulted"} >= {0, 8.0}


@settings(max_examples=60, deadline=None)
@given(field=st.sampled_from(sorted(wan())), value=JSON)
def test_nothing_in_a_field_makes_it_fail(field: str, value: Any) -> None:
    document = wan() | {field: value}
    made = to_form(document)
    assert unaccounted(document, (), made.losses) == set()
    assert made.output or any(problem.severity == "error" for problem in made.problems)
