"""What a step takes from the steps before it, item by item."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from presets_app.core import canonical
from presets_app.core.errors import Invalid
from presets_app.core.recipes import references
from presets_app.models import RecipeOutput, RecipeStep


@dataclass(frozen=True)
class Taken:
    """One item's inputs: `values` by the input's name, `parts` the digest of each, `sources` the step each is of."""

    key: str
    values: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    local_only: bool = False


def sources_of(step: RecipeStep) -> list[RecipeStep]:
    """The earlier steps that this one refers to."""
    names = {found.step for found in references(step.document)}
    return list(step.recipe_run.steps.filter(name__in=names))


def taken(step: RecipeStep) -> list[Taken]:
    """What each item of the step takes. A source with one output gives it to all; [one without values] when the step
    takes nothing. Raises Invalid when two sources have other items."""
    wanted = list(references(step.document))
    if not wanted:
        return []
    rows = {source.name: _outputs(source) for source in sources_of(step)}
    keys = _keys(step, {found.step: rows[found.step] for found in wanted})
    return [_one(key, wanted, rows) for key in keys]


def _outputs(source: RecipeStep) -> dict[str, RecipeOutput]:
    return {output.key: output for output in source.outputs.filter(state="done").order_by("position")}


def _keys(step: RecipeStep, rows: dict[str, dict[str, RecipeOutput]]) -> list[str]:
    many = {name: list(found) for name, found in rows.items() if len(found) > 1}
    if not many:
        return list(next(iter(rows.values())))[:1]
    first = next(iter(many.values()))
    if any(set(keys) != set(first) for keys in many.values()):
        text = f"The steps {', '.join(sorted(many))} have other items, so {step.name} cannot pair them."
        raise Invalid(text, code="recipe_items_differ", hint="Have them render the same input set.")
    return first


def _one(key: str, wanted: list[Any], rows: dict[str, dict[str, RecipeOutput]]) -> Taken:
    values, parts, sources, kept = {}, {}, {}, False
    for found in wanted:
        held = rows[found.step]
        output = held.get(key) or next(iter(held.values()))
        values[found.name] = value_of(output, found.output)
        parts[f"input:{found.name}"] = canonical.digest(values[found.name])
        sources[found.name] = found.step
        kept = kept or bool(output.values.get("local_only"))
    return Taken(key, values, parts, sources, kept)


def value_of(output: RecipeOutput, name: str) -> Any:
    """One output by its name: a text, the seeds of a render by stage, or a picture or video as {sha256, media_type}.
    Raises Invalid for one that this output does not have."""
    value = output.values.get(name)
    if value in (None, "", {}):
        text = f"The step {output.step.name} gave no {name} for {output.key}."
        raise Invalid(text, code="recipe_output_missing", hint="Do that step again.")
    return value


def file_of(values: dict[str, Any]) -> str:
    """The digest of the file that an output is, "" for words."""
    held = values.get("video") or values.get("image") or {}
    return str(held.get("sha256", ""))
