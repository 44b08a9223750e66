"""A preset's memory before it runs: what everything on a card would take, and the plan for each size of card."""

from __future__ import annotations

from typing import Any

from presets_app.core.memory import TIERS, Estimate, Plan, estimate
from presets_app.models import Project, Target
from presets_app.queries import cards, drift, phases
from presets_app.queries.cards import GIB


def of(project: Project, document: dict[str, Any]) -> dict[str, Any]:
    """What presets/memory.html shows: the components, the peaks, the team's own cards and then the usual ones."""
    made = estimate(document)
    first = made.plans[0] if made.plans else None
    peaks = first.peaks if first else {}
    own = _own(project) if made.plans else []
    return {
        "components": [{"name": part.name.replace("_", " "), "bytes": size} for part, size in made.components],
        "peaks": [{"phase": phases.words(phase), "bytes": size} for phase, size in peaks.items()],
        "peak": first.peak if first else None,
        "cards": [_row(made.best(size / GIB), words, own=True) for words, size in own]
        + [_row(made.best_on(tier), tier.words) for tier in TIERS if made.plans],
        "smallest": _smallest(made),
        "problems": made.problems,
    }


def _own(project: Project) -> list[tuple[str, int]]:
    """(name, bytes) of the cards that this project's targets said they have, each kind once."""
    found = {}
    for target, answer in drift.answers(Target.objects.filter(project=project).exclude(probe="")).values():
        for card in cards.of(answer):
            if card.memory:
                found[card.name, card.memory] = f"{target.name}: {card.words}"
    return [(words, size) for (_name, size), words in found.items()]


def _row(plan: Plan | None, words: str, *, own: bool = False) -> dict[str, Any]:
    return {
        "card": words,
        "own": own,
        "plan": plan.name if plan else "",
        "peak": plan.peak if plan else None,
        "changes_bits": bool(plan and plan.changes_bits),
    }


def _smallest(made: Estimate) -> int | None:
    return min((plan.peak for plan in made.plans), default=None)
