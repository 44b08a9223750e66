"""What is wrong with a recipe by itself: its shape, its names, and what its steps take from each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from presets_app.core import canonical, secrets
from presets_app.core.documents import name_problems, parse
from presets_app.core.problems import Problem, has_errors
from presets_app.core.recipes.kinds import ASSETS, KINDS, Reference, references
from presets_app.core.schema import check_shape

RECIPE_FORMAT = "matchframe/recipe/1"
RECIPE_SCHEMA = "recipe-v1"
_REFERENCE = "Write STEP.OUTPUT, for example draft.seed; an output is a video, image, seed, prompt or text."


def read(data: bytes) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The document in a file, None when there is none to be read, and what is wrong with how it is written."""
    parsed = parse(data)
    return parsed.document, [_of_recipe(problem) for problem in parsed.problems]


def _of_recipe(problem: Problem) -> Problem:
    """Presets are read by the same reader, and its sentences name them."""
    message = problem.message.replace("a preset can hold", "a recipe can hold")
    return replace(problem, message=message, hint=problem.hint.replace("preset", "recipe"))


def review(document: Any, *, known: Collection[str] = ()) -> list[Problem]:
    """Every problem that the document shows without a project: `known` are secret values that it must not hold."""
    found = [_of_reference(problem) for problem in check_shape(document, RECIPE_SCHEMA, known=known)]
    if not isinstance(document, dict):
        return found
    if "name" in document:
        found = [problem for problem in found if problem.path != "/name"] + name_problems(document["name"])
    found += secrets.find(document, known=known)
    if has_errors(found):
        return found
    return [*found, *_wiring(document["steps"])]


def _of_reference(problem: Problem) -> Problem:
    """An input is written as STEP.OUTPUT, whatever a field of the same name would hold in a preset."""
    written = problem.path.startswith("/steps/") and "/inputs/" in problem.path and problem.code == "schema_pattern"
    return replace(problem, hint=_REFERENCE) if written else problem


def recipe_digest(document: Mapping[str, Any]) -> str:
    """SHA-256 (64 hex digits) over the canonical bytes."""
    return canonical.digest(dict(document))


def _wiring(steps: list[dict[str, Any]]) -> Iterator[Problem]:
    earlier: dict[str, dict[str, Any]] = {}
    for index, step in enumerate(steps):
        place = f"/steps/{index}"
        if step["name"] in earlier:
            text = f"Two steps are named {step['name']}."
            yield Problem("recipe_step_twice", "error", f"{place}/name", text, "Give each step a name of its own.")
        yield from _inputs(step, place, earlier)
        yield from _own(step, place)
        earlier[step["name"]] = step


def _inputs(step: Mapping[str, Any], place: str, earlier: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    kind = KINDS[step["kind"]]
    given = {found.name for found in references(step)}
    for needed in kind.needs:
        if needed not in given:
            text = f"The step {step['name']} has to {kind.word} and takes no {needed} from an earlier step."
            hint = f'Write inputs: {{"{needed}": "STEP.{needed}"}}.'
            yield Problem("recipe_input_missing", "error", f"{place}/inputs", text, hint)
    for found in references(step):
        yield from _reference(found, step, f"{place}/inputs/{found.name}", earlier)


def _reference(
    found: Reference, step: Mapping[str, Any], path: str, earlier: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    kind = KINDS[step["kind"]]
    source = earlier.get(found.step)
    if source is None:
        hint = f"Steps before {step['name']}: {', '.join(earlier) or 'none'}."
        text = f"No step before {step['name']} is named {found.step}."
        yield Problem("recipe_step_unknown", "error", path, text, hint)
        return
    gives = KINDS[source["kind"]].gives
    if found.output not in gives:
        text = f"The step {found.step} gives no {found.output}."
        yield Problem("recipe_output_unknown", "error", path, text, f"It gives: {', '.join(gives)}.")
        return
    wanted = (kind.takes[found.name],) if found.name in kind.takes else ASSETS if kind.assets else ()
    if not wanted:
        text = f"A step that has to {kind.word} takes no input named {found.name}."
        yield Problem("recipe_input_unknown", "error", path, text, f"It takes: {', '.join(kind.takes)}.")
    elif gives[found.output] not in wanted:
        text = f"{found.name} must be {' or '.join(wanted)}; {found.step}.{found.output} is {gives[found.output]}."
        yield Problem("recipe_input_type", "error", path, text, "Refer to another output.")


def _own(step: Mapping[str, Any], place: str) -> Iterator[Problem]:
    """What two of a step's own fields say together."""
    given = {found.name for found in references(step)}
    overrides = step.get("overrides") or {}
    for name in sorted(given & overrides.keys()):
        text = f"The step {step['name']} sets {name} and takes it from another step as well."
        yield Problem("recipe_input_twice", "error", f"{place}/overrides/{name}", text, "Keep one of the two.")
    if "input_set" in step and "items" in step:
        text = f"The step {step['name']} renders an input set and a number of items as well."
        yield Problem("recipe_items_twice", "error", f"{place}/items", text, "Keep one of the two.")
    if step["kind"] == "expand_prompt" and sum(("text" in given, "text" in step, "preset" in step)) != 1:
        text = f"The step {step['name']} needs one prompt to begin with."
        hint = "Give it as text, or name a preset whose prompt it is, or take it from an earlier step."
        yield Problem("recipe_prompt_missing", "error", place, text, hint)
