"""LTX-Video, LTX-2, 2.3 and 2.5: any number of stages, with picture, guides and sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from presets_app.backends.comfyui.compiling import loading, media, sampling
from presets_app.backends.comfyui.compiling.building import ALONE, Builder, Fixed, Given, Input, Out
from presets_app.backends.comfyui.compiling.files import listed
from presets_app.backends.comfyui.compiling.ltx_pictures import Pictures, pictures_of
from presets_app.backends.comfyui.compiling.saving import Finished, save
from presets_app.backends.comfyui.compiling.speaking import has_voice, with_voice
from presets_app.backends.comfyui.compiling.stating import rate, rate_literal, size_literals, told_rate

_GIVEN = ("ia2v", "a2v")  # tasks whose sound is given
_DENOISED = 1  # SamplerCustomAdvanced's second output


@dataclass
class _Take:
    """What every stage needs, and where the picture and the sound are now."""

    build: Builder
    assets: Mapping[str, str]
    parts: loading.Parts
    positive: Out
    negative: Out
    video: Out
    pictures: Pictures
    sound: Out | None = None
    audio_vae: Out | None = None


def compile_ltx(build: Builder, assets: Mapping[str, str], run_name: str) -> None:
    parts = loading.ltx_parts(build)
    models = _models(build, parts) if parts else []
    if parts is None or None in models:
        return
    take = _begun(build, assets, parts)
    if take is None:
        return
    for index, model in enumerate(models):
        if model is None or not _stage(take, index, model):
            return
    save(build, Finished(take.video, parts.vae, run_name, _heard(take)))


def _models(build: Builder, parts: loading.Parts) -> list[Out | None]:
    whole = parts.checkpoint is not None
    return [loading.model(build, index, whole=whole) for index in range(len(build.document["stages"]))]


def _begun(build: Builder, assets: Mapping[str, str], parts: loading.Parts) -> _Take | None:
    """Prompts, the empty latents and the pictures; None when an input is missing."""
    positive, negative = media.prompts(build, parts.clip)
    given: dict[str, Input] = {"positive": positive, "negative": negative}
    frame_rate = rate_literal(build, told_rate(build), whole=False)
    told = build.add("LTXVConditioning", "Tell the frame rate", {**given, "frame_rate": frame_rate})
    empty = build.add("EmptyLTXVLatentVideo", "Empty video", {**size_literals(build), "batch_size": ALONE})
    build.landmarks["start"] = empty
    pictures = pictures_of(build, assets)
    if pictures is None:
        return None
    take = _Take(build, assets, parts, Out(told, 0), Out(told, 1), Out(empty), pictures)
    return take if _sound(take) else None


def _sound(take: _Take) -> bool:
    """An empty latent for the sound, or the sound that is given; False when a file is missing.

    A preset without sound samples it too, as the local runner does, since picture and sound are drawn together; it is
    only not decoded. Where no audio VAE is named for it, the picture is sampled alone."""
    build = take.build
    if build.value("/family") == "ltxv":
        return True
    given = build.value("/task") in _GIVEN
    if not given and _silent(build) and take.parts.checkpoint is None and not listed(build, "audio_vae"):
        build.keep("/audio/generate", "The graph has no audio nodes.")
        return True
    take.audio_vae = loading.audio_vae(build, take.parts)
    if take.audio_vae is None:
        return False
    _told(build, given)
    take.sound = _given_sound(take, take.audio_vae) if given else _silence(build, take.audio_vae)
    return take.sound is not None


def _silent(build: Builder) -> bool:
    return build.value("/audio/generate") is False


def _told(build: Builder, given: bool) -> None:
    path = "/audio/generate"
    if given and build.value(path) is True:
        build.ledger.drop(path, "The sound is the one that is given, and none is made anew.")
    elif _silent(build):
        build.keep(path, "Sound is sampled with the picture and not decoded, as in the local runner.")
    else:
        build.keep(path, "The graph renders sound with the picture.")


def _silence(build: Builder, audio_vae: Out) -> Out:
    inputs: dict[str, Input] = {
        "frames_number": Given("/frames", build.value("/frames")),
        "frame_rate": rate_literal(build, told_rate(build), whole=True),
        "batch_size": ALONE,
        "audio_vae": audio_vae,
    }
    return Out(build.add("LTXVEmptyLatentAudio", "Empty sound", inputs))


def _given_sound(take: _Take, audio_vae: Out) -> Out | None:
    """A sound that the video is made to: cut to the video's length, encoded, and kept from being changed."""
    build = take.build
    role = media.needed(build, media.SOUND, "a sound")
    if not role:
        return None
    seconds = float(Fraction(build.value("/frames")) / rate(build.document))
    note = f"Frames divided by the frame rate: {seconds:.4f} s."
    start = Fixed(0.0, "From the beginning of the sound.")
    cut: dict[str, Input] = {
        "audio": media.load(build, role, "audio", take.assets),
        "start_index": start,
        "duration": Given("/frames", seconds, note),
    }
    trimmed = Out(build.add("TrimAudioDuration", "Cut to the length of the video", cut))
    encoded = Out(build.add("LTXVAudioVAEEncode", "Encode the sound", {"audio": trimmed, "audio_vae": audio_vae}))
    keep = {"value": Fixed(0.0, "Nothing of the sound is made anew.")}
    sides = {name: Given(f"/{name}", build.value(f"/{name}")) for name in ("width", "height")}
    mask = Out(build.add("SolidMask", "Keep the sound", {**keep, **sides}))
    return Out(build.add("SetLatentNoiseMask", "Keep the sound as it is", {"samples": encoded, "mask": mask}))


def _stage(take: _Take, index: int, model: Out) -> bool:
    """Sample one stage; False when a file for it is missing."""
    build = take.build
    if not _enlarged(take, index):
        return False
    if index == 0:
        build.keep("/stages/0/scale", "The first stage has the document's own size.")
        model = _spoken(take, model)
    put_in = take.pictures.put_in
    positive, negative, latent = put_in(index, take.parts.vae, take.positive, take.negative, take.video)
    if take.sound is not None:
        both: dict[str, Input] = {"video_latent": latent, "audio_latent": take.sound}
        latent = Out(build.add("LTXVConcatAVLatent", "Picture and sound", both))
    node = sampling.custom(
        build, sampling.Stage(index, model, positive, negative, latent, sound=take.sound is not None)
    )
    take.video = Out(node, _DENOISED)
    if take.sound is not None:
        parted = build.add("LTXVSeparateAVLatent", "Part picture and sound", {"av_latent": take.video})
        take.video, take.sound = Out(parted, 0), Out(parted, 1)
    take.video = take.pictures.taken_out(positive, negative, take.video)
    return True


def _spoken(take: _Take, model: Out) -> Out:
    """The first stage's model with the voice in; the prompts keep it for the stages after."""
    if take.audio_vae is None or not has_voice(take.build):
        return model
    parts = (model, take.positive, take.negative)
    model, take.positive, take.negative = with_voice(take.build, take.assets, take.audio_vae, parts)
    return model


def _enlarged(take: _Take, index: int) -> bool:
    build, path = take.build, f"/stages/{index}/scale"
    if index == 0 or build.value(path) in (None, 1):
        build.keep(path, "1 leaves the size as it is.") if index else None
        return True
    model = loading.upscaler(build, index)
    if model is None:
        return False
    inputs: dict[str, Input] = {"samples": take.video, "upscale_model": model, "vae": take.parts.vae}
    take.video = Out(build.add("LTXVLatentUpsampler", "Enlarge the latent", inputs))
    _scale_told(build, path, model)
    return True


def _scale_told(build: Builder, path: str, model: Out) -> None:
    """The upscaler's file decides how much larger the latent gets; its name says so."""
    file = str(build.graph[model.node]["inputs"]["model_name"])
    factor = 1.5 if "x1.5" in file else 2
    place = build.place_of(model.node, "model_name")
    if build.value(path) == factor:
        build.keep(path, "The upscaler's file decides how much larger it gets.", place, file)
        return
    text = f"The upscaler {file} enlarges by {factor}, and the preset says {build.value(path):g}."
    build.ledger.approximate(path, place, factor, text)
    build.trouble("scale_of_upscaler", "warning", path, text, "Name an upscaler of that scale, or change the scale.")


def _heard(take: _Take) -> Out | None:
    quiet = _silent(take.build) and take.build.value("/task") not in _GIVEN
    if take.sound is None or take.audio_vae is None or quiet:
        return None
    inputs: dict[str, Input] = {"samples": take.sound, "audio_vae": take.audio_vae}
    return Out(take.build.add("LTXVAudioVAEDecode", "Decode the sound", inputs))
