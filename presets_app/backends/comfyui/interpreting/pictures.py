"""Sizes of pictures and videos in pixels, and how many pictures a batch holds, as far as the file says."""

from __future__ import annotations

import math
from collections.abc import Callable

from presets_app.backends.comfyui.graph import Link, Node
from presets_app.backends.comfyui.interpreting.found import Asks, Value, first_unknown, is_number, named, unknowable

Size = tuple[Value, Value]

# Nodes that make a picture, or set its size, by their own width and height.
MAKERS = frozenset(
    {
        "EmptyImage",
        "SolidMask",
        "SolidColor",
        "ImageCrop",
        "CR Color Panel",
        "ImageResizeKJ",
        "ImageResizeKJv2",
        "ImageScale",
    }
)
# Nodes that leave the size as it is, and the input that counts.
_SAME = {
    "LTXVPreprocess": "image",
    "ImageFromBatch": "image",
    "RepeatImageBatch": "image",
    "ImageInvert": "image",
    "Canny": "image",
    "ImageToMask": "image",
    "MaskToImage": "mask",
    "GetImageSizeAndCount": "image",
    "GetImageRangeFromBatch": "images",
    "ImageBatch": "image1",
    "RebatchImages": "images",
    "ColorTransfer": "image_target",
    "Video Slice": "video",
    "GetVideoComponents": "video",
    "CreateVideo": "images",
    "BatchImagesNode": "images.image0",
    "InvertMask": "mask",
    "GrowMask": "mask",
}
_LOADERS = frozenset(
    {"LoadImage", "LoadVideo", "LoadImageMask", "LoadImageOutput", "VHS_LoadVideo", "VHS_LoadVideoPath"}
)
_RESIZE = "ResizeImageMaskNode"
_MEGAPIXEL = 1024 * 1024
_EVERYTHING = 4096  # what graphs ask for when they mean all pictures


def size_of(asks: Asks, node: Node) -> Size:
    """(width, height) of the picture that a node gives."""
    kind = node.class_type
    if kind in _SAME:
        return asks.size_at(node.link(_SAME[kind]))
    if kind in MAKERS:
        return _stated(asks, node, "width", "height")
    rule = _resized if kind == _RESIZE else _SCALED.get(kind)
    if rule is not None:
        return rule(asks, node)
    if kind in _LOADERS or kind.startswith("LoadImage"):
        return _of_a_file(node)
    start = _first_latent(asks, node) if "Decode" in kind else None
    if start is not None:
        link = start.link("pixels")
        return asks.size_at(link) if link else (asks.of(start, "width"), asks.of(start, "height"))
    why = unknowable(f"{named(node)} gives a picture whose size the file does not say")
    return why, why


def _first_latent(asks: Asks, decoder: Node) -> Node | None:
    """The node that states the size of what a decoder shows; None where a node between changes the size."""
    node: Node | None = decoder
    for _ in range(_LONGEST):
        if node is None or "Upscale" in node.class_type or "Upsampl" in node.class_type:
            return None
        if node.link("pixels") or "width" in node.inputs:
            return node
        link = next((link for name in _LATENTS if (link := node.link(name))), None)
        origin = asks.origin(link)
        node = asks.graph.nodes.get(origin.node) if origin else None
    return None


_LONGEST = 60  # nodes between a decoder and its first latent
_LATENTS = ("samples", "latent_image", "latent", "av_latent", "video_latent")


def _of_a_file(node: Node) -> Size:
    why = unknowable(f"it is the size of the picture or video that {named(node)} loads")
    return why, why


def _forced(asks: Asks, node: Node) -> Size:
    width, height = _stated(asks, node, "custom_width", "custom_height")
    return (width, height) if _positive(width) and _positive(height) else _of_a_file(node)


def _positive(value: Value) -> bool:
    return value.known and is_number(value.value) and value.value > 0


def _stated(asks: Asks, node: Node, wide: str, high: str) -> Size:
    """A size that the node states; a zero there means "in proportion to the other side"."""
    width, height = asks.of(node, wide), asks.of(node, high)
    if all(side.known and side.value == 0 for side in (width, height)):
        return asks.size_at(_picture(node))
    for side, other in ((width, height), (height, width)):
        if side.known and side.value == 0 and other.known:
            return _in_proportion(asks, node, width, height)
    return width, height


def _in_proportion(asks: Asks, node: Node, width: Value, height: Value) -> Size:
    before = asks.size_at(_picture(node))
    missing = first_unknown(before)
    if missing is not None or not all(_positive(side) for side in before):
        why = unknowable(missing.unknown if missing else f"{named(node)} names no size", width, height)
        return (why, height) if width.value == 0 else (width, why)
    if width.value == 0:
        return _scaled(before[0], height.value / before[1].value, height), height
    return width, _scaled(before[1], width.value / before[0].value, width)


def _picture(node: Node) -> Link | None:
    return next(
        (
            link
            for name in ("image", "input", "images", "mask", "pixels", "video", "frames")
            if (link := node.link(name))
        ),
        None,
    )


def _scaled(side: Value, factor: float, *others: Value) -> Value:
    if not _positive(side):
        return side if not side.known else unknowable("a size in the file is no number", side)
    return Value(max(1, round(side.value * factor))).with_history([side, *others])


def _by_factor(name: str) -> Callable[[Asks, Node], Size]:
    def rule(asks: Asks, node: Node) -> Size:
        width, height = asks.size_at(_picture(node))
        factor = asks.of(node, name)
        if not _positive(factor):
            why = factor if not factor.known else unknowable(f"{named(node)} scales by nothing", factor)
            return why, why
        return _scaled(width, factor.value, factor), _scaled(height, factor.value, factor)

    return rule


def _by_edge(name: str, choose: Callable[[int, int], int]) -> Callable[[Asks, Node], Size]:
    """The side that `choose` picks becomes the size that the node states, the other keeps the proportion."""

    def rule(asks: Asks, node: Node) -> Size:
        width, height = asks.size_at(_picture(node))
        edge = asks.of(node, name)
        missing = first_unknown((width, height, edge))
        if missing is not None:
            return (unknowable(missing.unknown, edge),) * 2
        if not all(_positive(side) for side in (width, height, edge)):
            return (unknowable(f"{named(node)} names no size", edge),) * 2
        factor = edge.value / choose(width.value, height.value)
        return _scaled(width, factor, height, edge), _scaled(height, factor, width, edge)

    return rule


def _by_area(name: str) -> Callable[[Asks, Node], Size]:
    def rule(asks: Asks, node: Node) -> Size:
        width, height = asks.size_at(_picture(node))
        area = asks.of(node, name)
        missing = first_unknown((width, height, area))
        if missing is not None or not all(_positive(side) for side in (width, height, area)):
            return (unknowable(missing.unknown if missing else f"{named(node)} names no size", area),) * 2
        factor = math.sqrt(area.value * _MEGAPIXEL / (width.value * height.value))
        return _scaled(width, factor, height, area), _scaled(height, factor, width, area)

    return rule


def _to_multiple(asks: Asks, node: Node) -> Size:
    sides = asks.size_at(_picture(node))
    step = asks.of(node, f"{_KIND}.multiple")
    if not _positive(step):
        return sides
    return _floored(sides[0], step), _floored(sides[1], step)


def _floored(side: Value, step: Value) -> Value:
    if not _positive(side):
        return side
    return Value(int(side.value // step.value * step.value)).with_history([side, step])


def _padded_to(asks: Asks, node: Node) -> Size:
    return asks.of(node, "target_width"), asks.of(node, "target_height")


def _padded(asks: Asks, node: Node) -> Size:
    width, height = asks.size_at(_picture(node))
    return _plus(asks, node, width, ("left", "right")), _plus(asks, node, height, ("top", "bottom"))


def _plus(asks: Asks, node: Node, side: Value, names: tuple[str, str]) -> Value:
    added = [asks.of(node, name) for name in names]
    missing = first_unknown([side, *added])
    if missing is not None or not all(is_number(part.value) for part in [side, *added]):
        return unknowable(missing.unknown if missing else f"{named(node)} names no size", *added)
    return Value(side.value + added[0].value + added[1].value).with_history([side, *added])


def _longer_edge(asks: Asks, node: Node) -> Size:
    return _by_edge("longer_edge", max)(asks, node)


_KIND = "resize_type"
_SCALED: dict[str, Callable[[Asks, Node], Size]] = {
    "ImageScaleBy": _by_factor("scale_by"),
    "ImageScaleToMaxDimension": _by_edge("largest_size", max),
    "ImageScaleToTotalPixels": _by_area("megapixels"),
    "ResizeImagesByLongerEdge": _longer_edge,
    "ImagePadForOutpaint": _padded,
    "ResizeAndPadImage": _padded_to,
    "VHS_LoadVideo": _forced,
    "VHS_LoadVideoPath": _forced,
}
_RESIZES: dict[str, Callable[[Asks, Node], Size]] = {
    "scale by multiplier": _by_factor(f"{_KIND}.multiplier"),
    "scale longer dimension": _by_edge(f"{_KIND}.longer_size", max),
    "scale shorter dimension": _by_edge(f"{_KIND}.shorter_size", min),
    "scale total pixels": _by_area(f"{_KIND}.megapixels"),
    "scale width": _by_edge(f"{_KIND}.width", lambda width, height: width),
    "scale height": _by_edge(f"{_KIND}.height", lambda width, height: height),
    "scale to multiple": _to_multiple,
}


def _resized(asks: Asks, node: Node) -> Size:
    how = asks.of(node, _KIND)
    kind = str(how.value).lower().replace("_", " ") if how.known else ""
    if kind == "scale dimensions":
        width, height = _stated(asks, node, f"{_KIND}.width", f"{_KIND}.height")
    elif kind == "match size":
        width, height = asks.size_at(node.link(f"{_KIND}.match"))
    elif kind in _RESIZES:
        width, height = _RESIZES[kind](asks, node)
    else:
        width = height = unknowable(f"{named(node)} resizes in a way that is not known here", how)
    return width.with_history([how]), height.with_history([how])


def count_of(asks: Asks, node: Node) -> Value:
    """How many pictures a node gives."""
    kind = node.class_type
    if kind == "ImageFromBatch":
        return _part_of_a_batch(asks, node)
    if kind == "BatchImagesNode":
        return _together(asks, node)
    if kind in _COUNTS:
        stated = asks.of(node, _COUNTS[kind])
        return stated if _positive(stated) or not stated.known else _length_of_a_file(node)
    if kind in _LOADERS or kind.startswith("LoadImage"):
        return Value(1) if "Image" in kind else _length_of_a_file(node)
    start = _first_latent(asks, node) if "Decode" in kind else None
    if start is not None and "length" in start.inputs:
        return asks.of(start, "length")
    link = node.link(_SAME[kind]) if kind in _SAME else _picture(start or node)
    return asks.count_at(link) if link else unknowable(f"{named(node)} does not say how many pictures it gives")


def _together(asks: Asks, node: Node) -> Value:
    counts = [asks.count_at(node.link(name)) for name in node.inputs if node.link(name)]
    missing = first_unknown(counts)
    if missing is not None or not all(is_number(count.value) for count in counts):
        return unknowable(missing.unknown if missing else f"{named(node)} joins pictures", *counts)
    return Value(sum(count.value for count in counts)).with_history(counts)


def _part_of_a_batch(asks: Asks, node: Node) -> Value:
    """The pictures that are asked for, at most as many as there are."""
    asked, start, there = asks.of(node, "length"), asks.of(node, "batch_index"), asks.count_at(node.link("image"))
    if not _positive(asked):
        return asked
    if _positive(there):
        first = start.value if start.known and is_number(start.value) else 0
        return Value(max(1, min(asked.value, there.value - first))).with_history((asked, start, there))
    if asked.value >= _EVERYTHING:
        return there
    why = f"at least {asked.value} pictures reach {named(node)}"
    return Value(asked.value, assumes=(why,)).with_history([asked])


def _length_of_a_file(node: Node) -> Value:
    return unknowable(f"it is the length of the video that {named(node)} loads")


# The input that states how many pictures a node gives (0: as many as there are).
_COUNTS = {
    "EmptyImage": "batch_size",
    "SolidColor": "batch_size",
    "RepeatImageBatch": "amount",
    "VHS_LoadVideo": "frame_load_cap",
    "VHS_LoadVideoPath": "frame_load_cap",
}


def measured(asks: Asks, node: Node, slot: int) -> Value:
    """An output of a node that measures pictures: width, height or their number, by its name or place."""
    names = node.outputs or _MEASURERS.get(node.class_type, ())
    name = names[slot].lower() if slot < len(names) else ""
    link = _picture(node)
    if "width" in name:
        return asks.size_at(link)[0]
    if "height" in name:
        return asks.size_at(link)[1]
    return asks.count_at(link)


def of_a_video(asks: Asks, node: Node, slot: int) -> Value:
    """Rates of a video file are not in the graph; the rate of a video that the graph puts together is."""
    here: Node | None = node
    for _ in range(_LONGEST):
        origin = asks.origin(here.link("video")) if here is not None else None
        here = asks.graph.nodes.get(origin.node) if origin else None
        if here is None or not here.link("video"):
            break
    if here is not None and here.class_type == "CreateVideo" and slot == _RATE:
        return asks.of(here, "fps")
    return unknowable(f"it is a property of the video that {named(here or node)} loads")


_RATE = 2  # GetVideoComponents: images, audio, fps
_MEASURERS = {
    "GetImageSize": ("width", "height", "batch_size"),
    "GetImageSize+": ("width", "height", "count"),
    "GetImageSizeAndCount": ("image", "width", "height", "count"),
    "easy imageSize": ("width_int", "height_int"),
    "easy imageSizeBySide": ("resolution",),
    "ImpactImageInfo": ("batch", "height", "width", "channel"),
    "GetImageCount": ("count",),
}
RULES = {**dict.fromkeys(_MEASURERS, measured), "GetVideoComponents": of_a_video}
