"""Memory before a render: exact components, peaks by phase, plans that fit."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presets_app.core.memory import TIERS, estimate
from presets_app.core.memory.plans import FP8, INT4
from presets_app.core.memory.sizes import Component, components

GIB = 1024**3


def a14b(**changed: Any) -> dict[str, Any]:
    stages = [{"role": "high_noise", "guidance": 4.0}, {"role": "low_noise", "guidance": 3.0}]
    size = {"width": 1280, "height": 720, "frames": 81}
    return {"family": "wan-2.2", "variant": "a14b", "task": "t2v", **size, "stages": stages, **changed}


def ltx(**changed: Any) -> dict[str, Any]:
    stages = [{"role": "base", "guidance": 3.0}]
    return {"family": "ltx-2", "task": "t2v", "width": 768, "height": 512, "frames": 121, "stages": stages, **changed}


def named(document: dict[str, Any], name: str) -> Component:
    return next(part for part in components(document) if part.name == name)


# (document, component, GiB in bfloat16, in 8 bits, in 4 bits with groups of 64): counted on the real classes, and
# read off their files' sizes by hand once.
SIZES = [
    (ltx(), "transformer", 35.16, 17.59, 9.35),
    (ltx(), "connectors", 2.67, 1.33, 0.71),
    (ltx(), "text_encoder", 22.73, 11.38, 6.06),
    (ltx(family="ltx-2.3"), "transformer", 35.37, 17.70, 9.41),
    (a14b(), "transformer", 26.61, 13.31, 7.08),
    (a14b(), "transformer_2", 26.61, 13.31, 7.08),
    (a14b(task="i2v"), "transformer", 26.62, 13.31, 7.08),
    (a14b(variant="5b"), "transformer", 9.31, 4.66, 2.48),
    (a14b(), "text_encoder", 10.58, 6.27, 4.25),
]


@pytest.mark.parametrize(("document", "name", "full", "eight", "four"), SIZES)
def test_a_component_weighs_what_its_parameters_weigh(
    document: dict[str, Any], name: str, full: float, eight: float, four: float
) -> None:
    part = named(document, name)
    assert [part.bytes_at(width) / GIB for width in (2.0, FP8, INT4)] == pytest.approx([full, eight, four], abs=0.011)


def test_the_vae_of_wan_is_in_float32() -> None:
    assert named(a14b(), "vae").bytes_at(2.0) / GIB == pytest.approx(0.47, abs=0.005)
    assert named(a14b(variant="5b"), "vae").bytes_at(2.0) / GIB == pytest.approx(2.63, abs=0.005)


def test_each_expert_has_a_row_of_its_own_and_a_refined_stage_its_upscaler() -> None:
    assert [part.name for part in components(a14b())] == ["text_encoder", "transformer", "transformer_2", "vae"]
    assert "latent_upscaler" not in [part.name for part in components(ltx())]
    two = ltx(stages=[{"role": "base"}, {"role": "refine", "scale": 2}])
    assert "latent_upscaler" in [part.name for part in components(two)]


def test_the_files_own_precision_is_what_is_counted_and_is_no_change() -> None:
    made = estimate(ltx(models={"transformer": ["ltx-2-19b-dev-fp8.safetensors"], "text_encoder": ["gemma_fp4_mixed"]}))
    sizes = {part.name: size / GIB for part, size in made.components}
    assert sizes["transformer"] == pytest.approx(17.59, abs=0.01)
    assert sizes["text_encoder"] == pytest.approx(6.06, abs=0.01)
    assert not made.plans[0].changes_bits
    assert all(plan.weights != "bfloat16" for plan in made.plans)


def test_tokens_are_those_of_the_largest_stage() -> None:
    assert estimate(ltx()).tokens == 6144
    assert estimate(a14b(width=832, height=480)).tokens == 32760
    assert estimate(a14b(variant="5b", height=704, frames=121)).tokens == 27280
    assert estimate(ltx(stages=[{"role": "base"}, {"role": "refine", "scale": 2}])).tokens == 4 * 6144


def test_a_larger_card_never_gets_a_worse_plan_and_what_fits_has_room() -> None:
    made = estimate(a14b())
    best = [made.best(card) for card in (8, 12, 16, 24, 40, 80, 96)]
    assert best[0] is None
    order = [made.plans.index(plan) for plan in best if plan]
    assert order == sorted(order, reverse=True)
    assert all(plan.peak <= card * GIB for plan, card in zip(best, (8, 12, 16, 24, 40, 80, 96), strict=True) if plan)
    assert best[-1] is made.plans[0]


def test_tiles_and_offload_never_need_more() -> None:
    for document in (a14b(), ltx(), a14b(variant="5b"), ltx(family="ltxv")):
        plans = {(plan.offload, plan.weights, plan.vae_tiling): plan for plan in estimate(document).plans}
        whole = plans["none", "bfloat16", False]
        assert plans["none", "bfloat16", True].peak <= whole.peak
        assert plans["group", "bfloat16", True].peak < plans["model", "bfloat16", True].peak < whole.peak
        assert whole.peak == max(whole.peaks.values())


def test_what_keeps_the_bits_comes_before_what_does_not() -> None:
    best = estimate(a14b()).best(24)
    assert best is not None
    assert (best.offload, best.weights, best.changes_bits) == ("group", "bfloat16", False)


def test_there_is_a_plan_for_every_offload_and_every_width_with_and_without_tiles() -> None:
    plans = estimate(a14b()).plans
    widths, offloads = ("bfloat16", "fp8", "int8", "int4"), ("none", "text", "model", "group")
    every = {(offload, width, tiled) for offload in offloads for width in widths for tiled in (False, True)}
    assert {(plan.offload, plan.weights, plan.vae_tiling) for plan in plans} == every
    assert len(plans) == len(every)


def test_with_a_card_what_fits_comes_first_and_of_that_what_keeps_the_bits() -> None:
    told = estimate(a14b()).as_json(24)["plans"]
    order = [(not plan["fits"], plan["changes_bits"]) for plan in told]
    assert order == sorted(order)
    assert {plan["fits"] for plan in told} == {True, False}
    assert told[0]["plan"] == estimate(a14b()).as_json(24)["best"]


def test_nothing_fits_where_nothing_fits_and_without_a_card_nothing_is_said() -> None:
    none, unasked = estimate(a14b()).as_json(2), estimate(a14b()).as_json()
    assert (none["fits"], none["best"]) == (False, None)
    assert not any(plan["fits"] for plan in none["plans"])
    assert {plan["fits"] for plan in unasked["plans"]} == {None}


def test_on_a_shared_memory_offloading_frees_nothing_and_there_is_no_fp8() -> None:
    """64 GB hold both experts in 8 bits with the text encoder (42 GiB), and not in 16 (64 GiB), offloaded or not."""
    apple = {tier.shared: tier for tier in TIERS if tier.shared}
    assert set(apple) == {16, 24, 32, 36, 48, 64}
    made = estimate(a14b(width=832, height=480))
    assert made.best(48).weights == "bfloat16"
    best = made.best_on(apple[64])
    assert best is not None
    assert best.weights == "int8"
    assert made.best_on(apple[16]) is None
    for plan in made.plans:
        weights = sum(part.bytes_at(2.0) for part, _ in made.components)
        if plan.weights == "bfloat16" and plan.offload in ("model", "group"):
            assert plan.together > weights > plan.peak


@pytest.mark.parametrize("missing", ["width", "height", "frames"])
def test_a_size_that_is_not_stated_is_named_and_components_still_come(missing: str) -> None:
    made = estimate({key: value for key, value in ltx().items() if key != missing})
    assert [problem.code for problem in made.problems] == ["memory_size_unstated"]
    assert made.components
    assert made.plans == []


def test_a_service_has_no_card_to_fit() -> None:
    assert [problem.code for problem in estimate({"family": "wan-2.6"}).problems] == ["memory_family_unknown"]


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(SCALARS, st.lists, max_leaves=4)
FIELDS = ("family", "variant", "task", "width", "height", "frames", "models", "stages", "runtime")


@given(st.dictionaries(st.sampled_from(FIELDS), VALUES | st.dictionaries(st.text(max_size=6), VALUES, max_size=3)))
def test_it_answers_any_object(document: dict[str, Any]) -> None:
    for family in ("ltx-2", "wan-2.2", document.get("family")):
        told = estimate({**document, "family": family}).as_json(24)
        assert all(math.isfinite(plan["peak_gib"]) for plan in told["plans"])


def test_a_lora_is_counted_by_its_rank_and_is_on_the_card_with_its_model() -> None:
    plain, names = ltx(), ("ltx-2-19b-distilled-lora-384.safetensors", "camera/dolly_v1.2.safetensors")
    stage = {**plain["stages"][0], "loras": [{"file": name} for name in names]}
    without, made = estimate(plain), estimate({**plain, "stages": [stage]})
    sizes = {part.name: size / 1e9 for part, size in made.components}
    assert sizes["lora ltx-2-19b-distilled-lora-384.safetensors"] == pytest.approx(7.67, rel=0.05)  # published
    assert sizes["lora dolly_v1.2.safetensors"] == pytest.approx(sizes["lora " + names[0]] / 3)  # 128 of 384
    assert [problem.code for problem in made.problems] == ["memory_lora_rank_unstated"]
    model = next(plan for plan in made.plans if plan.offload == "model")
    before = next(plan for plan in without.plans if plan.offload == "model")
    assert model.peaks["denoise"] - before.peaks["denoise"] == pytest.approx(
        sum(sizes[f"lora {n.split('/')[-1]}"] for n in names) * 1e9, rel=1e-6
    )


def test_what_the_runner_cannot_do_is_no_setting_of_a_preset() -> None:
    for plan in estimate(a14b()).plans:
        assert (plan.settings is None) == (plan.weights != "bfloat16")
        assert plan.settings is None or plan.settings["offload"] in ("none", "text", "model", "group")
