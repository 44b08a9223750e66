"""Families by file names."""

from __future__ import annotations

import pytest

from presets_app.backends.comfyui.interpreting.families import family_of_name, other_family, variant_of
from tests.backends.comfyui.importing.graphs import WAN, changed, codes, imported


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("ltx-video-2b-v0.9.5.safetensors", "ltxv"),
        ("ltxv-13b-0.9.8-distilled.safetensors", "ltxv"),
        ("ltx-2-19b-dev-fp8.safetensors", "ltx-2"),
        ("LTX2/ltx-2-19b-distilled.safetensors", "ltx-2"),
        ("ltx-2.3-22b-dev-fp8.safetensors", "ltx-2.3"),
        ("ltx_2.3_22b_distilled_1.1_lora.safetensors", "ltx-2.3"),
        ("ltx-2.5-22b-distilled-transformer.safetensors", "ltx-2.5"),
        ("wan2.1_t2v_1.3B_fp16.safetensors", "wan-2.1"),
        ("Wan2_1-T2V-14B_fp8_e4m3fn.safetensors", "wan-2.1"),
        ("Wan21_CausVid_14B.safetensors", "wan-2.1"),
        ("wan2.2_ti2v_5B_fp16.safetensors", "wan-2.2"),
        ("Wan2_2-I2V-A14B-HIGH_fp8.safetensors", "wan-2.2"),
        ("wan22_low_noise.gguf", "wan-2.2"),
        ("flux1-dev.safetensors", ""),
        ("taiwan2.png", ""),
    ],
)
def test_a_file_names_its_family(name: str, family: str) -> None:
    assert family_of_name(name) == family


@pytest.mark.parametrize(
    ("family", "name", "variant"),
    [
        ("ltx-2", "ltx-2-19b-distilled.safetensors", "distilled"),
        ("ltx-2", "ltx-2-19b-dev-fp8.safetensors", "dev"),
        ("wan-2.2", "wan2.2_ti2v_5B_fp16.safetensors", "ti2v-5b"),
        ("wan-2.2", "wan2.2_i2v_low_noise_14B.safetensors", "i2v-a14b"),
        ("wan-2.1", "wan2.1_t2v_1.3B_fp16.safetensors", "t2v-1.3b"),
        ("wan-2.1", "something.safetensors", ""),
    ],
)
def test_a_file_names_its_variant(family: str, name: str, variant: str) -> None:
    assert variant_of(family, [name]) == variant


@pytest.mark.parametrize(
    ("name", "other"), [("v1-5-pruned-emaonly.ckpt", "Stable Diffusion 1.5"), ("hunyuan_video.safetensors", "Hunyuan")]
)
def test_a_family_that_is_not_supported_is_said_with_what_was_understood(name: str, other: str) -> None:
    assert other_family([name]) == other
    found = imported(changed(WAN, unet={"unet_name": name}))
    [problem] = [problem for problem in found.problems if problem.code == "family_not_supported"]
    assert (problem.severity, problem.path, other in problem.message, name in problem.message) == (
        "error",
        "/family",
        True,
        True,
    )
    assert found.document is not None
    assert "family" not in found.document


def test_a_family_that_no_file_names_is_asked_for() -> None:
    drawn = changed(WAN, unet={"unet_name": "my_wan_merge_7.safetensors"}, vae={"vae_name": "v.safetensors"})
    assert ("family_unclear", "/family") in codes(imported(drawn))
