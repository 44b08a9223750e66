"""The nodes that load models, put LoRAs on them and set their shift."""

from __future__ import annotations

from dataclasses import dataclass

from presets_app.backends.comfyui.compiling.building import Builder, Fixed, Given, Input, Out
from presets_app.backends.comfyui.compiling.files import (
    file_literal,
    listed,
    missing,
    transformer,
    weight_dtype,
)

_DEVICE = Fixed("default", "Where the text encoder runs is the server's business.")
_CLIP_TYPE = Fixed("wan", "The kind of text encoder that the family has.")
_LTX_TYPE = Fixed("ltxv", "The kind of text encoder that the family has.")


@dataclass(frozen=True)
class Parts:
    """What a graph is made of besides the models of its stages. `checkpoint` is the one file that holds model, VAE
    and audio VAE together; None where they are files of their own."""

    clip: Out
    vae: Out
    checkpoint: Given | None = None


def model(build: Builder, index: int, *, whole: bool) -> Out | None:
    """The model of a stage with its LoRAs on. `whole` loads a checkpoint that holds the VAE too."""
    file = transformer(build, index)
    if file is None:
        return None
    if whole:
        made = Out(build.once("CheckpointLoaderSimple", "Load checkpoint", {"ckpt_name": file}))
    else:
        made = Out(build.once("UNETLoader", f"Load model{_of(build, index)}", _unet(build, file)))
    return _with_loras(build, index, made)


def shifted(build: Builder, index: int, made: Out) -> Out:
    """The model with the stage's shift; as it is when the stage states none, since the family has its own."""
    path = f"/stages/{index}/shift"
    if build.value(path) is None:
        return made
    literal = Given(path, build.value(path))
    return Out(build.add("ModelSamplingSD3", f"Shift{_of(build, index)}", {"shift": literal, "model": made}))


def wan_parts(build: Builder) -> Parts | None:
    encoder, vae = file_literal(build, "text_encoder"), file_literal(build, "vae")
    if encoder is None or vae is None:
        return None
    clip = build.once("CLIPLoader", "Load text encoder", {"clip_name": encoder, "type": _CLIP_TYPE, "device": _DEVICE})
    return Parts(Out(clip), Out(build.once("VAELoader", "Load VAE", {"vae_name": vae})))


def ltx_parts(build: Builder) -> Parts | None:
    """Text encoder and VAE of an LTX model: from one checkpoint, or from files of their own where a VAE is named."""
    encoder, file = file_literal(build, "text_encoder"), transformer(build, 0)
    if encoder is None or file is None:
        return None
    if listed(build, "vae"):
        vae = build.once("VAELoader", "Load VAE", {"vae_name": _first(build, "vae")})
        return Parts(_own_clip(build, encoder), Out(vae))
    checkpoint = build.once("CheckpointLoaderSimple", "Load checkpoint", {"ckpt_name": file})
    return Parts(_clip(build, encoder, file), Out(checkpoint, 2), file)


def _first(build: Builder, kind: str) -> Given:
    return Given(f"/models/{kind}", listed(build, kind)[0], "One file of the list.")


def audio_vae(build: Builder, parts: Parts) -> Out | None:
    """The audio VAE: a file of its own, or the part of the checkpoint."""
    if parts.checkpoint is None:
        file = file_literal(build, "audio_vae")
        return Out(build.once("VAELoader", "Load audio VAE", {"vae_name": file})) if file else None
    literal = _first(build, "audio_vae") if listed(build, "audio_vae") else parts.checkpoint
    return Out(build.once("LTXVAudioVAELoader", "Load audio VAE", {"ckpt_name": literal}))


def _clip(build: Builder, encoder: Given, checkpoint: Given) -> Out:
    if build.value("/family") == "ltxv":
        return Out(build.once("CLIPLoader", "Load text encoder", _named(encoder)))
    return _joined_clip(build, encoder, _first(build, "connectors") if listed(build, "connectors") else checkpoint)


def _joined_clip(build: Builder, encoder: Given, connectors: Given) -> Out:
    """The text encoder of LTX-2, which needs the connectors that its model's file holds."""
    inputs: dict[str, Input] = {"text_encoder": encoder, "ckpt_name": connectors, "device": _DEVICE}
    return Out(build.once("LTXAVTextEncoderLoader", "Load text encoder", inputs))


def _own_clip(build: Builder, encoder: Given) -> Out:
    """Text encoders that come without a checkpoint: one file, or two that belong together."""
    if listed(build, "connectors"):
        return _joined_clip(build, encoder, _first(build, "connectors"))
    names = listed(build, "text_encoder")
    if len(names) == 1:
        return Out(build.once("CLIPLoader", "Load text encoder", _named(encoder)))
    second = Given("/models/text_encoder", names[1], "The second file of the list.")
    inputs: dict[str, Input] = {"clip_name1": encoder, "clip_name2": second, "type": _LTX_TYPE, "device": _DEVICE}
    return Out(build.once("DualCLIPLoader", "Load text encoders", inputs))


def _named(encoder: Given) -> dict[str, Input]:
    return {"clip_name": encoder, "type": _LTX_TYPE, "device": _DEVICE}


def _unet(build: Builder, file: Given) -> dict[str, Input]:
    name, paths = weight_dtype(build)
    literal: Input = Fixed(name, "Weights stay as the file holds them.")
    if paths:
        literal = Given(paths[0], name)
    return {"unet_name": file, "weight_dtype": literal}


def _with_loras(build: Builder, index: int, made: Out) -> Out:
    loras = build.document["stages"][index].get("loras") or []
    for at, lora in enumerate(loras):
        path = f"/stages/{index}/loras/{at}"
        strength: Input = Fixed(1.0, "Not stated: as it was trained.")
        if "strength" in lora:
            strength = Given(f"{path}/strength", lora["strength"])
        inputs: dict[str, Input] = {"lora_name": Given(f"{path}/file", lora["file"]), "strength_model": strength}
        node = build.once("LoraLoaderModelOnly", f"LoRA{_of(build, index)}", {**inputs, "model": made})
        made = Out(node)
    return made


def _of(build: Builder, index: int) -> str:
    role = build.value(f"/stages/{index}/role")
    return f" ({role})" if len(build.document["stages"]) > 1 else ""


def upscaler(build: Builder, index: int) -> Out | None:
    """The latent upscaler that a stage's scale asks for."""
    names = listed(build, "latent_upscaler")
    if not names:
        missing(build, "/models/latent_upscaler", f"the latent upscaler that stage {index + 1} needs for its scale")
        return None
    literal = Given("/models/latent_upscaler", names[0], "One file of the list.")
    return Out(build.once("LatentUpscaleModelLoader", "Load latent upscaler", {"model_name": literal}))
