"""How far a render is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """`phase` is one of core.generation.PHASES; `step` of `steps` are 0 where a phase has none; `warm` is
    said once, when the pipeline is there: whether it had been loaded before."""

    phase: str
    step: int = 0
    steps: int = 0
    warm: bool | None = None


Report = Callable[[Progress], None]
