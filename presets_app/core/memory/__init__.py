"""How much memory a preset needs on a card, before anything is loaded: components, peaks by phase, plans that fit.

An estimate, not a measurement: weights are exact, activations are traced from the real classes, and what a card adds
is a stated margin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from presets_app.core.memory import activations, adapters
from presets_app.core.memory.plans import BF16, FP8, INT4, Plan, in_gib, plans
from presets_app.core.memory.sizes import Component, components, stages_of
from presets_app.core.memory.tiers import TIERS, Tier
from presets_app.core.problems import Problem

__all__ = ["TIERS", "Component", "Estimate", "Plan", "Tier", "estimate"]


@dataclass(frozen=True)
class Estimate:
    """`plans` in the order to try them; [] when the document does not say enough, and then `problems` says what."""

    components: list[tuple[Component, int]] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    tokens: int | None = None

    def best(self, card_gib: float) -> Plan | None:
        """The first plan that fits: same bits before fast, fast before slow."""
        fitting = [plan for plan in self.plans if plan.fits(card_gib)]
        return min(fitting, key=lambda plan: plan.changes_bits, default=None)

    def best_on(self, tier: Tier) -> Plan | None:
        """As `best`, where a tier also has the machine's memory to share."""
        fitting = [plan for plan in self.plans if tier.holds(plan)]
        return min(fitting, key=lambda plan: plan.changes_bits, default=None)

    def ranked(self, card_gib: float) -> list[Plan]:
        """What fits first, then what keeps the bits, then the fastest."""
        return sorted(self.plans, key=lambda plan: (not plan.fits(card_gib), plan.changes_bits))

    def as_json(self, card_gib: float | None = None) -> dict[str, Any]:
        asked = self.plans[0] if self.plans else None
        best = self.best(card_gib) if card_gib is not None else None
        return {
            "components": [
                {"name": part.name, "parameters": part.parameters, "bytes": size} for part, size in self.components
            ],
            "tokens": self.tokens,
            "peaks": dict(asked.peaks) if asked else {},
            "peaks_gib": {phase: in_gib(size) for phase, size in asked.peaks.items()} if asked else {},
            "card_gib": card_gib,
            "best": best.name if best else None,
            "fits": None if card_gib is None or not self.plans else best is not None,
            "plans": [plan.as_json(card_gib) for plan in (self.plans if card_gib is None else self.ranked(card_gib))],
            "tiers": [_tier(self, tier) for tier in TIERS] if self.plans else [],
        }


def _tier(made: Estimate, tier: Tier) -> dict[str, Any]:
    plan = made.best_on(tier)
    return {
        "card": tier.words,
        "usable_gib": round(tier.usable, 2),
        "shared_gib": tier.shared,
        "plan": plan.name if plan else None,
        "changes_bits": plan.changes_bits if plan else None,
        "peak_gib": in_gib(plan.peak) if plan else None,
    }


def estimate(document: Mapping[str, Any]) -> Estimate:
    """Never raises on any object; what is missing comes back as problems."""
    parts = components(document)
    if not parts:
        text = "The weights of this family cannot be had, so there is no card to fit them on."
        return Estimate(
            problems=[Problem("memory_family_unknown", "warning", "/family", text, "Render it in a cloud.")]
        )
    parts = [replace(part, stated=_stated_width(document, part)) for part in parts]
    parts += adapters.loras(document, parts)
    sized = [(part, part.bytes_at(part.stated)) for part in parts]
    count = activations.tokens(document)
    if count is None:
        text = "Width, height and frames decide the memory of a render, and the preset does not state all three."
        problem = Problem("memory_size_unstated", "error", "/width", text, "State all three.")
        return Estimate(sized, problems=[problem])
    return Estimate(sized, plans(document, parts), _remarks(document, parts), count)


_FILES = {"transformer_2": "transformer", "connectors": "transformer"}


def _stated_width(document: Mapping[str, Any], part: Component) -> float:
    """Bytes of one linear weight as the preset has it: the file's name says, or for transformers the quantisation."""
    runtime, models = document.get("runtime"), document.get("models")
    key = _FILES.get(part.name, part.name)
    files = models.get(key) if isinstance(models, dict) else None
    text = " ".join(name for name in files if isinstance(name, str)) if isinstance(files, list) else ""
    if key == "transformer" and isinstance(runtime, dict):
        text += f" {runtime.get('quantization') or ''}"
    words = text.lower()
    if any(word in words for word in ("int4", "nf4", "fp4", "q4_")):
        return INT4
    return FP8 if any(word in words for word in ("fp8", "int8", "q8_", "float8")) else BF16


def _remarks(document: Mapping[str, Any], parts: list[Component]) -> list[Problem]:
    found = []
    unsized = adapters.unsized(document)
    if unsized and any(part.name.startswith("lora ") for part in parts):
        text = f"{', '.join(unsized[:3])} says no rank in its name and is counted with {adapters.USUAL_RANK}."
        found.append(Problem("memory_lora_rank_unstated", "note", "/stages", text))
    elif any(stage.get("loras") for stage in stages_of(document)) and not adapters.loras(document, parts):
        text = "LoRAs are not counted: the layers of this model are not known here. They take up to 1 or 2 GiB each."
        found.append(Problem("memory_loras_uncounted", "note", "/stages", text))
    if document.get("family") == "ltx-2.5":
        text = "The text encoder of LTX-2.5 is Gemma 4 12B; it is counted as large as LTX-2's, which is Gemma 3 12B."
        found.append(Problem("memory_text_encoder_uncounted", "warning", "/family", text))
    return found
