"""WAN presets as graphs."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.backends.comfyui.exporting import compile_graph
from tests.backends.comfyui.exporting.documents import (
    EVERY_KIND,
    LARGEST_SEED,
    behind,
    codes,
    expert,
    node,
    nodes,
    plain_stage,
    wan,
    wan_single,
)


def stages(*own: dict[str, Any], **more: Any) -> dict[str, Any]:
    return wan(**more) | {"stages": list(own)}


def without(stage: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in stage.items() if key not in names}


def test_two_experts_share_the_steps_and_the_noise() -> None:
    made = compile_graph(wan())
    high, low = nodes(made, "KSamplerAdvanced")
    assert (high["add_noise"], high["start_at_step"], high["end_at_step"]) == ("enable", 0, 8)
    assert (low["add_noise"], low["start_at_step"], low["end_at_step"]) == ("disable", 8, 20)
    assert (high["return_with_leftover_noise"], low["return_with_leftover_noise"]) == ("enable", "disable")
    assert behind(made, low["latent_image"])[1] is high
    assert high["noise_seed"] == LARGEST_SEED


def test_each_expert_has_its_own_file_loras_and_shift() -> None:
    made = compile_graph(wan())
    seen = []
    for sampler in nodes(made, "KSamplerAdvanced"):
        _, shift, _ = behind(made, sampler["model"])
        _, lora, _ = behind(made, shift["model"])
        _, loader, _ = behind(made, lora["model"])
        seen.append((loader["unet_name"], lora["lora_name"], lora["strength_model"], shift["shift"]))
    assert seen == [
        ("wan2.2_t2v_high_noise_14B.safetensors", "lightx2v_high.safetensors", 0.8, 5.5),
        ("wan2.2_t2v_low_noise_14B.safetensors", "lightx2v_low.safetensors", 0.8, 8),
    ]


def test_experts_find_their_files_in_the_list_by_name() -> None:
    own = [without(expert("high_noise", 0, 8), "model"), without(expert("low_noise", 8, 20), "model")]
    document = stages(*own)
    document["models"]["transformer"].reverse()
    made = compile_graph(document)
    names = [loader["unet_name"] for loader in nodes(made, "UNETLoader")]
    assert names == ["wan2.2_t2v_high_noise_14B.safetensors", "wan2.2_t2v_low_noise_14B.safetensors"]


@pytest.mark.parametrize(("shift", "split"), [(3, 3), (12, 6)])
def test_a_boundary_becomes_the_step_that_the_schedule_crosses_it_at(shift: int, split: int) -> None:
    """The splits are those measured with diffusers for 8 steps."""
    high = without(expert("high_noise", 0, 8, steps=8, shift=shift, boundary=0.875), "start_step", "end_step")
    low = without(expert("low_noise", 0, 8, steps=8, shift=shift), "start_step", "end_step")
    first, second = nodes(compile_graph(stages(high, low)), "KSamplerAdvanced")
    assert (first["end_at_step"], second["start_at_step"], second["end_at_step"]) == (split, split, 10000)


def test_a_boundary_says_how_near_the_steps_come_to_it() -> None:
    high = without(expert("high_noise", 0, 8, steps=8, boundary=0.875), "start_step", "end_step")
    low = without(expert("low_noise", 0, 8, steps=8), "start_step", "end_step")
    made = compile_graph(stages(high, low))
    note = next(loss.note for loss in made.losses if loss.path == "/stages/0/boundary")
    assert "the boundary 0.875 lies between" in note
    usual = compile_graph(stages(without(high, "boundary"), low))
    assert codes(usual, "warning") == {"split_defaulted"}


def test_what_the_second_expert_leaves_open_is_the_firsts() -> None:
    low = {"role": "low_noise", "model": "low.safetensors", "start_step": 8}
    _, second = nodes(compile_graph(stages(expert("high_noise", 0, 8), low)), "KSamplerAdvanced")
    assert (second["steps"], second["cfg"], second["sampler_name"]) == (20, 3.5, "euler")


def test_one_model_takes_the_plain_sampler_with_its_denoise() -> None:
    document = wan_single("wan-2.1", "wan2.1_t2v.safetensors") | {
        "stages": [plain_stage("wan2.1.safetensors", denoise=0.4)]
    }
    sampler = node(compile_graph(document), "KSampler")
    assert (sampler["seed"], sampler["denoise"], sampler["sampler_name"]) == (7, 0.4, "uni_pc")


def test_no_shift_leaves_the_models_own() -> None:
    document = wan_single("wan-2.1", "wan2.1_t2v.safetensors")
    del document["stages"][0]["shift"]
    made = compile_graph(document)
    assert not nodes(made, "ModelSamplingSD3")
    assert behind(made, node(made, "KSampler")["model"])[0] == "UNETLoader"


def test_listed_sigmas_are_sampled_one_after_the_other_without_new_noise() -> None:
    first = without(expert("high_noise", 0, 8, sigmas=[1, 0.9, 0.8], steps=2), "start_step", "end_step", "scheduler")
    second = without(expert("low_noise", 0, 8, sigmas=[0.8, 0.4, 0], steps=2), "start_step", "end_step", "scheduler")
    made = compile_graph(stages(first, without(second, "add_noise")))
    assert [one["sigmas"] for one in nodes(made, "ManualSigmas")] == ["1, 0.9, 0.8", "0.8, 0.4, 0"]
    assert len(nodes(made, "DisableNoise")) == 1
    last = nodes(made, "SamplerCustomAdvanced")[-1]
    assert behind(made, last["latent_image"])[2] == 0 or behind(made, last["latent_image"])[0] == "SamplerCustom"


def test_the_small_model_has_a_latent_of_its_own() -> None:
    plain = node(compile_graph(EVERY_KIND["wan-2.2 5B"]), "Wan22ImageToVideoLatent")
    assert "start_image" not in plain
    made = compile_graph(EVERY_KIND["wan-2.2 5B from a picture"])
    assert behind(made, node(made, "Wan22ImageToVideoLatent")["start_image"])[1]["image"] == "start.png"


def test_pictures_pass_through_the_prompts_of_both_experts() -> None:
    made = compile_graph(EVERY_KIND["wan-2.2 from picture to picture"])
    for sampler in nodes(made, "KSamplerAdvanced"):
        assert behind(made, sampler["positive"])[0::2] == ("WanFirstLastFrameToVideo", 0)
        assert behind(made, sampler["negative"])[0::2] == ("WanFirstLastFrameToVideo", 1)
    ends = node(made, "WanFirstLastFrameToVideo")
    assert [behind(made, ends[name])[1]["image"] for name in ("start_image", "end_image")] == ["start.png", "end.png"]


def test_the_image_encoder_is_used_where_the_preset_names_one() -> None:
    made = compile_graph(EVERY_KIND["wan-2.1 from a picture"])
    assert behind(made, node(made, "WanImageToVideo")["clip_vision_output"])[0] == "CLIPVisionEncode"
    assert "clip_vision_output" not in node(compile_graph(EVERY_KIND["wan-2.2 from a picture"]), "WanImageToVideo")


def test_speech_drives_the_picture_and_is_heard_in_the_video() -> None:
    made = compile_graph(EVERY_KIND["wan-2.2 s2v"])
    spoken = node(made, "WanSoundImageToVideo")
    assert behind(made, spoken["audio_encoder_output"])[0] == "AudioEncoderEncode"
    assert behind(made, spoken["ref_image"])[1]["image"] == "start.png"
    assert behind(made, node(made, "CreateVideo")["audio"])[1] == {"audio": "voice.mp3"}


def test_a_reference_is_cut_off_the_finished_latent() -> None:
    made = compile_graph(EVERY_KIND["wan-2.1 vace"])
    trim = node(made, "TrimVideoLatent")
    assert behind(made, trim["trim_amount"])[0::2] == ("WanVaceToVideo", 3)


def test_a_camera_path_is_taken_from_the_stages_options() -> None:
    options = {"camera_pose": "Zoom In", "camera_speed": 1.5}
    own = [expert("high_noise", 0, 8, guidance_options=options), expert("low_noise", 8, 20)]
    made = compile_graph(stages(*own, task="camera-i2v", inputs={"image": "start.png"}))
    camera = node(made, "WanCameraEmbedding")
    assert (camera["camera_pose"], camera["speed"], camera["fx"]) == ("Zoom In", 1.5, 0.5)
    lacking = compile_graph(wan("camera-i2v", inputs={"image": "start.png"}))
    assert (lacking.output, codes(lacking, "error")) == ({}, {"camera_missing"})


def test_weights_can_be_kept_smaller_than_the_file_holds_them() -> None:
    made = compile_graph(wan(runtime={"quantization": "fp8_e4m3fn_fast"}))
    assert {loader["weight_dtype"] for loader in nodes(made, "UNETLoader")} == {"fp8_e4m3fn_fast"}
    other = compile_graph(wan(runtime={"dtype": "float8_e5m2"}))
    assert {loader["weight_dtype"] for loader in nodes(other, "UNETLoader")} == {"fp8_e5m2"}
