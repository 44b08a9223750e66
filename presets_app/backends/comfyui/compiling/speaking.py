"""A speaker's voice that LTX-2 takes on: a reference sound for the prompts of all stages and the first one's model."""

from __future__ import annotations

from collections.abc import Mapping

from presets_app.backends.comfyui.compiling import media
from presets_app.backends.comfyui.compiling.building import Builder, Fixed, Given, Input, Out

VOICE = "reference_audio"
_SETTINGS = {"identity_guidance_scale": 3.0, "start_percent": 0.0, "end_percent": 1.0}


def has_voice(build: Builder) -> bool:
    return VOICE in (build.document.get("inputs") or {})


def with_voice(
    build: Builder, assets: Mapping[str, str], audio_vae: Out, parts: tuple[Out, Out, Out]
) -> tuple[Out, Out, Out]:
    """Model, positive and negative with the voice in, as ComfyUI's template puts it: before the first stage."""
    model, positive, negative = parts
    inputs: dict[str, Input] = {
        "model": model,
        "positive": positive,
        "negative": negative,
        "reference_audio": media.load(build, VOICE, "audio", assets),
        "audio_vae": audio_vae,
        **{name: _setting(build, name, usual) for name, usual in _SETTINGS.items()},
    }
    node = build.add("LTXVReferenceAudio", "Speak with this voice", inputs)
    return Out(node, 0), Out(node, 1), Out(node, 2)


def _setting(build: Builder, name: str, usual: float) -> Input:
    """A setting of the first stage; later stages that state the same share the node."""
    paths = [f"/stages/{index}/guidance_options/{name}" for index in range(len(build.document["stages"]))]
    if not build.ledger.has(paths[0]):
        return Fixed(usual, "Not stated: the node's default.")
    value = build.value(paths[0])
    return Given(paths[0], value, also=tuple(path for path in paths[1:] if build.value(path) == value))
