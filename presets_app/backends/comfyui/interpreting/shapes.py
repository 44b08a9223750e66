"""Width, height, frames and rate of the video that is made."""

from __future__ import annotations

from collections.abc import Sequence

from presets_app.backends.comfyui.graph import Node
from presets_app.backends.comfyui.interpreting.draft import Draft
from presets_app.backends.comfyui.interpreting.found import ABSENT, Value, capital, is_number, named, tidy
from presets_app.backends.comfyui.interpreting.values import Values

_LENGTHS = ("length", "num_frames", "frames", "video_length", "frames_number")
_RATES = ("fps", "frame_rate")
TOLD_RATE = "/stages/0/guidance_options/frame_rate"
_MULTIPLIES = frozenset(
    {"RIFE VFI", "FILM VFI", "GMFSS Fortuna VFI", "IFRNet VFI", "AMT VFI", "STMFNet VFI", "FLAVR VFI"}
)


def read_size(values: Values, draft: Draft, source: Node | None, *, picture: bool) -> None:
    """The size in pixels and the number of frames of the first latent, as they are asked of its node."""
    width, height, frames = _first_latent(values, source)
    draft.put("/width", width, "whole", at_least="width")
    draft.put("/height", height, "whole", at_least="height")
    if picture and frames.absent:
        draft.set("/frames", 1)
    else:
        draft.put("/frames", frames, "whole", at_least="number of frames")
    if source is None:
        return
    batch = values.of(source, "batch_size")
    if batch.known and is_number(batch.value) and batch.value > 1:
        text = f"{named(source)} makes {int(batch.value)} videos at once, and a preset describes one."
        draft.trouble("batch_size", "warning", "", capital(text), "Run the preset once for each seed.", source)


def _first_latent(values: Values, source: Node | None) -> tuple[Value, Value, Value]:
    if source is None:
        return ABSENT, ABSENT, ABSENT
    if source.class_type.startswith("VAEEncode") and source.link("pixels"):
        return (*values.size_at(source.link("pixels")), values.count_at(source.link("pixels")))
    length = next((name for name in _LENGTHS if name in source.inputs), "")
    return values.of(source, "width"), values.of(source, "height"), values.of(source, length)


def read_scale(values: Values, draft: Draft, node: Node, path: str, file: str) -> None:
    """By how much a latent node enlarges the video before a stage."""
    kind = node.class_type
    if kind == "LatentUpscaleBy":
        draft.put(f"{path}/scale", values.of(node, "scale_by"), "number")
    elif kind == "LatentUpscale":
        width, first = values.of(node, "width"), draft.document.get("width")
        if width.known and is_number(width.value) and isinstance(first, int) and first > 0:
            draft.set(f"{path}/scale", tidy(width.value / first))
            draft.credit(f"{path}/scale", width)
    elif "temporal" in file.lower():
        text = f"{named(node)} doubles the number of frames between the stages, which a preset cannot say."
        draft.trouble("node_not_kept", "warning", "/frames", capital(text), "", node)
    else:
        draft.set(f"{path}/scale", 1.5 if "x1.5" in file else 2)


def read_rate(
    values: Values, draft: Draft, shown: Sequence[Node], conditioned: Sequence[Node], *, picture: bool
) -> None:
    """The rate of the file, from the nodes between output and decoder, and the rate the model is told.

    LTX models are told a rate. Where it differs from the file's, the preset's rate is the file's, which is what people
    see, and what the model is told stands among the first stage's options."""
    file = _file_rate(values, shown)
    told = _told_rate(values, conditioned)
    if picture and file.absent:
        draft.put("/fps", told if told.known else Value(1), "number")
        return
    made = _before_interpolation(values, draft, shown, file)
    if not told.known or not is_number(told.value):
        draft.put("/fps", made, "number", at_least="frame rate")
    elif not made.known or (is_number(made.value) and tidy(float(made.value)) == tidy(float(told.value))):
        draft.put("/fps", told, "number", at_least="frame rate")
        draft.credit("/fps", made)
    else:
        _two_rates(draft, told, file)
        return
    if made is not file and file.known:
        draft.put("/output/fps", file, "number")


def _two_rates(draft: Draft, told: Value, file: Value) -> None:
    draft.put("/fps", file, "number", at_least="frame rate")
    draft.put(TOLD_RATE, told, "number")
    slow = "slower" if float(file.value) < float(told.value) else "faster"
    text = (
        f"The model is told {tidy(told.value)} frames a second and the file is written at {tidy(file.value)}:"
        f" it plays {slow} than it was made for."
    )
    hint = "Set both to one rate, unless the slow or fast motion is meant."
    draft.trouble("fps_told", "warning", "/fps", text, hint)


def _file_rate(values: Values, shown: Sequence[Node]) -> Value:
    return next((values.of(node, name) for node in shown for name in _RATES if name in node.inputs), ABSENT)


def _told_rate(values: Values, conditioned: Sequence[Node]) -> Value:
    for node in conditioned:
        if node.class_type == "LTXVConditioning" and "frame_rate" in node.inputs:
            return values.of(node, "frame_rate")
    return ABSENT


def _before_interpolation(values: Values, draft: Draft, shown: Sequence[Node], file: Value) -> Value:
    """The rate before frames were put between: the file's, divided by what the nodes multiply by."""
    for node in shown:
        if node.class_type not in _MULTIPLIES:
            continue
        times = values.of(node, "multiplier")
        if times.known and file.known and is_number(times.value) and is_number(file.value) and times.value > 1:
            text = f"{named(node)} puts frames between, which a preset leaves to whoever edits the video."
            draft.trouble("after_decoding", "warning", "/output/fps", capital(text), "", node)
            return Value(tidy(float(file.value) / float(times.value))).with_history([file, times])
    return file
