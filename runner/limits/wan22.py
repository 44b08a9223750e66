"""WAN 2.2: two experts of A14B, which share one schedule, or the single model of TI2V-5B."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from presets_app.core.families import is_wan_5b
from runner.limits.common import Document, refusal
from runner.limits.stages import steps_of

ROLES = ("high_noise", "low_noise")


def check(document: Document) -> None:
    """Raises CannotRender for the first rule that is broken."""
    stages = document["stages"]
    roles = tuple(stage.get("role") for stage in stages)
    if len(stages) > 2 or (len(stages) == 2 and roles != ROLES):
        text = "WAN 2.2 has one stage, or high_noise and then low_noise."
        raise refusal("stages_unsupported", text, "/stages", f"The preset has {', '.join(map(str, roles))}.")
    if any(stage.get("scheduler_options") for stage in stages):
        raise refusal("scheduler_option_unknown", "WAN's schedule has no options here.", "/stages/0/scheduler_options")
    for number, stage in enumerate(stages):
        _stage(stage, f"/stages/{number}")
    (_single if is_wan_5b(dict(document)) else _experts)(stages)


def _stage(stage: Mapping[str, Any], path: str) -> None:
    if stage.get("sigmas"):
        raise refusal("sigmas_unsupported", "WAN's pipeline takes no explicit sigmas.", f"{path}/sigmas")
    if stage.get("guidance_options"):
        text = "WAN's guidance has no options; it is one number a stage."
        raise refusal("guidance_option_unknown", text, f"{path}/guidance_options", "Remove them.")
    if stage.get("scale", 1) != 1:
        raise refusal("scale_unsupported", "WAN 2.2 renders at one size: scale must be 1.", f"{path}/scale")


def _single(stages: Sequence[Mapping[str, Any]]) -> None:
    if len(stages) > 1:
        text = "TI2V-5B is one model: it has no second expert."
        raise refusal("stages_unsupported", text, "/stages/1", "Keep the first stage only.")
    if stages[0].get("boundary") is not None:
        text = "TI2V-5B is one model: it has no boundary between experts."
        raise refusal("boundary_unsupported", text, "/stages/0/boundary", "Remove it.")


def _experts(stages: Sequence[Mapping[str, Any]]) -> None:
    same: tuple[tuple[str, Callable[[Mapping[str, Any]], Any]], ...] = (
        ("steps", steps_of),
        ("shift", lambda stage: stage.get("shift")),
        ("sampler", lambda stage: stage.get("sampler") or ""),
    )
    for key, read in same:
        if read(stages[0]) != read(stages[-1]):
            text = f"Both stages of WAN 2.2 share one schedule here, but their {key} differ."
            raise refusal("stages_differ", text, f"/stages/1/{key}", f"Give both stages the same {key}.")
    if stages[0].get("guidance", 5) <= 1 < stages[-1].get("guidance", 5):
        text = "With guidance 1 or less in the first stage, WAN's pipeline leaves it out of the second as well."
        raise refusal("guidance_not_expressible", text, "/stages/0/guidance", "Use a value just above 1.")
    end, start = stages[0].get("end_step"), stages[-1].get("start_step")
    if len(stages) == 2 and end is not None and start is not None and min(end, steps_of(stages[0])) != start:
        text = f"The first stage ends at step {end}, the second starts at {start}."
        raise refusal("stages_differ", text, "/stages/1/start_step", "Start the second where the first ends.")
    if len(stages) == 1 and stages[0].get("loras"):
        text = "A LoRA belongs to one of WAN 2.2's two experts, and a single stage does not say to which."
        raise refusal("lora_stage_missing", text, "/stages/0/loras", "Write the stages high_noise and low_noise.")
