"""What holds for a stage of any family: sampler, steps, seed, LoRAs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from presets_app.core.weights_named import part_of
from runner.limits import ltx2
from runner.limits.common import Document, refusal

LARGEST_SEED = 2**64 - 1
LARGEST_STRENGTH = 100
_LTX_SAMPLERS, _LTX_SCHEDULERS = ("", "euler", "flow_match_euler"), ("", "ltxv", "flow_match", "flow_match_euler")
SAMPLERS = {
    "ltx-2": _LTX_SAMPLERS,
    "ltx-2.3": _LTX_SAMPLERS,
    "wan-2.2": ("", "unipc", "uni_pc", "euler", "flow_match_euler"),
}
SCHEDULERS = {
    "ltx-2": _LTX_SCHEDULERS,
    "ltx-2.3": _LTX_SCHEDULERS,
    "wan-2.2": ("", "simple", "normal", "flow_match", "flow_match_euler", "unipc", "uni_pc"),
}


def steps_of(stage: Mapping[str, Any]) -> int:
    """Steps of a stage; explicit sigmas count as one less than their number. 0 when nothing is said."""
    sigmas = stage.get("sigmas")
    return len(sigmas) - 1 if sigmas else int(stage.get("steps") or 0)


def check(document: Document) -> None:
    """Raises CannotRender for the first rule that is broken."""
    stages = document.get("stages")
    if not isinstance(stages, list) or not stages or not all(isinstance(stage, dict) for stage in stages):
        raise refusal("stages_invalid", "The preset has no stages.", "/stages")
    for number, stage in enumerate(stages):
        _stage(document, number, stage)


def _stage(document: Document, number: int, stage: Mapping[str, Any]) -> None:
    path, family = f"/stages/{number}", document["family"]
    _loras(stage.get("loras") or [], path)
    if stage.get("denoise", 1) != 1:
        text = "This runner takes every stage from its first sigma: denoise must be 1."
        raise refusal("denoise_unsupported", text, f"{path}/denoise")
    for key, known in (("sampler", SAMPLERS[family]), ("scheduler", SCHEDULERS[family])):
        if (stage.get(key) or "") not in known:
            text = f"This runner has no {key} {stage[key]!r} for {family}."
            raise refusal(f"{key}_unsupported", text, f"{path}/{key}", f"It has {', '.join(filter(None, known))}.")
    fixed = family != "wan-2.2" and ltx2.is_distilled(document)
    if steps_of(stage) < 1 and not fixed:
        raise refusal("steps_missing", "The stage does not say how many steps to take.", f"{path}/steps")
    _sigmas(stage.get("sigmas"), path)
    if number == 0 or stage.get("seed") is not None:
        _seed(stage.get("seed"), path)


def _loras(loras: Sequence[Mapping[str, Any]], path: str) -> None:
    seen = set()
    for number, lora in enumerate(loras):
        here, file = f"{path}/loras/{number}", lora.get("file")
        if not isinstance(file, str) or part_of(file) is None or not file.endswith(".safetensors"):
            text = "A LoRA is named by its repository and its safetensors file, like org/name/file.safetensors."
            raise refusal("lora_invalid", text, f"{here}/file", "Put it into the runner's weights folder so.")
        if file in seen:
            text = "The stage has the same LoRA twice."
            raise refusal("lora_twice", text, f"{here}/file", "Keep one of them, with the strength you mean.")
        seen.add(file)
        strength = lora.get("strength", 1)
        if isinstance(strength, bool) or not isinstance(strength, int | float) or abs(strength) > LARGEST_STRENGTH:
            raise refusal("lora_invalid", f"{strength!r} is not a LoRA's strength.", f"{here}/strength")


def _sigmas(sigmas: Sequence[float] | None, path: str) -> None:
    """Falling, from 1 at most down to 0; anything else is a schedule that ends in noise or steps backwards."""
    if not sigmas:
        return
    falling = all(before > after for before, after in pairwise(sigmas))
    if not falling or sigmas[0] > 1 or sigmas[-1] != 0:
        text = "Sigmas fall from 1 at most to 0, each smaller than the one before."
        raise refusal("sigmas_invalid", text, f"{path}/sigmas", "End the list with 0.")


def _seed(seed: Any, path: str) -> None:
    if seed is None:
        text = "The first stage has no seed, so its render could not be repeated."
        raise refusal("seed_missing", text, f"{path}/seed", "Set a seed from 0 to 18446744073709551615.")
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= LARGEST_SEED:
        text = "The seed is not a whole number from 0 to 18446744073709551615."
        raise refusal("seed_invalid", text, f"{path}/seed")
