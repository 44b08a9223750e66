"""Cards and machines by their memory."""

from __future__ import annotations

from dataclasses import dataclass

from presets_app.core.memory.activations import GIB
from presets_app.core.memory.plans import Plan

SYSTEM = 4.0  # GiB that macOS and its programs keep of a shared memory; own choice
_LARGEST_SMALL = 36  # GB


@dataclass(frozen=True)
class Tier:
    """`usable` GiB for a render; `shared` the whole memory where the machine has no other, None for a card's own."""

    words: str
    usable: float
    shared: float | None = None

    def holds(self, plan: Plan) -> bool:
        """In a shared memory nothing is gained by offloading, and PyTorch has no 8-bit floats there."""
        if self.shared is None:
            return plan.fits(self.usable)
        return plan.weights != "fp8" and plan.fits(self.usable) and plan.together <= (self.shared - SYSTEM) * GIB


def _apple(gib: int) -> Tier:
    """Metal's recommendedMaxWorkingSetSize: two thirds of the memory up to 36 GB and three quarters above. Newer
    macOS lends smaller machines three quarters as well (11.84 of 16 GB measured by others); the lower one is used."""
    return Tier(f"Apple silicon, {gib} GB", gib * (2 / 3 if gib <= _LARGEST_SMALL else 3 / 4), float(gib))


TIERS = (
    *(Tier(f"{gib} GB card", float(gib)) for gib in (8, 10, 12, 16, 24, 32, 40, 48, 80, 96, 141)),
    *(_apple(gib) for gib in (16, 24, 32, 36, 48, 64)),
)
