"""The seed kept from one render to the next, whose stages may have other names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from presets_app.core.errors import Invalid
from presets_app.core.generation import SeedUsed

WHOLE = "all"  # how a service's one seed for everything is kept


def used(seeds: Iterable[SeedUsed], stages: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """{stage: seed} that an output was really made with: what the maker returned, else what it was sent, else what
    the document says. A service's one seed for everything stands alone."""
    found = {str(stage["role"]): int(stage["seed"]) for stage in stages if "seed" in stage}
    for seed in seeds:
        value = seed.returned if seed.returned is not None else seed.sent
        if value is not None:
            found[seed.stage] = value
    return {WHOLE: found[WHOLE]} if WHOLE in found else found


def kept(seeds: Mapping[str, int], stages: Sequence[Mapping[str, Any]], source: str) -> dict[str, int]:
    """{role: seed} for the stages of another document. A stage of the same name gets its own seed; of the others, the
    first and those that state a seed get the first seed of the source, because it made the first noise.

    Raises Invalid (`recipe_seed_unknown`) when nobody said which seed the source was made with.
    """
    if not seeds:
        hint = "Give the earlier step a seed of its own, so that it is known."
        raise Invalid(f"It is not known which seed {source} was made with.", code="recipe_seed_unknown", hint=hint)
    first = seeds.get(WHOLE, next(iter(seeds.values())))
    given: dict[str, int] = {}
    for index, stage in enumerate(stages):
        role = str(stage["role"])
        if role in seeds:
            given[role] = seeds[role]
        elif index == 0 or "seed" in stage:
            given[role] = first
    return given
