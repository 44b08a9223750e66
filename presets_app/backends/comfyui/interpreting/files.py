"""The file that the graph writes: container, codec and quality."""

from __future__ import annotations

import re
from collections.abc import Sequence

from presets_app.backends.comfyui.graph import Node
from presets_app.backends.comfyui.interpreting.draft import Draft
from presets_app.backends.comfyui.interpreting.found import Value, capital, is_number, named
from presets_app.backends.comfyui.interpreting.values import Values

_CONTAINERS = ("mp4", "webm", "mkv", "mov", "gif", "webp")
_CODECS = {"h264": "h264", "h265": "h265", "hevc": "h265", "av1": "av1", "vp9": "vp9", "prores": "prores"}
_VHS = re.compile(r"^(?:video|image)/(?:(nvenc_)?([a-z0-9]+)-)?([a-z0-9]+)$")
_NAMES = "Files are named after the run."
_AFTER = "A preset ends at the decoded video."
# Nodes between decoder and file that change nothing one can see.
_HARMLESS = frozenset(
    {"CreateVideo", "SaveVideo", "PreviewImage", "GetImageSizeAndCount", "PreviewAny", "GetVideoComponents"}
)


def read_output(values: Values, draft: Draft, output: Node, shown: Sequence[Node]) -> None:
    """Enter what the output node says about its file, and name what changes the video before it is written."""
    draft.remark(output, _NAMES, "filename_prefix")
    reader = {
        "SaveVideo": _save_video,
        "VHS_VideoCombine": _vhs,
        "SaveWEBM": _webm,
        "SaveAnimatedWEBP": _webp,
        "SaveAnimatedPNG": _png,
    }.get(output.class_type)
    if reader is not None:
        reader(values, draft, output)
    for node in shown:
        if node is output or node.class_type in _HARMLESS:
            continue
        text = f"{capital(named(node))} changes the video after it is decoded, which a preset cannot hold."
        hint = "Do it to the finished file."
        draft.trouble("after_decoding", "warning", "/output", text, hint, node)
        draft.remark(node, _AFTER)


def _save_video(values: Values, draft: Draft, node: Node) -> None:
    container, codec = values.of(node, "format"), values.of(node, "codec")
    if codec.absent:
        codec = values.of(node, "format.codec")
    if container.known and container.value in _CONTAINERS:
        draft.put("/output/container", container, "text")
    if codec.known and codec.value in _CODECS:
        draft.put("/output/video_codec", codec, "text")
    draft.remark(node, "The program chooses: mp4 and H.264.", "format", "codec")
    quality = next((name for name in node.inputs if name.endswith("crf")), "")
    if quality:
        draft.put("/output/crf", values.of(node, quality), "whole")


def _vhs(values: Values, draft: Draft, node: Node) -> None:
    kind = values.of(node, "format")
    read = _VHS.match(str(kind.value).lower()) if kind.known else None
    if read is not None:
        container = "mp4" if read[3] in ("mp4", "264", "265") else read[3]
        codec = _CODECS.get(read[2] or "")
        if container in _CONTAINERS:
            draft.set("/output/container", container)
            draft.credit("/output/container", kind)
        if codec:
            draft.set("/output/video_codec", codec)
            draft.credit("/output/video_codec", kind)
    draft.put("/output/pixel_format", values.of(node, "pix_fmt"), "text")
    draft.put("/output/crf", values.of(node, "crf"), "whole")
    pingpong = values.of(node, "pingpong")
    if pingpong.known and pingpong.value is True:
        text = f"{capital(named(node))} plays the video forwards and backwards, which a preset cannot hold."
        draft.trouble("after_decoding", "warning", "/output", text, "Do it to the finished file.", node)


def _webm(values: Values, draft: Draft, node: Node) -> None:
    draft.set("/output/container", "webm")
    draft.put("/output/video_codec", values.of(node, "codec"), "text")
    quality = values.of(node, "crf")
    if quality.known and is_number(quality.value):
        draft.put("/output/crf", Value(round(quality.value)).with_history([quality]), "whole")
        if quality.value != round(quality.value):
            text = f"The quality of {named(node)} is {quality.value:g}; a preset holds whole numbers."
            draft.trouble("value_rounded", "note", "/output/crf", text, "", node)


def _webp(values: Values, draft: Draft, node: Node) -> None:
    draft.set("/output/container", "webp")
    draft.remark(node, "A preset has no settings for webp.", "quality", "lossless", "method")


def _png(values: Values, draft: Draft, node: Node) -> None:
    draft.set("/output/container", "png")
