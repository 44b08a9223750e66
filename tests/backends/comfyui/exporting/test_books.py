"""The loss report: every leaf of the document and every literal of the graph has an entry."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presets_app.backends.comfyui.exporting import to_form
from presets_app.core.ledger import unaccounted
from presets_app.core.schema import validate
from tests.backends.comfyui.exporting.documents import EVERY_KIND, LARGEST_SEED, literals

NUMBERS = st.floats(0, 20, allow_nan=False, allow_infinity=False)
STAGE: dict[str, st.SearchStrategy[Any]] = {
    "seed": st.integers(0, LARGEST_SEED),
    "steps": st.integers(1, 60),
    "guidance": NUMBERS,
    "sampler": st.sampled_from(["euler", "uni_pc", "dpmpp_2m_sde", "res_2s", "unipc"]),
    "scheduler": st.sampled_from(["simple", "beta", "ltxv", "karras"]),
    "shift": NUMBERS,
    "denoise": st.floats(0, 1),
    "start_step": st.integers(0, 20),
    "end_step": st.integers(0, 20),
    "boundary": st.floats(0, 1),
    "add_noise": st.booleans(),
    "sigmas": st.lists(st.floats(0, 1), min_size=2, max_size=6),
    "scheduler_options": st.dictionaries(st.sampled_from(["max_shift", "eta", "rho", "own"]), NUMBERS, max_size=3),
    "guidance_options": st.dictionaries(
        st.sampled_from(["stg_scale", "audio_guidance_scale", "image_strength"]), st.floats(0, 1), max_size=3
    ),
    "loras": st.lists(st.fixed_dictionaries({"file": st.just("a.safetensors"), "strength": NUMBERS}), max_size=2),
}
WHOLE: dict[str, st.SearchStrategy[Any]] = {
    "fps": st.one_of(st.floats(1, 120), st.integers(1, 60), st.just("30000/1001")),
    "frames": st.integers(1, 200),
    "width": st.integers(64, 1024),
    "negative_prompt": st.text(max_size=10),
    "description": st.just("words"),
    "aspect_ratio": st.just("16:9"),
    "environment": st.just(["HF_TOKEN"]),
    "references": st.just(["a.png"]),
    "shots": st.just([{"prompt": "one", "frames": 10}]),
    "audio": st.just({"generate": False, "sample_rate": 48000}),
    "output": st.fixed_dictionaries(
        {"crf": st.integers(0, 51), "container": st.sampled_from(["mp4", "webm", "webp", "gif"]), "fps": st.just(30)}
    ),
    "runtime": st.fixed_dictionaries(
        {
            "dtype": st.just("bfloat16"),
            "vae_tiling": st.booleans(),
            "noise_device": st.just("cuda"),
            "offload": st.just("model"),
        }
    ),
    "hardware": st.just({"min_vram_gib": 24}),
}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A preset of some kind, with some fields changed and some taken away."""
    document = deepcopy(EVERY_KIND[draw(st.sampled_from(sorted(EVERY_KIND)))])
    for name in draw(st.sets(st.sampled_from(sorted(WHOLE)), max_size=6)):
        document[name] = draw(WHOLE[name])
    for stage in document["stages"]:
        for name in draw(st.sets(st.sampled_from(sorted(STAGE)), max_size=5)):
            stage[name] = draw(STAGE[name])
        for name in draw(st.sets(st.sampled_from(sorted(STAGE)), max_size=2)):
            stage.pop(name, None)
    return document


@settings(max_examples=150, deadline=None)
@given(documents())
def test_nothing_is_unaccounted_for(document: dict[str, Any]) -> None:
    assert not [problem for problem in validate(document) if problem.severity == "error"]
    made = to_form(document)
    assert unaccounted(document, literals(made.output), made.losses) == set()


@settings(max_examples=60, deadline=None)
@given(documents())
def test_an_entry_tells_the_value_that_really_stands_there(document: dict[str, Any]) -> None:
    made = to_form(document)
    for loss in made.losses:
        parts = loss.target_path.split("/")
        if len(parts) == 4 and loss.target_path in literals(made.output) and loss.status == "carried":
            assert made.output[parts[1]]["inputs"][parts[3]] == loss.before


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_carried_value_is_the_same_on_both_sides(kind: str) -> None:
    made = to_form(EVERY_KIND[kind])
    for loss in made.losses:
        if loss.status == "carried":
            assert loss.before == loss.after
        if loss.status in ("approximated", "dropped", "defaulted"):
            assert loss.note


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_one_document_always_gives_one_graph(kind: str) -> None:
    document = EVERY_KIND[kind]
    before = deepcopy(document)
    assert to_form(document).output == to_form(deepcopy(document)).output
    assert document == before
