"""Models, LoRAs and patches on the way from loader to sampler."""

from __future__ import annotations

from typing import Any

from tests.backends.comfyui.importing.graphs import EXPERTS, LTX, WAN, Drawn, changed, codes, document, imported


def patched(kind: str, **inputs: Any) -> Drawn:
    """The WAN graph with a node between loader and shift."""
    return {**changed(WAN, shift={"model": ("patch", 0)}), "patch": (kind, {"model": ("unet", 0), **inputs})}


def test_files_beside_the_diffusion_model_are_listed_by_kind() -> None:
    assert document(WAN)["models"] == {
        "transformer": ["wan2.1_t2v_1.3B_fp16.safetensors"],
        "vae": ["wan_2.1_vae.safetensors"],
        "text_encoder": ["umt5_xxl.safetensors"],
    }
    assert document(LTX)["models"] == {
        "transformer": ["ltx-2-19b-dev.safetensors"],
        "text_encoder": ["gemma.safetensors"],
        "latent_upscaler": ["ltx-2-spatial-upscaler-x2-1.0.safetensors"],
    }


def test_loras_are_listed_in_the_order_they_are_put_on() -> None:
    drawn = {
        **patched("LoraLoaderModelOnly", lora_name="a.safetensors", strength_model=1.0000000000000002),
        "patch_2": (
            "LoraLoaderModelOnly",
            {"lora_name": "b.safetensors", "strength_model": 0.5, "model": ("patch", 0)},
        ),
    }
    drawn["shift"] = ("ModelSamplingSD3", {"shift": 8.0, "model": ("patch_2", 0)})
    loras = document(drawn)["stages"][0]["loras"]
    assert loras == [{"file": "a.safetensors", "strength": 1}, {"file": "b.safetensors", "strength": 0.5}]


def test_rows_of_a_power_loader_that_are_off_are_notes() -> None:
    drawn = patched(
        "Power Lora Loader (rgthree)",
        lora_1={"on": True, "lora": "sub\\on.safetensors", "strength": 0.8},
        lora_2={"on": False, "lora": "off.safetensors", "strength": 1},
        lora_3={"on": True, "lora": "zero.safetensors", "strength": 0},
    )
    found = imported(drawn)
    assert found.document is not None
    assert found.document["stages"][0]["loras"] == [{"file": "sub/on.safetensors", "strength": 0.8}]
    told = " ".join(problem.message for problem in found.problems if problem.code == "lora_off")
    assert "off.safetensors" in told
    assert "zero.safetensors" in told


def test_a_lora_on_the_text_encoder_is_said() -> None:
    drawn = {
        **changed(WAN, yes={"clip": ("patch", 1)}, shift={"model": ("patch", 0)}),
        "patch": (
            "LoraLoader",
            {
                "model": ("unet", 0),
                "clip": ("clip", 0),
                "lora_name": "a.safetensors",
                "strength_model": 1,
                "strength_clip": 0.5,
            },
        ),
    }
    found = imported(drawn)
    assert ("text_encoder_lora", "/models/text_encoder") in codes(found)
    assert found.document is not None
    assert found.document["models"]["text_encoder"] == ["umt5_xxl.safetensors"]


def test_a_muted_lora_is_a_note() -> None:
    found = imported(
        WAN, off={"lora": ("LoraLoaderModelOnly", {"lora_name": "quiet.safetensors", "strength_model": 1})}
    )
    [note] = [problem for problem in found.problems if problem.code == "node_off"]
    assert (note.path, "quiet.safetensors" in note.message) == ("/stages/0/loras", True)


def test_a_patch_that_changes_the_video_is_a_warning_and_one_that_does_not_is_kept() -> None:
    assert ("patch_not_kept", "/stages/0") in codes(imported(patched("SkipLayerGuidanceDiT", scale=3.0)))
    fast = imported(patched("PathchSageAttentionKJ", sage_attention="auto"))
    assert ("patch_not_kept", "/stages/0") not in codes(fast)
    assert fast.document is not None
    assert fast.document["runtime"] == {"attention": "sage"}


def test_how_weights_are_kept_is_said() -> None:
    found = imported(EXPERTS)
    assert found.document is not None
    assert found.document["runtime"]["quantization"] == "fp8_e4m3fn"
    assert ("weights_stored_as", "/runtime/quantization") in codes(found)


def test_a_model_without_a_known_loader_is_an_error() -> None:
    found = imported({**WAN, "unet": ("ConjureModel", {"size": 3, "colour": "red"})})
    assert ("value_not_in_file", "/stages/0/model") in codes(found)
