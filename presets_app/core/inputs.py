"""Input sets: a frozen list of items, each with what it changes in a preset.

A preview set is the fixed 10 to 20 items a team iterates on; a batch is any larger list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from copy import deepcopy
from typing import Any

from presets_app.core import canonical, secrets
from presets_app.core.documents import name_problems
from presets_app.core.errors import Invalid
from presets_app.core.problems import Problem
from presets_app.core.schema import INPUTS_SCHEMA, check_shape

INPUTS_FORMAT = "matchframe/inputs/1"
LABELS = ("fine texture", "small text", "complex lighting", "hands", "camera move", "dialogue")
PREVIEW_SIZE = (10, 20)
ITEM_LIMIT = 100_000
_LISTED = 100  # problems of one kind; more of the same say nothing new


def validate_inputs(document: Any, *, known: Collection[str] = ()) -> list[Problem]:
    """What is wrong with an input set: shape, keys used twice, secrets, and how many items a preview has."""
    if not isinstance(document, dict):
        return check_shape(document, INPUTS_SCHEMA, known=known)
    items = document.get("items")
    if isinstance(items, list) and len(items) > ITEM_LIMIT:
        return [_too_many(len(items))]
    found = check_shape(document, INPUTS_SCHEMA, known=known)
    if "name" in document:
        found = [problem for problem in found if problem.path != "/name"] + name_problems(document["name"])
    found += secrets.find(document, known=known)[:_LISTED]
    if isinstance(items, list):
        objects = [(index, item) for index, item in enumerate(items) if isinstance(item, dict)]
        found += [*_twice(objects), *_labels(objects), *_preview(document, objects)]
    return found


def inputs_digest(document: dict[str, Any]) -> str:
    """SHA-256 (64 hex digits) over the canonical bytes: what freezes the set."""
    return canonical.digest(document)


def effective(document: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """The preset document with one item's overrides applied; neither argument is changed.

    A number as `seed` goes to every stage, an object gives a seed for each role it names. Assets replace the
    inputs of the same name. With a prompt of its own the item drops `prompt_expansion`, which told where the
    preset's prompt came from. Raises Invalid when a role does not exist.
    """
    result = deepcopy(document)
    for field in ("prompt", "negative_prompt"):
        if field in item:
            result[field] = item[field]
    if "prompt" in item:
        result.pop("prompt_expansion", None)
    if item.get("assets"):
        result["inputs"] = {**result.get("inputs", {}), **deepcopy(item["assets"])}
    if "seed" in item:
        _seed(result.get("stages", []), item["seed"])
    return result


def _seed(stages: list[dict[str, Any]], seed: int | dict[str, int]) -> None:
    roles = [stage.get("role") for stage in stages]
    by_role = seed if isinstance(seed, dict) else dict.fromkeys((str(role) for role in roles), seed)
    absent = [role for role in by_role if role not in roles]
    if absent:
        raise Invalid(
            f"The item gives a seed for {secrets.shown(absent[0])}, and the preset has no stage of that role.",
            code="item_role_unknown",
            hint=f"Use one of: {', '.join(str(role) for role in roles)}.",
        )
    for stage in stages:
        if stage.get("role") in by_role:
            stage["seed"] = by_role[stage["role"]]


def _too_many(count: int) -> Problem:
    words = f"The set has {count:,} items; at most {ITEM_LIMIT:,} are taken."
    return Problem("inputs_too_many", "error", "/items", words, "Split it into several sets.")


def _twice(items: list[tuple[int, dict[str, Any]]]) -> Iterator[Problem]:
    seen: set[str] = set()
    told = 0
    for index, item in items:
        key = item.get("key")
        if not isinstance(key, str):
            continue
        if key in seen and told < _LISTED:
            told += 1
            yield Problem(
                "item_key_twice",
                "error",
                f"/items/{index}/key",
                f"Item {index + 1} has the key of an earlier item.",
                "Give each item a key of its own: runs are compared by it.",
            )
        seen.add(key)


def _labels(items: list[tuple[int, dict[str, Any]]]) -> Iterator[Problem]:
    """Free labels are welcome; a known one in another spelling would be counted apart."""
    told = 0
    for index, item in items:
        labels = item.get("labels")
        for at, label in enumerate(labels if isinstance(labels, list) else ()):
            plain = (
                " ".join(label.lower().replace("_", " ").replace("-", " ").split()) if isinstance(label, str) else ""
            )
            if plain in LABELS and plain != label and told < _LISTED:
                told += 1
                yield Problem(
                    "label_spelling",
                    "note",
                    f"/items/{index}/labels/{at}",
                    f'This label is the known one "{plain}" in another spelling and is counted apart.',
                    f'Write "{plain}".',
                )


def _preview(document: dict[str, Any], items: list[tuple[int, dict[str, Any]]]) -> Iterator[Problem]:
    if document.get("kind") != "preview":
        return
    least, most = PREVIEW_SIZE
    if not least <= len(items) <= most:
        yield Problem(
            "preview_size",
            "warning",
            "/items",
            f"A preview set has {least} to {most} items; this one has {len(items)}.",
            "Choose items that show the hard cases, and put longer lists into a batch.",
        )
    used = Counter(label for _, item in items for label in item.get("labels") or () if isinstance(label, str))
    absent = [label for label in LABELS if label not in used]
    if absent:
        words = f"No item is labelled {', '.join(absent)}."
        yield Problem("preview_labels", "note", "/items", words, "Label the items that show it, or add one that does.")
