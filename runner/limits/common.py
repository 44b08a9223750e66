"""What holds for every family: task, size, length, rate, runtime."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from presets_app.core.families import rules_of
from runner import switches
from runner.failures import CannotRender, cannot
from runner.limits import pictures

Document = Mapping[str, Any]
FAMILIES = ("ltx-2", "ltx-2.3", "wan-2.2")
TASKS = ("t2v", "i2v", "flf2v")
MOST_PIXELS = 4096 * 4096  # of one frame; far above any model's size, far below what fills memory by mistake
MOST_FRAMES = 2001
DTYPES = ("float32", "bfloat16", "float16")
DTYPE = "bfloat16"  # for a document that does not say; what the families are published in
ATTENTION = tuple(switches.ATTENTION)
AUDIO_RATE = {"ltx-2": 24_000, "ltx-2.3": 48_000}  # Hz; the vocoders' own
AUDIO_CHANNELS = 2


def check(document: Document) -> None:
    """Raises CannotRender for the first rule that is broken."""
    for rule in (_family, _task, _size, _frames, fps_of, _sound, _runtime):
        rule(document)
    pictures.check(document)


def fps_of(document: Document) -> Fraction:
    """The document's rate, written as a number or "30000/1001". Raises CannotRender when it is neither."""
    value = document.get("fps")
    try:
        rate = Fraction(value) if isinstance(value, str) else Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0:
        raise refusal("fps_invalid", f"The rate {value!r} is not a number of frames per second.", "/fps")
    return rate


def refusal(code: str, message: str, path: str, hint: str = "", **evidence: Any) -> CannotRender:
    """A fault of the preset at `path`."""
    return cannot("preset", code, message, hint, path=path, **evidence)


def _family(document: Document) -> None:
    if document.get("family") not in FAMILIES:
        text = f"This runner renders {', '.join(FAMILIES)}, not {document.get('family')!r}."
        raise refusal("family_unsupported", text, "/family")


def _task(document: Document) -> None:
    if document.get("task", "t2v") not in TASKS:
        text = (
            f"This runner renders {', '.join(TASKS)} (video from text, an image, two images), not {document['task']!r}."
        )
        raise refusal("task_unsupported", text, "/task")


def _size(document: Document) -> None:
    rules = rules_of(dict(document))
    for key in ("width", "height"):
        value = document.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise refusal("size_invalid", f"The {key} {value!r} is not a number of pixels.", f"/{key}")
        if rules and value % rules.size_step:
            near = " or ".join(str(size) for size in rules.nearest_sizes(value))
            text = f"The {key} {value} is not a multiple of {rules.size_step}, which {rules.title} needs."
            raise refusal("size_invalid", text, f"/{key}", f"Use {near}.", value=value)
    if document["width"] * document["height"] > MOST_PIXELS:
        text = f"{document['width']}x{document['height']} is more than this runner renders."
        raise refusal("size_too_large", text, "/width")


def _frames(document: Document) -> None:
    frames, rules = document.get("frames"), rules_of(dict(document))
    if not isinstance(frames, int) or isinstance(frames, bool) or not 1 <= frames <= MOST_FRAMES:
        raise refusal("frames_invalid", f"{frames!r} frames cannot be rendered (1 to {MOST_FRAMES}).", "/frames")
    if rules and not rules.frames_fit(frames):
        near = " or ".join(str(count) for count in rules.nearest_frames(frames))
        text = f"{frames} frames: {rules.title} makes {rules.frames_step}k+1 frames only."
        raise refusal("frames_invalid", text, "/frames", f"Use {near}.", value=frames)


def _sound(document: Document) -> None:
    asked, rate = document.get("audio") or {}, AUDIO_RATE.get(document["family"])
    if asked.get("generate") and rate is None:
        raise refusal("audio_unsupported", "WAN 2.2 makes no sound.", "/audio/generate", "Set generate to false.")
    for key, own in (("sample_rate", rate), ("channels", AUDIO_CHANNELS)):
        if rate and asked.get(key) is not None and asked[key] != own:
            text = f"This model's sound has {key.replace('_', ' ')} {own}, not {asked[key]}."
            raise refusal("audio_unsupported", text, f"/audio/{key}", "Leave it out.")


def _runtime(document: Document) -> None:
    runtime = document.get("runtime") or {}
    for key in ("dtype", "vae_dtype", "text_encoder_dtype"):
        if runtime.get(key) is not None and runtime[key] not in DTYPES:
            text = f"This runner computes in {', '.join(DTYPES)}, not {runtime[key]!r}."
            raise refusal("dtype_unsupported", text, f"/runtime/{key}")
    if runtime.get("quantization"):
        text = f"This runner loads weights as they are; it cannot quantize to {runtime['quantization']!r}."
        raise refusal("quantization_unsupported", text, "/runtime/quantization")
    if (runtime.get("attention") or "sdpa") not in ATTENTION:
        text = f"This runner computes attention with PyTorch's own kernels (sdpa, math), not {runtime['attention']!r}."
        raise refusal("attention_unsupported", text, "/runtime/attention")
    if runtime.get("compile"):
        raise refusal("compile_unsupported", "This runner does not compile models.", "/runtime/compile")
    if runtime.get("noise_device") not in (None, "cpu"):
        text = "Noise is drawn on the CPU here, so that it is the same on every machine."
        raise refusal("noise_device_unsupported", text, "/runtime/noise_device", "Set noise_device to cpu.")
