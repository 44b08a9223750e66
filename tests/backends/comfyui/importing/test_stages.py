"""Samplers as stages: order, roles, ranges, seeds."""

from __future__ import annotations

from tests.backends.comfyui.importing.graphs import EXPERTS, LTX, WAN, changed, codes, document, expert, imported


def test_a_single_sampler_is_one_stage_with_all_that_takes_effect() -> None:
    stage = document(WAN)["stages"]
    assert stage == [
        {
            "role": "base",
            "model": "wan2.1_t2v_1.3B_fp16.safetensors",
            "loras": [],
            "shift": 8,
            "seed": 18446744073709551615,
            "steps": 30,
            "guidance": 6,
            "scheduler": "simple",
            "denoise": 1,
            "sampler": "uni_pc",
        }
    ]


def test_two_experts_are_named_by_their_files_and_the_end_is_clamped_to_the_steps() -> None:
    high, low = document(EXPERTS)["stages"]
    assert (high["role"], high["start_step"], high["end_step"], high["shift"]) == ("high_noise", 0, 10, 8)
    assert (low["role"], low["start_step"], low["end_step"], low["shift"]) == ("low_noise", 10, 20, 5)


def test_a_seed_without_effect_is_kept_and_said() -> None:
    found = imported(EXPERTS)
    assert found.document is not None
    assert found.document["stages"][1]["seed"] == 0
    assert ("seed_without_effect", "/stages/1/seed") in codes(found)
    assert ("seed_without_effect", "/stages/0/seed") not in codes(found)


def test_three_samplers_in_a_row_have_roles_of_their_own() -> None:
    three = {
        **EXPERTS,
        "high": expert("shift_high", ("latent", 0), 0, 2),
        "middle": expert("shift_high", ("high", 0), 2, 10),
        "low": expert("shift_low", ("middle", 0), 10, 10000),
    }
    stages = document(three)["stages"]
    assert [stage["role"] for stage in stages] == ["high_noise", "high_noise_2", "low_noise"]
    assert [stage["end_step"] for stage in stages] == [2, 10, 20]


def test_an_expert_that_removes_all_noise_before_the_next_is_named() -> None:
    clean = changed(EXPERTS, high={"return_with_leftover_noise": "disable"})
    assert ("leftover_noise", "/stages/0/end_step") in codes(imported(clean))
    assert ("leftover_noise", "/stages/0/end_step") not in codes(imported(EXPERTS))


def test_stages_of_a_two_stage_graph_have_their_own_model_schedule_and_scale() -> None:
    base, refine = document(LTX)["stages"]
    assert base["scheduler"] == "ltxv"
    assert base["scheduler_options"] == {"max_shift": 2.05, "base_shift": 0.95, "stretch": True, "terminal": 0.1}
    assert (base["loras"], base["steps"], base["guidance"], base["seed"]) == ([], 20, 4, 10)
    assert refine["sigmas"] == [0.909375, 0.725, 0.421875, 0]
    assert (refine["steps"], refine["guidance"], refine["scale"], refine["seed"]) == (3, 1, 2, 0)
    assert refine["loras"] == [{"file": "ltx/distilled.safetensors", "strength": 0.6}]


def test_a_schedule_that_is_split_gives_start_and_end() -> None:
    split = {
        **LTX,
        "cut": ("SplitSigmas", {"sigmas": ("schedule", 0), "step": 15}),
        "first": (LTX["first"][0], {**LTX["first"][1], "sigmas": ("cut", 0)}),
        "second": (LTX["second"][0], {**LTX["second"][1], "sigmas": ("cut", 1)}),
    }
    base, refine = document(split)["stages"]
    assert (base["start_step"], base["end_step"], base["steps"]) == (0, 15, 20)
    assert (refine["start_step"], refine["end_step"], refine["steps"]) == (15, 20, 20)


def test_sigmas_that_are_split_are_listed_in_parts() -> None:
    split = {
        **LTX,
        "cut": ("SplitSigmas", {"sigmas": ("listed", 0), "step": 1}),
        "second": (LTX["second"][0], {**LTX["second"][1], "sigmas": ("cut", 1)}),
    }
    stage = document(split)["stages"][1]
    assert (stage["sigmas"], stage["steps"]) == ([0.725, 0.421875, 0], 2)


def test_a_stage_that_adds_no_noise_has_no_seed() -> None:
    silent = {**LTX, "noise_2": ("DisableNoise", {})}
    stage = document(silent)["stages"][1]
    assert stage["add_noise"] is False
    assert "seed" not in stage


def test_two_guidances_are_kept_apart() -> None:
    inputs = {**{k: v for k, v in LTX["guide"][1].items() if k != "cfg"}, "video_cfg": 3.0, "audio_cfg": 7.0}
    stage = document({**LTX, "guide": ("LTXVDualCFGGuider", inputs)})["stages"][0]
    assert (stage["guidance"], stage["guidance_options"]["audio_guidance_scale"]) == (3, 7)


def test_a_sampler_nobody_knows_is_read_by_its_inputs_and_named() -> None:
    found = imported({**WAN, "sampler": ("MySampler", WAN["sampler"][1])})
    assert found.document is not None
    assert found.document["stages"][0]["steps"] == 30
    assert ("sampler_unknown", "/stages/0") in codes(found)


def test_a_seed_that_changes_after_each_run_is_said() -> None:
    found = imported(WAN, other_fields={"/sampler/inputs/control_after_generate": "randomize"})
    assert ("seed_changes_each_run", "/stages/0/seed") in codes(found)
    assert ("seed_changes_each_run", "/stages/0/seed") not in codes(imported(WAN))
