"""What a batch is stratified by: the labels people gave its items, and what varies among the items themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from presets_app.core.sampling import Item

LONG_PROMPT = 400  # characters; own choice: where text encoders of 256 or 512 tokens begin to be filled
Given = Mapping[str, Any]


def _assets(item: Given) -> str:
    return ", ".join(sorted(item.get("assets") or {})) or "none"


def _prompt(item: Given) -> str:
    if not item.get("prompt"):
        return "the preset's"
    return "long" if len(str(item["prompt"])) >= LONG_PROMPT else "short"


def _seed(item: Given) -> str:
    return "own" if "seed" in item else "the preset's"


def _negative(item: Given) -> str:
    return "own" if item.get("negative_prompt") else "the preset's"


FACETS: dict[str, Callable[[Given], str]] = {
    "assets": _assets,
    "prompt": _prompt,
    "negative prompt": _negative,
    "seed": _seed,
}


def varying(items: Sequence[Given]) -> list[str]:
    """The facets that differ within this batch, in the order of `FACETS`."""
    return [name for name, facet in FACETS.items() if len({facet(item) for item in items}) > 1]


def strata(items: Sequence[Given], by: Sequence[str] | None = None) -> list[Item]:
    """The items as they are drawn: each set of labels and of varying facets is a stratum. `by` names the facets of an
    earlier draw that is continued; without it they are found."""
    names = varying(items) if by is None else [name for name in by if name in FACETS]
    return [
        Item(item["key"], (*item.get("labels", ()), *(f"{name}: {FACETS[name](item)}" for name in names)))
        for item in items
    ]
