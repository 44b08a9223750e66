"""Which model file each part of the graph loads, by the names the document has."""

from __future__ import annotations

from typing import Any

from presets_app.backends.comfyui.compiling.building import Builder, Given

_WORDS = {
    "transformer": "the model that draws",
    "text_encoder": "the text encoder",
    "vae": "the VAE",
    "audio_vae": "the audio VAE",
    "latent_upscaler": "the latent upscaler",
    "clip_vision": "the image encoder (CLIP vision)",
    "audio_encoder": "the audio encoder",
}


def listed(build: Builder, kind: str) -> list[str]:
    """The files of one kind, in the document's order."""
    found = build.value(f"/models/{kind}")
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def file_literal(build: Builder, kind: str, at: int = 0) -> Given | None:
    """The file of one kind as a literal; a problem and None when the document names none."""
    names = listed(build, kind)
    if len(names) > at:
        return loadable(build, Given(f"/models/{kind}", names[at], "One file of the list."))
    missing(build, f"/models/{kind}", _WORDS.get(kind, kind))
    return None


def loadable(build: Builder, literal: Given) -> Given:
    """The literal, with a problem when stock loaders cannot read such a file."""
    if str(literal.value).lower().endswith(".gguf"):
        text = "Stock ComfyUI loads no .gguf file: that takes a node pack of its own."
        build.trouble("model_file_unsupported", "error", literal.path, text, "Name the safetensors file of the model.")
    return literal


def missing(build: Builder, path: str, what: str) -> None:
    text = f"The preset does not name {what}, and ComfyUI has to be told which file to load."
    hint = "Name the file as the server lists it."
    build.trouble("model_file_missing", "error", path, text, hint)


def transformer(build: Builder, index: int) -> Given | None:
    """The file a stage samples with: its own, else the one of the list that is meant for it."""
    own = build.value(f"/stages/{index}/model")
    names = listed(build, "transformer")
    if own is not None:
        also = ("/models/transformer",) if own in names else ()
        return loadable(build, Given(f"/stages/{index}/model", own, also=also))
    if not names:
        missing(build, f"/stages/{index}/model", _WORDS["transformer"])
        return None
    name = _expert(names, str(build.value(f"/stages/{index}/role") or "")) or names[min(index, len(names) - 1)]
    return loadable(build, Given("/models/transformer", name, f"The file of the list for stage {index + 1}."))


def _expert(names: list[str], role: str) -> str:
    """The file whose name says that it is this expert's, as in wan2.2_t2v_high_noise_14B.safetensors."""
    if role not in ("high_noise", "low_noise"):
        return ""
    return next((name for name in names if role in name.lower().replace("-", "_")), "")


def weight_dtype(build: Builder) -> tuple[str, tuple[str, ...]]:
    """How UNETLoader keeps the weights, and the leaves that say so."""
    for path in ("/runtime/quantization", "/runtime/dtype"):
        name = _WEIGHTS.get(str(build.value(path)))
        if name:
            return name, (path,)
    return "default", ()


_WEIGHTS: dict[str, Any] = {
    "fp8_e4m3fn": "fp8_e4m3fn",
    "fp8_e4m3fn_fast": "fp8_e4m3fn_fast",
    "fp8_e5m2": "fp8_e5m2",
    "float8_e4m3fn": "fp8_e4m3fn",
    "float8_e5m2": "fp8_e5m2",
}
