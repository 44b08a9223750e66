"""Where and how the parts run, and the file that is written."""

from __future__ import annotations

import re
from typing import Any

from presets_app.backends.diffusers.form import Form
from presets_app.core.documents.names import slug_of
from presets_app.core.errors import Invalid
from presets_app.core.lints.values import fraction, whole

ATTENTION = {
    "sdpa": "native",
    "native": "native",
    "flash": "flash",
    "flash_attention_2": "flash",
    "flash-attn": "flash",
    "flash_attn": "flash",
    "flash3": "_flash_3",
    "_flash_3": "_flash_3",
    "flex": "flex",
    "sage": "sage",
    "sageattn": "sage",
    "sage_attention": "sage",
    "xformers": "xformers",
}
CODECS = {"h264": "libx264", "avc1": "libx264", "x264": "libx264", "h265": "libx265", "hevc": "libx265"}
CODECS |= {"x265": "libx265", "vp9": "libvpx-vp9", "av1": "libsvtav1", "prores": "prores_ks"}
SOUND_CODECS = {"opus": "libopus", "mp3": "libmp3lame"}
CONTAINERS = ("mp4", "webm", "mkv", "mov")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,79}")
_CRF = 18


def placement(form: Form) -> None:
    """Offload, tiling, slicing, attention and compilation."""
    if form.value("/runtime/offload") == "text":
        text = "diffusers has no call that drops the text encoder alone: everything stays on the device."
        form.near("/placement/offload", "none", "/runtime/offload", text)
    else:
        _or(form, "/placement/offload", "/runtime/offload", "none", "Everything on one device.")
    _or(form, "/placement/vae_tiling", "/runtime/vae_tiling", False, "Off, as diffusers has it.")
    _or(form, "/placement/vae_slicing", "/runtime/vae_slicing", False, "Off, as diffusers has it.")
    if isinstance(form.value("/runtime/compile"), bool):
        form.put("/placement/compile", form.value("/runtime/compile"), "/runtime/compile")
    attention = form.value("/runtime/attention")
    if attention in ATTENTION:
        form.put("/placement/attention", ATTENTION[attention], "/runtime/attention")
    elif attention is not None:
        text = f"diffusers has no attention backend {str(attention)[:40]!r}; PyTorch's own is taken."
        form.trouble("attention_not_in_diffusers", "warning", "/runtime/attention", text, "Set attention to sdpa.")
        form.near("/placement/attention", "native", "/runtime/attention", "Sums round differently, about 1e-5.")
    if form.value("/runtime/quantization"):
        text = "The weights' quantization is not written: it needs a library and settings that a preset does not name."
        form.refuse("/runtime/quantization", "quantization_not_written", text, "Load quantized weights.", "warning")
    form.keep("/runtime/quantization", "None.")


def _or(form: Form, target: str, path: str, usual: Any, note: str) -> None:
    value = form.value(path)
    form.put(target, usual if value is None else value, "" if value is None else path, note="" if value else note)


def export(form: Form, sound: bool) -> None:
    """The file that the script writes, at the exact rate."""
    container = form.value("/output/container")
    kind = container if container in CONTAINERS else "mp4"
    form.put("/export/file", f"{_slug(form)}.{kind}", note="After the preset's name.")
    if container is None or container in CONTAINERS:
        form.put("/export/container", kind, "/output/container", note="" if container else "Not stated.")
    else:
        text = f"The script writes videos, not {str(container)[:20]!r}."
        form.trouble("output_not_written", "warning", "/output/container", text, "Convert the file afterwards.")
        form.near("/export/container", kind, "/output/container", "Another kind of file, the same frames.")
    _codec(form)
    for key, usual in (("crf", _CRF), ("preset", "medium")):
        _or(form, f"/export/{key}", f"/output/{key}", usual, "Not stated.")
    if form.value("/output/color_range") in ("limited", "full"):
        form.put("/export/color_range", form.value("/output/color_range"), "/output/color_range")
    if form.value("/output/color_space") == "bt709":
        form.keep("/output/color_space", "As the script writes it.")
    else:
        text = "The script writes BT.709 colours."
        form.refuse("/output/color_space", "output_not_written", text, "Convert the file afterwards.", "warning")
    _rate(form)
    _sound(form, sound)


def _codec(form: Form) -> None:
    for key, table, usual in (("video_codec", CODECS, "libx264"), ("pixel_format", {}, "yuv420p")):
        path, value = f"/output/{key}", form.value(f"/output/{key}")
        known = isinstance(value, str) and bool(_WORD.fullmatch(value))
        name = table.get(value, value) if known else usual
        form.put(f"/export/{key}", name, path if known else "", note="" if known else "Not stated.")


def _rate(form: Form) -> None:
    """`/export/fps` as the document spells it. diffusers' own encode_video would cut it to whole frames."""
    own, made = form.value("/output/fps"), form.value("/fps")
    path = "/output/fps" if own is not None else "/fps"
    value = own if own is not None else made
    rate = fraction(value)
    if own is not None and "frame_rate" not in form.output["call"]:
        form.keep("/fps", "The model takes no rate; the file is written at another one.")
    if rate is None:
        form.put("/export/fps", 24, note="Not stated: the preset does not say a rate.")
        return
    note = "" if rate.denominator == 1 else f"Exact; diffusers' encode_video would write {int(rate)}."
    form.put("/export/fps", value, path, note=note)


def rate_of(form: Form) -> float | None:
    """The document's rate as the float that a call takes, None when it states none."""
    value = form.value("/fps")
    rate = fraction(value)
    if rate is None:
        return None
    return float(rate) if isinstance(value, str) else float(value)


def _sound(form: Form, sound: bool) -> None:
    wanted = form.value("/audio/generate")
    if not sound:
        if wanted:
            text = "This pipeline makes no sound."
            form.refuse("/audio/generate", "audio_not_in_pipeline", text, "Add the sound afterwards.")
        form.keep("/audio/generate", "Silent, as the pipeline is.")
        form.put("/export/audio", False, note="The pipeline makes no sound.")
    else:
        _or(form, "/export/audio", "/audio/generate", True, "The pipeline always makes it; here it is left out.")
    codec = form.value("/output/audio_codec")
    if sound and form.output["export"]["audio"]:
        name = SOUND_CODECS.get(codec, codec) if isinstance(codec, str) and _WORD.fullmatch(codec) else "aac"
        form.put("/export/audio_codec", name, "/output/audio_codec", note="" if codec else "Not stated.")
    else:
        form.keep("/output/audio_codec", "There is no sound to encode.")
    for path in ("/output/audio_rate", "/audio/sample_rate", "/audio/channels"):
        if whole(form.value(path)) is not None:
            form.drop(path, "The sound is written as the model makes it: 24,000 or 48,000 Hz, two channels.")


def _slug(form: Form) -> str:
    name = form.document.get("name")
    try:
        return slug_of(name) if isinstance(name, str) else "video"
    except Invalid:
        return "video"
