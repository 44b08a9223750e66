"""LTX-2 and 2.3: one stage, or a second at twice the size on the upsampled latents of the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from presets_app.core.weights_named import upsampler
from runner.limits.common import DTYPE, MOST_PIXELS, Document, refusal

GUIDANCE = frozenset(
    {
        "stg_scale",
        "modality_scale",
        "guidance_rescale",
        "audio_guidance_scale",
        "audio_stg_scale",
        "audio_modality_scale",
        "audio_guidance_rescale",
        "spatio_temporal_guidance_blocks",
    }
)
SCHEDULE = frozenset({"base_shift", "max_shift", "stretch", "terminal"})
MOST_STAGES = 2
SCALE = 2  # the latent upsampler's
# What the distilled weights and the second stage were trained on (diffusers.pipelines.ltx2.utils, with the end, 0).
DISTILLED = (1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875, 0.0)
REFINE = (0.909375, 0.725, 0.421875, 0.0)
_OWN = (DISTILLED, REFINE)
_IDLE = {"stg_scale": 0.0, "guidance_rescale": 0.0, "modality_scale": 1.0}  # what an option is when nobody says it


def is_distilled(document: Document) -> bool:
    """Whether the preset says that its weights are the distilled ones."""
    return "distilled" in str(document.get("variant", "")).lower()


def sigmas_of(document: Document, number: int) -> Sequence[float] | None:
    """The noise levels of a stage, down to 0: its own, else the distilled weights' fixed ones; None when the
    schedule computes them from the steps."""
    stage = document["stages"][number]
    if stage.get("sigmas"):
        return [float(sigma) for sigma in stage["sigmas"]]
    own = _OWN[number]
    return own if is_distilled(document) and stage.get("steps", len(own) - 1) == len(own) - 1 else None


def steps_in(document: Document, number: int) -> int:
    """Steps of a stage, 0 when nothing says how many."""
    sigmas = sigmas_of(document, number)
    return len(sigmas) - 1 if sigmas else int(document["stages"][number].get("steps") or 0)


def check(document: Document) -> None:
    """Raises CannotRender for the first rule that is broken."""
    stages = document["stages"]
    if len(stages) > MOST_STAGES:
        text = "LTX-2 has one stage here, or a second at twice the size."
        raise refusal("stages_unsupported", text, "/stages", f"The preset has {len(stages)}.")
    for number, stage in enumerate(stages):
        _stage(document, number, stage)
    if stages[0].get("scale", 1) != 1:
        text = "The first stage has nothing to enlarge: its scale must be 1."
        raise refusal("scale_unsupported", text, "/stages/0/scale")
    if stages[0].get("sigmas") and stages[0]["sigmas"][0] != 1:
        text = "The first stage starts from pure noise, so its first sigma is 1."
        raise refusal("sigmas_invalid", text, "/stages/0/sigmas")
    if len(stages) == MOST_STAGES:
        _second(document, stages[1])
    _text_encoder(document.get("runtime") or {})


def _text_encoder(runtime: Mapping[str, Any]) -> None:
    """Its output goes into the connectors as it is, and those have the number format of the rest."""
    default, own = runtime.get("dtype") or DTYPE, runtime.get("text_encoder_dtype")
    if own not in (None, default):
        text = f"LTX-2's text encoder must compute in the number format of the rest, {default}, not {own}."
        raise refusal("dtype_unsupported", text, "/runtime/text_encoder_dtype", "Leave it out, or write the same.")


def _second(document: Document, stage: Mapping[str, Any]) -> None:
    path = "/stages/1"
    if stage.get("scale", SCALE) != SCALE:
        text = f"The latent upsampler enlarges {SCALE} times, not {stage['scale']:g}."
        raise refusal("scale_unsupported", text, f"{path}/scale", f"Set scale to {SCALE}.")
    if not sigmas_of(document, 1):
        text = "The second stage starts from a picture with noise on it; only explicit sigmas say how much."
        raise refusal("sigmas_missing", text, f"{path}/sigmas", "LTX-2's own: 0.909375, 0.725, 0.421875, 0.")
    if document["width"] * document["height"] * SCALE**2 > MOST_PIXELS:
        text = f"{document['width']}x{document['height']} becomes more than this runner renders in the second stage."
        raise refusal("size_too_large", text, "/width")
    if upsampler(document) is None:
        text = "The second stage needs a latent upsampler, and the preset names none that is in a repository."
        hint = "Name it as organisation/name, as a folder in it, or name the model's repository that holds one."
        raise refusal("upsampler_invalid", text, "/models/latent_upscaler", hint)


def _stage(document: Document, number: int, stage: Mapping[str, Any]) -> None:
    path = f"/stages/{number}"
    for key, known, code in (
        ("scheduler_options", SCHEDULE, "scheduler_option_unknown"),
        ("guidance_options", GUIDANCE, "guidance_option_unknown"),
    ):
        strange = sorted(set(stage.get(key) or {}) - known)
        if strange:
            text = f"LTX-2 has no {key.removesuffix('s').replace('_', ' ')} {strange[0]!r} here."
            raise refusal(code, text, f"{path}/{key}", f"Known: {sorted(known)}.")
    _guidance(stage, f"{path}/guidance_options")
    if sigmas_of(document, number):
        for key in ("shift", "scheduler_options"):
            if stage.get(key):
                text = f"Fixed noise levels are the whole schedule; {key} would change nothing or bend them."
                raise refusal("schedule_twice", text, f"{path}/{key}", "Keep one of the two.")
        return
    if is_distilled(document):
        text = "The distilled weights know their own noise levels only, and the steps are another number."
        hint = f"Leave steps out for {len(_OWN[number]) - 1}, or write the sigmas."
        raise refusal("sigmas_missing", text, f"{path}/sigmas", hint)
    if steps_in(document, number) < 2:
        text = "One step of LTX-2's full schedule ends in values that are not numbers."
        raise refusal("steps_too_few", text, f"{path}/steps", "Use 2 steps or more, or explicit sigmas.")


def _guidance(stage: Mapping[str, Any], path: str) -> None:
    """diffusers reads a zero for sound as "the same as for the picture", so a zero there alone cannot be had."""
    options = stage.get("guidance_options") or {}
    for key, value in options.items():
        _number_or_blocks(key, value, f"{path}/{key}")
    picture = {**_IDLE, "guidance_scale": stage.get("guidance", 1), **options}
    for key in ("guidance_scale", *_IDLE):
        if picture[key] and options.get(f"audio_{key}", 1) == 0:
            text = f"audio_{key} 0 beside {key} {picture[key]} would be taken as {picture[key]} by the pipeline."
            raise refusal("guidance_not_expressible", text, f"{path}/audio_{key}", "Use a small value above 0.")
    scales = (options.get("stg_scale"), options.get("audio_stg_scale"))
    if any(scales) and not options.get("spatio_temporal_guidance_blocks"):
        text = "Spatio-temporal guidance needs the list of blocks it applies to."
        raise refusal("guidance_blocks_missing", text, f"{path}/spatio_temporal_guidance_blocks")


def _number_or_blocks(key: str, value: Any, path: str) -> None:
    blocks = key == "spatio_temporal_guidance_blocks"
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    whole = isinstance(value, list) and all(isinstance(block, int) and not isinstance(block, bool) for block in value)
    if not (whole if blocks else plain):
        text = f"{key} is {'a list of block numbers' if blocks else 'a number'}."
        raise refusal("guidance_option_invalid", text, path)
