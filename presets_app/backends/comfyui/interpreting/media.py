"""From a picture, video or sound that a node takes back to the file it was loaded from."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from presets_app.backends.comfyui.graph import Link, Node
from presets_app.backends.comfyui.interpreting.chains import is_decoder, is_sampler, is_service
from presets_app.backends.comfyui.interpreting.found import Value
from presets_app.backends.comfyui.interpreting.values import Values

_FURTHEST = 500
# Loaders by class: the input that names the file, and the kind of file.
_LOADERS = {
    "LoadImage": ("image", "image"),
    "LoadImageOutput": ("image", "image"),
    "LoadImageMask": ("image", "image"),
    "LoadImageFromPath": ("image", "image"),
    "LoadImageFromUrl": ("image", "image"),
    "Load Image Batch": ("path", "image"),
    "LoadVideo": ("file", "video"),
    "VHS_LoadVideo": ("video", "video"),
    "VHS_LoadVideoPath": ("video", "video"),
    "VHS_LoadVideoFFmpeg": ("video", "video"),
    "VHS_LoadVideoFFmpegPath": ("video", "video"),
    "VHS_LoadImages": ("directory", "video"),
    "VHS_LoadImagesPath": ("directory", "video"),
    "LoadAudio": ("audio", "audio"),
    "RecordAudio": ("audio", "audio"),
    "VHS_LoadAudio": ("audio_file", "audio"),
    "VHS_LoadAudioUpload": ("audio", "audio"),
}
_MADE = frozenset({"EmptyImage", "SolidMask", "SolidColor", "EmptyAudio", "LTXVEmptyLatentAudio"})
# Nodes that fit a picture without changing what it shows.
FITTING = frozenset(
    {
        "ResizeImageMaskNode",
        "ImageScale",
        "ImageScaleBy",
        "ImageScaleToTotalPixels",
        "ImageScaleToMaxDimension",
        "ResizeImagesByLongerEdge",
        "ImageResizeKJ",
        "ImageResizeKJv2",
        "ImageResize+",
        "LTXVPreprocess",
        "GetVideoComponents",
        "Video Slice",
        "ImageFromBatch",
        "RepeatImageBatch",
        "ResizeAndPadImage",
        "TrimAudioDuration",
        "GetImageSizeAndCount",
        "VAEEncode",
        "CLIPVisionEncode",
        "AudioEncoderEncode",
        "LTXVAudioVAEEncode",
        "BatchImagesNode",
        "SetLatentNoiseMask",
        "PreviewAny",
    }
)
_NOT_MEDIA = frozenset(
    {
        "model",
        "clip",
        "vae",
        "audio_vae",
        "clip_vision",
        "audio_encoder",
        "positive",
        "negative",
        "conditioning",
        "noise",
        "guider",
        "sampler",
        "sigmas",
        "upscale_model",
        "control_net",
        "style_model",
    }
)


@dataclass
class Media:
    """Where a picture, video or sound comes from. `loader` is None when no file is behind it; `through` are the
    nodes between, nearest the user first; `made` tells that a model of this graph makes it, `blank` that it is
    an empty picture; `more` are further files that it is put together from."""

    loader: Node | None = None
    file: Value = field(default_factory=lambda: Value(unknown="no file is behind it", absent=True))
    kind: str = ""
    through: list[Node] = field(default_factory=list)
    made: Node | None = None
    blank: Node | None = None
    more: list[Media] = field(default_factory=list)

    @property
    def all(self) -> list[Media]:
        return [self, *self.more] if self.loader is not None else []


def media_at(values: Values, link: Link | None, *, sound: bool = False) -> Media:
    """The files behind a link, the nearest first, over every kind of node that may stand between: those that show
    something, or those that can be heard."""
    found = Media()
    files: list[Media] = []
    towards: dict[str, Node | None] = {}
    waiting: deque[tuple[Link, Node | None]] = deque([(link, None)] if link else [])
    while waiting and len(towards) < _FURTHEST:
        here, downstream = waiting.popleft()
        node = values.node(here) or values.undecided(here)
        if node is None or node.id in towards:
            continue
        towards[node.id] = downstream
        if node.class_type in _LOADERS:
            file = _loaded(values, node, _between(towards, node))
            files += [file] if file.kind in (("audio", "video") if sound else ("image", "video")) else []
            continue
        if is_service(node) or is_sampler(node) or is_decoder(node):
            found.made = found.made or node
        if node.class_type in _MADE:
            found.blank = found.blank or node
        waiting += _before(values, node)
    if files:
        files[0].more, files[0].made = files[1:], found.made
    return files[0] if files else found


def _loaded(values: Values, node: Node, through: list[Node]) -> Media:
    name, kind = _LOADERS[node.class_type]
    return Media(node, values.of(node, name), kind, through)


_MEASURES = frozenset({"GetImageSize", "GetImageSize+", "easy imageSize", "GetImageCount", "ComfyMathExpression"})


def _measures(node: Node | None) -> bool:
    return node is not None and node.class_type in _MEASURES


def _before(values: Values, node: Node) -> list[tuple[Link, Node | None]]:
    taken = [name for name in node.inputs if name not in _NOT_MEDIA and "mask" not in name]
    links = [link for name in taken if (link := node.link(name))]
    links = [link for link in links if not _measures(values.node(link))]
    if not links:
        links = [link for name in node.inputs if "mask" in name and (link := node.link(name))]
    return [(link, node) for link in links]


def _between(towards: dict[str, Node | None], node: Node) -> list[Node]:
    way: list[Node] = []
    here = towards[node.id]
    while here is not None:
        way.append(here)
        here = towards[here.id]
    return way[::-1]
