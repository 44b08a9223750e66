"""Noise schedules in plain numbers: how far ComfyUI's named ones are from those diffusers makes, and at which step
WAN's experts change.

A sigma is the share of noise, from 1 to 0. Sources: ComfyUI's samplers.py and model_sampling.py (simple, normal);
diffusers 0.42.1 UniPCMultistepScheduler and FlowMatchEulerDiscreteScheduler.set_timesteps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

TRAINED = 1000  # timesteps that both libraries cut the schedule into
UNIPC = "UniPCMultistepScheduler"
EULER = "FlowMatchEulerDiscreteScheduler"
_MOST_STEPS = 10_000

Schedule = Callable[[int, float], list[float]]


def shifted(sigma: float, shift: float) -> float:
    return shift * sigma / (1 + (shift - 1) * sigma)


def simple(steps: int, shift: float) -> list[float]:
    """Every (1000 / steps)th entry of the table, from the top."""
    return [shifted((TRAINED - int(step * TRAINED / steps)) / TRAINED, shift) for step in range(steps)]


def normal(steps: int, shift: float) -> list[float]:
    """Even from the table's first entry to its last, which are shifted already, and then shifted. diffusers' Euler
    makes the same one."""
    last = shifted(1 / TRAINED, shift)
    return [shifted(1 - step * (1 - last) / max(1, steps - 1), shift) for step in range(steps)]


def unipc(steps: int, shift: float) -> list[float]:
    return [shifted(1 - step * (1 - 1 / TRAINED) / steps, shift) for step in range(steps)]


def even(steps: int, shift: float) -> list[float]:
    """What the LTX pipelines hand to their scheduler: even from 1 to 1 / steps."""
    return [shifted(1 - step / steps, shift) for step in range(steps)]


_NAMED: dict[str, Schedule] = {"simple": simple, "normal": normal}
OF_CLASS: dict[str, Schedule] = {UNIPC: unipc, EULER: normal}


def distance(name: str, made: Schedule, steps: int, shift: float) -> float | None:
    """The largest difference of sigma between a schedule by ComfyUI's name and what diffusers makes; None for a name
    that is not reckoned here."""
    named = _NAMED.get(name)
    if named is None or not 0 < steps <= _MOST_STEPS:
        return None
    return max(abs(one - other) for one, other in zip(named(steps, shift), made(steps, shift), strict=True))


def is_same(apart: float, shift: float) -> bool:
    """Whether two schedules agree to one entry of the table, 0.001 before it is shifted."""
    return apart <= 1.1 / TRAINED * max(shift, 1 / shift, 1.0)


def times(scheduler: str, steps: int, shift: float) -> list[float]:
    """The timesteps a pipeline compares with its boundary; UniPC keeps whole numbers."""
    if not 0 < steps <= _MOST_STEPS:
        return []
    if scheduler == UNIPC:
        return [float(int(min(sigma, 1 - 1e-6) * TRAINED)) for sigma in unipc(steps, shift)]
    return [sigma * TRAINED for sigma in normal(steps, shift)]


def boundary_at(step: int, made: Sequence[float]) -> float:
    """The boundary ratio that lets the first expert take `step` steps: halfway between two timesteps."""
    edges = [TRAINED + 1.0, *made, -1.0]
    at = max(0, min(step, len(made)))
    return (edges[at] + edges[at + 1]) / 2 / TRAINED


def step_at(boundary: float, made: Sequence[float]) -> int:
    """How many steps the first expert takes with a boundary ratio."""
    return sum(time >= boundary * TRAINED for time in made)


def is_halfway(boundary: float, made: Sequence[float]) -> bool:
    """Whether a boundary is one that boundary_at() makes, so that a step says all of it."""
    return abs(boundary_at(step_at(boundary, made), made) - boundary) < 1e-9
