"""LTX presets as graphs."""

from __future__ import annotations

import re
from fractions import Fraction

from presets_app.backends.comfyui.exporting import compile_graph
from tests.backends.comfyui.exporting.documents import (
    EVERY_KIND,
    base_stage,
    behind,
    codes,
    literals,
    ltx,
    node,
    nodes,
    refine_stage,
)

MODEL = "ltx-2-19b-dev.safetensors"


def test_the_first_stage_has_the_documents_own_size_and_the_second_doubles_its_latent() -> None:
    made = compile_graph(ltx())
    empty = node(made, "EmptyLTXVLatentVideo")
    assert (empty["width"], empty["height"], empty["length"]) == (640, 384, 121)
    upsampler = node(made, "LTXVLatentUpsampler")
    kind, parted, slot = behind(made, upsampler["samples"])
    assert (kind, slot) == ("LTXVSeparateAVLatent", 0)
    assert behind(made, parted["av_latent"])[0::2] == ("SamplerCustomAdvanced", 1)


def test_the_sound_of_the_first_stage_goes_on_into_the_second_and_into_the_video() -> None:
    made = compile_graph(ltx())
    first, second = nodes(made, "LTXVConcatAVLatent")
    assert behind(made, first["audio_latent"])[0] == "LTXVEmptyLatentAudio"
    assert behind(made, second["audio_latent"])[0::2] == ("LTXVSeparateAVLatent", 1)
    kind, decode, _ = behind(made, node(made, "CreateVideo")["audio"])
    assert kind == "LTXVAudioVAEDecode"
    assert behind(made, decode["samples"])[0::2] == ("LTXVSeparateAVLatent", 1)


def test_another_scale_than_the_upscalers_is_said() -> None:
    document = ltx()
    assert not codes(compile_graph(document))
    document["stages"][1]["scale"] = 1.5
    assert codes(compile_graph(document)) == {"scale_of_upscaler"}


def test_a_preset_without_sound_samples_it_with_the_picture_and_does_not_decode_it() -> None:
    made = compile_graph(ltx(audio={"generate": False}))
    assert nodes(made, "LTXVEmptyLatentAudio")
    assert not nodes(made, "LTXVAudioVAEDecode")
    assert "audio" not in node(made, "CreateVideo")


def test_where_no_audio_vae_is_named_the_picture_is_sampled_alone() -> None:
    files = {
        "transformer": ["ltx-2.5.safetensors"],
        "text_encoder": ["gemma4.safetensors"],
        "vae": ["video.safetensors"],
    }
    made = compile_graph(ltx("ltx-2.5", stages=1, models=files, audio={"generate": False}))
    classes = " ".join(held["class_type"] for held in made.output.values())
    assert "Audio" not in classes
    assert "AVLatent" not in classes
    assert codes(compile_graph(ltx("ltx-2.5", stages=1, models=files)), "error") == {"model_file_missing"}


def test_each_stage_has_its_own_seed_guidance_sampler_and_loras() -> None:
    made = compile_graph(ltx())
    assert [noise["noise_seed"] for noise in nodes(made, "RandomNoise")] == [10, 420]
    first, second = nodes(made, "CFGGuider")
    assert (first["cfg"], second["cfg"]) == (4.5, 1)
    assert behind(made, first["model"])[0] == "CheckpointLoaderSimple"
    kind, lora, _ = behind(made, second["model"])
    assert (kind, lora["lora_name"], lora["strength_model"]) == ("LoraLoaderModelOnly", "distilled.safetensors", 0.6)
    assert [one["sampler_name"] for one in nodes(made, "KSamplerSelect")] == ["euler_ancestral", "gradient_estimation"]


def test_the_schedules_settings_and_the_listed_sigmas_go_out_exactly() -> None:
    sigmas = [1, 0.99375, 1 / 3, 1e-7, 0]
    made = compile_graph(ltx(stages=2) | {"stages": [base_stage(MODEL), refine_stage(MODEL, sigmas=sigmas, steps=4)]})
    schedule = node(made, "LTXVScheduler")
    assert {key: schedule[key] for key in ("steps", "max_shift", "base_shift", "stretch", "terminal")} == {
        "steps": 20,
        "max_shift": 2.1,
        "base_shift": 0.9,
        "stretch": False,
        "terminal": 0.2,
    }
    found = re.findall(r"[-+]?(?:\d*\.*\d+)", node(made, "ManualSigmas")["sigmas"])  # how the node finds numbers
    assert [float(number) for number in found] == sigmas


def test_a_rate_that_is_no_whole_number_is_near_and_says_by_how_much() -> None:
    made = compile_graph(ltx(fps="30000/1001"))
    assert node(made, "LTXVEmptyLatentAudio")["frame_rate"] == 30
    rate = node(made, "LTXVConditioning")["frame_rate"]
    assert abs(Fraction(rate) - Fraction(30000, 1001)) < Fraction(1, 10**12)
    whole = next(loss for loss in made.losses if loss.target_path.endswith("frame_rate") and loss.after == 30)
    assert whole.status == "approximated"
    assert "off by 0.03 fps" in whole.note


def test_the_files_own_rate_goes_to_the_video_and_the_models_to_the_model() -> None:
    made = compile_graph(ltx(output={"fps": 30}))
    assert node(made, "CreateVideo")["fps"] == 30
    assert node(made, "LTXVConditioning")["frame_rate"] == 24


def test_a_picture_is_used_by_every_stage_unless_some_stages_name_it() -> None:
    both = compile_graph(EVERY_KIND["ltx-2 from a picture"])
    assert len(nodes(both, "LTXVImgToVideoInplace")) == 2
    told = base_stage(MODEL, guidance_options={"image_strength": 0.7, "image_compression": 33})
    document = ltx(task="i2v", inputs={"image": "start.png"}) | {"stages": [told, refine_stage(MODEL)]}
    made = compile_graph(document)
    assert node(made, "LTXVImgToVideoInplace")["strength"] == 0.7
    assert node(made, "LTXVPreprocess")["img_compression"] == 33


def test_first_and_last_picture_are_guides_that_are_taken_out_again() -> None:
    made = compile_graph(EVERY_KIND["ltx-2 from picture to picture"])
    assert [guide["frame_idx"] for guide in nodes(made, "LTXVAddGuide")] == [0, -1, 0, -1]
    assert len(nodes(made, "LTXVCropGuides")) == 2
    kind, crop, slot = behind(made, node(made, "VAEDecode")["samples"])
    assert (kind, slot) == ("LTXVCropGuides", 2)
    assert behind(made, crop["positive"])[0] == "LTXVAddGuide"


def test_a_given_sound_is_cut_to_the_video_and_kept_as_it_is() -> None:
    made = compile_graph(EVERY_KIND["ltx-2 to a given sound"])
    assert abs(node(made, "TrimAudioDuration")["duration"] - 121 / 24) < 1e-9
    kind, masked, _ = behind(made, nodes(made, "LTXVConcatAVLatent")[0]["audio_latent"])
    assert kind == "SetLatentNoiseMask"
    assert behind(made, masked["mask"])[1]["value"] == 0


def test_a_voice_goes_into_the_first_model_and_the_prompts_of_all_stages() -> None:
    options = {"identity_guidance_scale": 4, "start_percent": 0.1, "end_percent": 0.9}
    stages = [base_stage(MODEL, guidance_options=options), refine_stage(MODEL, guidance_options=options)]
    made = compile_graph(ltx(inputs={"reference_audio": "voice.mp3"}) | {"stages": stages})
    voice = node(made, "LTXVReferenceAudio")
    assert {name: voice[name] for name in options} == options
    first, second = nodes(made, "CFGGuider")
    assert [behind(made, one["positive"])[0] for one in (first, second)] == ["LTXVReferenceAudio"] * 2
    assert behind(made, first["model"])[0] == "LTXVReferenceAudio"
    assert behind(made, second["model"])[0] == "LoraLoaderModelOnly"
    assert not codes(made, "warning")


def test_files_of_their_own_take_the_place_of_a_checkpoint() -> None:
    files = {
        "transformer": ["ltx-2.5.safetensors"],
        "text_encoder": ["gemma4.safetensors"],
        "vae": ["video.safetensors"],
        "audio_vae": ["audio.safetensors"],
        "latent_upscaler": ["up.safetensors"],
    }
    made = compile_graph(ltx("ltx-2.5", models=files))
    assert node(made, "UNETLoader")["unet_name"] == "ltx-2.5.safetensors"
    assert [vae["vae_name"] for vae in nodes(made, "VAELoader")] == ["video.safetensors", "audio.safetensors"]
    assert not nodes(made, "CheckpointLoaderSimple")


def test_two_scales_of_guidance_take_the_guider_for_two() -> None:
    stage = base_stage(MODEL, guidance=3, guidance_options={"audio_guidance_scale": 7})
    made = compile_graph(ltx(stages=1) | {"stages": [stage]})
    guider = node(made, "LTXVDualCFGGuider")
    assert (guider["video_cfg"], guider["audio_cfg"]) == (3, 7)


def test_settings_of_a_sampler_take_its_own_node() -> None:
    stage = base_stage(MODEL, scheduler_options={"eta": 0, "max_shift": 2.0})
    made = compile_graph(ltx(stages=1) | {"stages": [stage]})
    assert node(made, "SamplerEulerAncestral") == {"eta": 0, "s_noise": 1.0}


def test_a_size_that_does_not_fit_says_what_is_rendered() -> None:
    made = compile_graph(ltx(height=360, frames=126))
    notes = {loss.path: loss.note for loss in made.losses if loss.status == "approximated"}
    assert "render 352" in notes["/height"]
    assert "render 121" in notes["/frames"]


def test_guidance_that_stock_nodes_do_not_have_is_said() -> None:
    stage = base_stage(MODEL, guidance_options={"stg_scale": 1.5})
    made = compile_graph(ltx(stages=1) | {"stages": [stage]})
    found = [problem for problem in made.problems if problem.code == "value_not_carried"]
    assert [problem.path for problem in found] == ["/stages/0/guidance_options/stg_scale"]
    assert "warning" in {problem.severity for problem in found}


def test_guidance_of_its_own_that_is_off_needs_no_word() -> None:
    off = {"stg_scale": 0, "guidance_rescale": 0.0, "modality_scale": 1, "audio_stg_scale": 0.0}
    made = compile_graph(ltx(stages=1) | {"stages": [base_stage(MODEL, guidance_options=off)]})
    assert not codes(made)


def test_no_negative_prompt_is_the_positive_one_zeroed() -> None:
    document = ltx()
    del document["negative_prompt"]
    made = compile_graph(document)
    kind, zeroed, _ = behind(made, node(made, "LTXVConditioning")["negative"])
    assert kind == "ConditioningZeroOut"
    assert behind(made, zeroed["conditioning"])[1]["text"] == document["prompt"]
    assert [loss.status for loss in made.losses if loss.target_path.endswith("/conditioning")] == ["defaulted"]


def test_every_literal_of_the_graph_is_in_the_books_once_at_least() -> None:
    made = compile_graph(ltx())
    assert set(literals(made.output)) <= {loss.target_path for loss in made.losses}
    assert not codes(made)
