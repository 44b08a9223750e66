from __future__ import annotations

import json
from textwrap import dedent
from typing import Any

import pytest

from presets_app.backends.diffusers import importing
from presets_app.core.ledger import leaves

TOP = """
import os, argparse, random
import torch
import numpy as np
from fractions import Fraction
from diffusers import *
from diffusers import WanPipeline, WanImageToVideoPipeline, AutoencoderKLWan, LTX2Pipeline, LTX2LatentUpsamplePipeline
from diffusers import UniPCMultistepScheduler, FlowMatchEulerDiscreteScheduler
from diffusers.pipelines.ltx2.latent_upsampler import LTX2LatentUpsamplerModel
from diffusers.pipelines.ltx2.utils import DISTILLED_SIGMA_VALUES, STAGE_2_DISTILLED_SIGMA_VALUES
from diffusers.pipelines.ltx2.utils import DEFAULT_NEGATIVE_PROMPT
from diffusers.utils import export_to_video, encode_video, load_image
"""
WAN = 'pipe = WanPipeline.from_pretrained("Wan-AI/Wan2.2-T2V-A14B-Diffusers", torch_dtype=torch.bfloat16)\n'
FIVE = 'pipe = WanPipeline.from_pretrained("Wan-AI/Wan2.2-TI2V-5B-Diffusers", torch_dtype=torch.bfloat16)\n'
LTX = 'pipe = LTX2Pipeline.from_pretrained("Lightricks/LTX-2", torch_dtype=torch.bfloat16)\n'
SEED = "generator=torch.Generator('cpu').manual_seed(7)"


def read(*parts: str) -> Any:
    text = TOP + "".join(dedent(part) for part in parts)
    assert importing.recognises_script(text)
    return importing.from_script(text)


def line_of(text: str, *parts: str) -> int:
    """The line of a script on which a text stands."""
    whole = TOP + "".join(dedent(part) for part in parts)
    return whole[: whole.index(text)].count("\n") + 1


def stage(*parts: str, number: int = 0) -> Any:
    return read(*parts).document["stages"][number]


def codes(back: Any) -> dict[str, Any]:
    return {problem.code: problem for problem in back.problems}


def test_two_experts_with_all_that_belongs_to_them() -> None:
    back = read(
        """
        model_id = "Wan-AI/" + "Wan2.2-T2V-A14B-Diffusers"
        vae = AutoencoderKLWan.from_pretrained(model_id, subfolder="vae", torch_dtype=torch.float32)
        pipe = WanPipeline.from_pretrained(model_id, vae=vae, torch_dtype=torch.bfloat16)
        pipe.scheduler = UniPCMultistepScheduler.from_config(pipe.scheduler.config, flow_shift=12.0)
        pipe.load_lora_weights("org/loras", weight_name="high.safetensors", adapter_name="h")
        pipe.load_lora_weights("low.safetensors", adapter_name="l", load_into_transformer_2=True)
        pipe.set_adapters(["h", "l"], adapter_weights=[1.0, 0.5])
        pipe.to("cuda")
        pipe.vae.enable_tiling()
        size = dict(width=1280, height=720)
        more = {"num_frames": 16 * 5 + 1, "guidance_scale": 4.0}
        more["guidance_scale_2"] = 3.0
        out = pipe("A boat", f"bad, {size['width']}p", **size, **more, num_inference_steps=40,
                   generator=torch.Generator(device="cuda").manual_seed(42)).frames[0]
        export_to_video(out, os.path.join("out", "boat.mp4"), fps=16)
        """
    )
    document = back.document
    high, low = document["stages"]
    assert (high["guidance"], low["guidance"], high["seed"], high["steps"]) == (4.0, 3.0, 42, 40)
    assert (high["shift"], low["shift"], high["sampler"]) == (12.0, 12.0, "uni_pc")
    assert high["loras"] == [{"file": "org/loras/high.safetensors", "strength": 1.0}]
    assert low["loras"] == [{"file": "low.safetensors", "strength": 0.5}]
    assert (document["prompt"], document["negative_prompt"]) == ("A boat", "bad, 1280p")
    assert (document["width"], document["height"], document["frames"], document["fps"]) == (1280, 720, 81, 16)
    assert document["runtime"] == {
        "dtype": "bfloat16",
        "vae_dtype": "float32",
        "offload": "none",
        "vae_tiling": True,
        "noise_device": "cuda",
    }
    assert [problem for problem in back.problems if problem.severity != "note"] == []


TWO_STAGES = """
    generator = torch.Generator("cuda:0").manual_seed(42)
    latents, audio = pipe(prompt="Sunset", width=768, height=512, num_frames=121, frame_rate=24.0,
        num_inference_steps=40, guidance_scale=4.0, generator=generator, output_type="latent", return_dict=False)
    upsampler = LTX2LatentUpsamplerModel.from_pretrained("Lightricks/LTX-2", subfolder="latent_upsampler")
    upsample = LTX2LatentUpsamplePipeline(vae=pipe.vae, latent_upsampler=upsampler)
    larger = upsample(latents=latents, output_type="latent", return_dict=False)[0]
    pipe.load_lora_weights("Lightricks/LTX-2", adapter_name="s", weight_name="distilled.safetensors")
    pipe.set_adapters("s", 0.6)
    pipe.vae.enable_tiling()
    pipe.scheduler = FlowMatchEulerDiscreteScheduler.from_config(
        pipe.scheduler.config, use_dynamic_shifting=False, shift_terminal=None)
    video, audio = pipe(latents=larger, audio_latents=audio, prompt="Sunset", width=768 * 2, height=512 * 2,
        num_inference_steps=3, noise_scale=STAGE_2_DISTILLED_SIGMA_VALUES[0], sigmas=STAGE_2_DISTILLED_SIGMA_VALUES,
        guidance_scale=1.0, generator=GENERATOR, output_type="np", return_dict=False)
    encode_video(video[0], fps=24.0, audio=audio[0].float().cpu(), audio_sample_rate=24000, output_path="a.mp4")
"""


def test_two_calls_with_upsampling_between_them_are_two_stages() -> None:
    back = read(LTX, TWO_STAGES.replace("GENERATOR", "torch.Generator('cuda').manual_seed(7)"))
    base, refine = back.document["stages"]
    assert (base["role"], base["seed"], base["steps"], base["guidance"]) == ("base", 42, 40, 4.0)
    assert (refine["role"], refine["seed"], refine["scale"]) == ("refine", 7, 2)
    assert refine["sigmas"] == [0.909375, 0.725, 0.421875, 0.0]
    assert refine["loras"] == [{"file": "Lightricks/LTX-2/distilled.safetensors", "strength": 0.6}]
    assert "loras" not in base
    assert back.document["audio"] == {"generate": True}
    assert back.document["runtime"]["vae_tiling"] is True
    assert "sigmas_moved" not in codes(back)


def test_a_generator_that_goes_on_is_no_second_seed() -> None:
    base, refine = read(LTX, TWO_STAGES.replace("GENERATOR", "generator")).document["stages"]
    assert base["seed"] == 42
    assert "seed" not in refine


def test_values_of_a_run_are_left_out_and_name_their_line() -> None:
    script = """
        def render(prompt, steps=30):
            seed = random.randint(0, 100)
            out = pipe(prompt, num_inference_steps=steps, guidance_scale=float(os.environ["SCALE"]),
                       num_frames=int(input()), generator=torch.Generator().manual_seed(seed)).frames[0]
            export_to_video(out, "a.mp4", fps=24)
        """
    back = read(FIVE, script)
    document, run_time = back.document, [one for one in back.problems if one.code == "value_at_run_time"]
    assert {"prompt", "frames"}.isdisjoint(document)
    assert {"guidance", "seed"}.isdisjoint(document["stages"][0])
    assert (document["stages"][0]["steps"], document["environment"]) == (30, ["SCALE"])
    told = {problem.path: problem for problem in run_time}
    assert set(told) == {"/prompt", "/frames", "/stages/0/guidance", "/stages/0/seed"}
    assert told["/prompt"].severity == "error"
    assert f"line {line_of('def render', FIVE, script)}" in told["/prompt"].message
    assert "the environment variable SCALE" in told["/stages/0/guidance"].message
    assert "a person's input" in told["/frames"].message


def test_a_main_function_behind_its_guard_is_read() -> None:
    document = read(
        """
        class Config:
            width = 832
            prompt = "A boat"
        def load(name: str, *, shift: float = 5.0):
            pipe = WanPipeline.from_pretrained(name, torch_dtype=torch.bfloat16)
            pipe.scheduler = UniPCMultistepScheduler.from_config(pipe.scheduler.config, flow_shift=shift)
            return pipe
        def main():
            parser = argparse.ArgumentParser()
            parser.add_argument("--steps", type=int, default="25")
            parser.add_argument("--out-file", default="clip.mp4")
            args = parser.parse_args()
            pipe = load("Wan-AI/Wan2.2-TI2V-5B-Diffusers", shift=3.0)
            if torch.cuda.is_available():
                pipe.enable_model_cpu_offload()
            with torch.inference_mode():
                frames = pipe(prompt=Config.prompt, width=Config.width, num_inference_steps=args.steps).frames[0]
            export_to_video(frames, args.out_file, fps=Fraction(24, 1))
        if __name__ == "__main__":
            main()
        """
    ).document
    assert (document["prompt"], document["width"], document["fps"]) == ("A boat", 832, 24)
    assert (document["stages"][0]["steps"], document["stages"][0]["shift"]) == (25, 3.0)
    assert (document["runtime"]["offload"], document["name"]) == ("model", "Clip")


def test_a_default_on_the_command_line_is_told() -> None:
    script = """
        parser = argparse.ArgumentParser()
        parser.add_argument("--seed", type=int, default=3)
        args = parser.parse_args()
        pipe(prompt="x", generator=torch.manual_seed(args.seed))
        """
    back = read(FIVE, script)
    assert back.document["stages"][0]["seed"] == 3
    assert back.document["runtime"]["noise_device"] == "cpu"
    assert "--seed" in codes(back)["argparse_default"].message


def test_a_size_that_a_picture_decides_is_left_out() -> None:
    back = read(
        """
        pipe = WanImageToVideoPipeline.from_pretrained("Wan-AI/Wan2.2-I2V-A14B-Diffusers")
        image = load_image("https://example.org/puppet.png")
        ratio = image.height / image.width
        height = round(np.sqrt(480 * 832 * ratio)) // 16 * 16
        out = pipe(image=image.resize((832, height)), prompt="x", height=height, width=832, num_frames=81).frames[0]
        export_to_video(out, "a.mp4", fps=16)
        """
    )
    assert "height" not in back.document
    assert back.document["inputs"] == {"image": "https://example.org/puppet.png"}
    assert "a picture's size" in codes(back)["value_at_run_time"].message
    assert "picture_changed" in codes(back)


def test_a_text_that_only_the_library_holds_is_named() -> None:
    told = codes(read(LTX, 'pipe(prompt="x", negative_prompt=DEFAULT_NEGATIVE_PROMPT)'))["value_at_run_time"]
    assert told.path == "/negative_prompt"
    assert "DEFAULT_NEGATIVE_PROMPT" in told.message


def test_the_librarys_own_sigmas_are_known() -> None:
    found = stage(LTX, 'pipe(prompt="x", sigmas=DISTILLED_SIGMA_VALUES, num_inference_steps=8)')
    assert (len(found["sigmas"]), found["sigmas"][-2:], found["steps"]) == (9, [0.421875, 0.0], 8)


def test_a_rate_that_encode_video_cuts_is_told() -> None:
    back = read(LTX, 'v, a = pipe(prompt="x", frame_rate=29.97)\nencode_video(v[0], fps=29.97, output_path="a.mp4")')
    assert (back.document["fps"], back.document["output"]["fps"]) == (29.97, 29)
    assert "29 frames" in codes(back)["fps_cut"].message
    assert back.document["audio"] == {"generate": False}


def test_a_file_written_without_a_rate_has_the_librarys() -> None:
    back = read(FIVE, 'export_to_video(pipe(prompt="x").frames[0], "a.mp4")')
    assert back.document["fps"] == 10
    assert any(problem.path == "/fps" for problem in back.problems)


@pytest.mark.parametrize(
    ("line", "path", "value"),
    [
        ("pipe.enable_sequential_cpu_offload()", "offload", "sequential"),
        ("pipe.enable_group_offload(onload_device=torch.device('cuda'))", "offload", "group"),
        ("pipe.transformer.set_attention_backend('flash')", "attention", "flash"),
        ("pipe.transformer = torch.compile(pipe.transformer)", "compile", True),
        ("pipe.vae.enable_slicing()", "vae_slicing", True),
        ("pipe.vae.to(torch.float32)", "vae_dtype", "float32"),
        ("pipe.transformer.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn)", "dtype", "float8_e4m3fn"),
        ("pipe.to('cuda', torch.float16)", "dtype", "float16"),
    ],
)
def test_where_parts_run_is_read(line: str, path: str, value: Any) -> None:
    assert read(FIVE, line, '\npipe(prompt="x")').document["runtime"][path] == value


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("pipe.load_lora_weights('a.safetensors')", [("a.safetensors", 1.0)]),
        ("pipe.load_lora_weights('a.safetensors')\npipe.fuse_lora(lora_scale=0.7)", [("a.safetensors", 0.7)]),
        ("pipe.load_lora_weights('a.safetensors')\npipe.unload_lora_weights()", []),
        (
            "pipe.load_lora_weights('a.safetensors')\npipe.fuse_lora()\npipe.unload_lora_weights()",
            [("a.safetensors", 1.0)],
        ),
        (
            "for name in ['a', 'b']:\n    pass\n"
            "pipe.load_lora_weights('a.safetensors', adapter_name='a')\n"
            "pipe.load_lora_weights('b.safetensors', adapter_name='b')\npipe.set_adapters('b', 0.3)",
            [("b.safetensors", 0.3)],
        ),
    ],
)
def test_the_loras_that_take_effect_are_read(lines: str, expected: list[tuple[str, float]]) -> None:
    found = stage(FIVE, lines, '\npipe(prompt="x")')
    assert [(lora["file"], lora["strength"]) for lora in found.get("loras", [])] == expected


def test_what_several_branches_leave_different_is_unknown() -> None:
    back = read(FIVE, "import sys\nsteps = 4 if len(sys.argv) > 2 else 30\npipe(prompt='x', num_inference_steps=steps)")
    assert "steps" not in back.document["stages"][0]
    assert codes(back)["value_at_run_time"].path == "/stages/0/steps"


def test_a_second_video_of_the_script_is_told_and_left_out() -> None:
    back = read(FIVE, 'pipe(prompt="first")\nexport_to_video(pipe(prompt="second").frames[0], "a.mp4", fps=24)')
    assert back.document["prompt"] == "second"
    assert codes(back)["several_calls"].severity == "warning"


def test_a_call_in_a_loop_is_one_turn_of_it() -> None:
    back = read(FIVE, "for seed in range(3):\n    pipe(prompt='x', generator=torch.Generator().manual_seed(seed))")
    assert {"call_in_loop", "value_at_run_time"} <= set(codes(back))


def test_what_changes_the_pipeline_and_is_not_read_is_named() -> None:
    back = read(FIVE, "pipe.transformer.enable_cache(None)\nmagic(pipe)\n", 'pipe(prompt="x", max_sequence_length=9)')
    assert {"script_not_read", "argument_not_in_preset"} <= set(codes(back))


def test_a_script_that_never_calls_its_pipeline_says_so() -> None:
    back = read(FIVE)
    assert codes(back)["call_missing"].severity == "error"
    assert back.document["models"] == {"transformer": ["Wan-AI/Wan2.2-TI2V-5B-Diffusers"]}


def test_a_key_in_a_script_is_named_by_its_line_and_not_repeated() -> None:
    secret = "hf_" + "a1B2" * 8
    pipe = f'\nfrom huggingface_hub import login\nlogin("{secret}")\n' + FIVE.replace(")", f', token="{secret}")')
    back = read(pipe, 'pipe(prompt="x")')
    assert codes(back)["secret_in_script"].severity == "warning"
    assert secret not in json.dumps([loss.as_json() for loss in back.losses]) + str(back.problems) + str(back.document)


def test_every_part_that_was_read_is_accounted_for() -> None:
    back = read(WAN, f'pipe(prompt="x", {SEED}, callback_on_step_end=None, cross_attention_kwargs={{"scale": 1}})')
    assert all(loss.target_path for loss in back.losses if loss.status != "defaulted")
    stated = {path for path, _ in leaves(back.document)} - {"/format"}
    assert stated - {loss.path for loss in back.losses} <= {
        "/variant",
        "/task",
        "/stages/0/role",
        "/stages/1/role",
        "/stages/0/model",
        "/stages/1/model",
        "/stages/1/steps",
    }


def test_a_notebooks_lines_for_the_shell_are_passed_over() -> None:
    back = read(
        "!pip install diffusers\n%env A=1\n", FIVE, 'pipe.load_lora_weights(hf_hub_download("a/b", "c.safetensors"))'
    )
    assert codes(back)["call_missing"].source.startswith("line ")
    text = "from huggingface_hub import hf_hub_download\n"
    lora = 'pipe.load_lora_weights(hf_hub_download("a/b", filename="c.safetensors"))\npipe(prompt="x")'
    assert stage("!pip install diffusers\n", text, FIVE, lora)["loras"][0]["file"] == "a/b/c.safetensors"


def test_parts_that_are_loaded_by_themselves_bring_their_type_and_place() -> None:
    name = '"Wan-AI/Wan2.2-TI2V-5B-Diffusers"'
    document = read(
        f'vae = AutoModel.from_pretrained({name}, subfolder="vae", torch_dtype=torch.float32)\n',
        f'large = AutoModel.from_pretrained({name}, subfolder="transformer")\nlarge.enable_group_offload()\n',
        f"pipe = WanPipeline.from_pretrained({name}, vae=vae, transformer=large, torch_dtype=torch.bfloat16)\n",
        'pipe.to("cuda")\npipe(prompt="x")',
    ).document
    assert document["runtime"] == {"dtype": "bfloat16", "vae_dtype": "float32", "offload": "group"}
    assert document["models"] == {"transformer": ["Wan-AI/Wan2.2-TI2V-5B-Diffusers"]}


def test_a_parts_own_source_is_a_model_of_its_own() -> None:
    back = read(
        'vae = AutoencoderKLWan.from_pretrained("org/vae", torch_dtype=torch.float32)\n',
        'high = WanTransformer3DModel.from_single_file("high-Q4.gguf")\n',
        'pipe = WanPipeline.from_pretrained("Wan-AI/Wan2.2-T2V-A14B-Diffusers", vae=vae, transformer=high)\n',
        'pipe(prompt="x")',
    )
    models = back.document["models"]
    assert models["vae"] == ["org/vae"]
    assert models["transformer"] == ["high-Q4.gguf"]
    assert back.document["stages"][0]["model"] == "high-Q4.gguf"
