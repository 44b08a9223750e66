"""Checking a document's shape against JSON Schema 2020-12, answered in plain sentences.

Schemas come from this package only: the registry is empty, so no `$ref` can reach a file or an address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from functools import cache
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry

from presets_app.core.documents import name_problems
from presets_app.core.problems import Problem
from presets_app.core.schema.sentences import Fault, near_name, problems_of
from presets_app.core.secrets import paths, unspeakable

__all__ = ["INPUTS_SCHEMA", "PRESET_SCHEMA", "PROBLEM_LIMIT", "check_shape", "load_schema", "near_name", "validate"]

PRESET_SCHEMA = "preset-v1"
INPUTS_SCHEMA = "inputs-v1"
PROBLEM_LIMIT = 200  # more than anyone reads; a list of 10,000 wrong entries must not become 10,000 sentences
_FOLDER = Path(__file__).parent.parent / "schemas"


def validate(document: Any, *, draft: bool = False, known: Collection[str] = ()) -> list[Problem]:
    """What is wrong with a preset's shape, in document order.

    With `draft` a missing field is a warning, since an import leaves out what it cannot know; `format` stays
    required. `known` holds secret values of this installation: no message echoes a field that contains one.
    """
    problems = check_shape(document, PRESET_SCHEMA, known=known)
    if isinstance(document, dict) and "name" in document:
        problems = [problem for problem in problems if problem.path != "/name"] + name_problems(document["name"])
    if draft:
        problems = [_softened(problem) for problem in problems]
    return sorted(problems, key=lambda problem: problem.path)


def check_shape(document: Any, schema_name: str, *, known: Collection[str] = ()) -> list[Problem]:
    """Every fault of a document against one of the schemas of this package, at most PROBLEM_LIMIT of them."""
    errors = list(islice(validator_for(load_schema(schema_name)).iter_errors(document), PROBLEM_LIMIT))
    hidden = paths(document, known=known) if errors else frozenset()
    found: dict[tuple[str, str], Problem] = {}
    for error in errors:
        for problem in problems_of(_fault(error, known), hidden, known):
            found.setdefault((problem.code, problem.path), problem)
    return _without_echoes(list(found.values()))[:PROBLEM_LIMIT]


def validator_for(schema: dict[str, Any]) -> Draft202012Validator:
    """A validator that resolves references inside `schema` only, and whose patterns must match the whole text."""
    checker: Draft202012Validator = _WholeText(schema, registry=Registry())
    return checker


@cache
def load_schema(name: str) -> dict[str, Any]:
    """The schema with its local references written out: resolving them costs half the time of a large set."""
    schema = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    expanded: dict[str, Any] = _expanded(schema, schema["$defs"])
    return expanded


def _expanded(schema: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_expanded(inner, definitions) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _expanded(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions)
    return {key: _expanded(inner, definitions) for key, inner in schema.items() if key != "$defs"}


def _whole_pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    # `$` alone would let a line break through at the end.
    if isinstance(instance, str) and not re.fullmatch(pattern, instance.replace("\n", "\0")):
        yield ValidationError("the text does not match")


_WholeText: Any = validators.extend(Draft202012Validator, {"pattern": _whole_pattern})


def _fault(error: ValidationError, known: Collection[str]) -> Fault:
    schema = error.schema if isinstance(error.schema, dict) else {}
    return Fault(
        parts=tuple(takewhile(lambda part: not unspeakable(part, known), error.absolute_path)),
        rule="propertyNames" if "propertyNames" in error.absolute_schema_path else str(error.validator),
        allowed=error.validator_value,
        found=error.instance,
        declared=frozenset(schema.get("properties", {})),
        conditional="allOf" in error.absolute_schema_path,
    )


def _without_echoes(problems: list[Problem]) -> list[Problem]:
    """An unknown task fails the list of tasks and the family's list: the first says it."""
    unknown = {problem.path for problem in problems if problem.code == "schema_choice"}
    return [problem for problem in problems if problem.code != "task_not_for_family" or problem.path not in unknown]


def _softened(problem: Problem) -> Problem:
    if problem.code != "schema_required" or problem.path == "/format":
        return problem
    return Problem(problem.code, "warning", problem.path, problem.message, problem.hint, problem.source)
