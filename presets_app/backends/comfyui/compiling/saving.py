"""From the last latent to a file: decoding, putting picture and sound together, saving."""

from __future__ import annotations

import re
from dataclasses import dataclass

from presets_app.backends.comfyui.compiling.building import Builder, Fixed, Given, Input, Out
from presets_app.backends.comfyui.compiling.stating import rate_literal
from presets_app.core.documents import name_problems, slug_of

_TILES = {"tile_size": 512, "overlap": 64, "temporal_size": 64, "temporal_overlap": 8}
_TEN_BIT = ("10le", "10be", "p010")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_WEBM_CODECS = ("vp9", "av1")


@dataclass(frozen=True)
class Finished:
    """What there is to save. `run_name` becomes the file's name, the preset's own name where it is ""."""

    latent: Out
    vae: Out
    run_name: str
    sound: Out | None = None


def save(build: Builder, done: Finished) -> None:
    images = _decoded(build, done)
    container = build.value("/output/container")
    if build.value("/task") == "t2i":
        _picture(build, images, done)
    elif container == "webm" and done.sound is None:
        _webm(build, images, done)
    elif container == "webp" and done.sound is None:
        _webp(build, images, done)
    else:
        _video(build, images, done)


def _decoded(build: Builder, done: Finished) -> Out:
    latent: dict[str, Input] = {"samples": done.latent, "vae": done.vae}
    path = "/runtime/vae_tiling"
    if build.value(path) is not True:
        build.keep(path, "VAEDecode decodes the video whole.")
        return Out(build.add("VAEDecode", "Decode the pictures", latent))
    tiles: dict[str, Input] = {
        name: Fixed(size, "The preset asks for tiling and not for a size: the node's default.")
        for name, size in _TILES.items()
    }
    node = build.add("VAEDecodeTiled", "Decode the pictures in tiles", {**latent, **tiles})
    build.keep(path, "VAEDecodeTiled decodes in tiles.", f"/{node}/class_type", "VAEDecodeTiled")
    return Out(node)


def _prefix(build: Builder, done: Finished) -> Input:
    """A name without characters that would make a folder, or one of ComfyUI's own placeholders, of it."""
    plain = _UNSAFE.sub("-", done.run_name).strip(".-")
    if plain:
        return Fixed(f"video/{plain}", "The run's name; the server adds a counter.")
    name = build.value("/name")
    if not isinstance(name, str) or name_problems(name):
        return Fixed("video/preset", "Neither the run nor the preset has a name.")
    return Given("/name", f"video/{slug_of(name)}", "No run is named: the preset's name as a file's name.")


def _fps(build: Builder) -> Given:
    """The rate of the file: the output's own, else the one the motion is made for."""
    return rate_literal(build, "/output/fps" if build.ledger.has("/output/fps") else "/fps", whole=False)


def _video(build: Builder, images: Out, done: Finished) -> None:
    inputs: dict[str, Input] = {"images": images, "fps": _fps(build)}
    if done.sound is not None:
        inputs["audio"] = done.sound
    path = "/output/pixel_format"
    if any(mark in str(build.value(path)) for mark in _TEN_BIT):
        inputs["bit_depth"] = Given(path, 10, "The node knows the number of bits only; colours are kept as 4:2:0.")
    video = Out(build.add("CreateVideo", "Make the video", inputs))
    saved: dict[str, Input] = {
        "video": video,
        "filename_prefix": _prefix(build, done),
        "format": _format(build),
        "codec": _codec(build),
    }
    build.add("SaveVideo", "Save the video", saved)


def _format(build: Builder) -> Input:
    path, container = "/output/container", build.value("/output/container")
    if container is None:
        return Fixed("auto", "Not stated: the server chooses, mp4 as a rule.")
    if container == "mp4":
        return Given(path, container)
    text = f"A stock server saves this as mp4, not as {container}."
    build.trouble("container_not_available", "warning", path, text, "Convert the file, or ask for mp4.")
    return Given(path, "mp4", text, "approximated")


def _codec(build: Builder) -> Input:
    path, codec = "/output/video_codec", build.value("/output/video_codec")
    if codec is None:
        return Fixed("auto", "Not stated: the server chooses, h264 as a rule.")
    if str(codec).lower() in ("h264", "libx264", "avc"):
        return Given(path, "h264")
    text = f"A stock server encodes mp4 as h264 and has no choice {codec}."
    build.trouble("codec_not_available", "warning", path, text, "Convert the file, or ask for h264.")
    return Given(path, "auto", text, "approximated")


def _webm(build: Builder, images: Out, done: Finished) -> None:
    path, codec = "/output/video_codec", str(build.value("/output/video_codec") or "")
    name = codec.lower().removeprefix("libvpx-").removeprefix("libaom-").removeprefix("libsvt")
    chosen: Input = Fixed("vp9", "Not stated: the node's first choice.")
    if codec:
        chosen = Given(
            path, name if name in _WEBM_CODECS else "vp9", status=None if name in _WEBM_CODECS else "approximated"
        )
    crf: Input = Fixed(32.0, "Not stated: the node's default.")
    if build.ledger.has("/output/crf"):
        crf = Given("/output/crf", build.value("/output/crf"))
    inputs: dict[str, Input] = {"images": images, "filename_prefix": _prefix(build, done), "codec": chosen}
    node = build.add("SaveWEBM", "Save the video", {**inputs, "fps": _fps(build), "crf": crf})
    build.keep("/output/container", "SaveWEBM writes this container.", f"/{node}/class_type", "SaveWEBM")


def _webp(build: Builder, images: Out, done: Finished) -> None:
    settings = {"lossless": False, "quality": 80, "method": "default"}
    inputs: dict[str, Input] = {"images": images, "filename_prefix": _prefix(build, done), "fps": _fps(build)}
    fixed = {name: Fixed(value, "A document has no such field: a middle way.") for name, value in settings.items()}
    node = build.add("SaveAnimatedWEBP", "Save the video", {**inputs, **fixed})
    build.keep("/output/container", "SaveAnimatedWEBP writes it.", f"/{node}/class_type", "SaveAnimatedWEBP")


def _picture(build: Builder, images: Out, done: Finished) -> None:
    node = build.add("SaveImage", "Save the picture", {"images": images, "filename_prefix": _prefix(build, done)})
    if build.value("/output/container") == "png":
        build.keep("/output/container", "SaveImage writes it.", f"/{node}/class_type", "SaveImage")
