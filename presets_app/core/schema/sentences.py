"""One schema fault in one plain sentence: the field, what is allowed, and what was found unless that is private."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from presets_app.core.labels import Part, label_of
from presets_app.core.pointers import joined
from presets_app.core.problems import Problem
from presets_app.core.secrets import shown, unspeakable

SEED_MAXIMUM = 2**64 - 1
RULE_CODES = {
    "required": "schema_required",
    "additionalProperties": "schema_unknown_field",
    "propertyNames": "schema_key",
    "type": "schema_type",
    "enum": "schema_choice",
    "const": "schema_choice",
    "minimum": "schema_minimum",
    "exclusiveMinimum": "schema_minimum",
    "maximum": "schema_maximum",
    "minLength": "schema_length",
    "maxLength": "schema_length",
    "minItems": "schema_count",
    "maxItems": "schema_count",
    "minProperties": "schema_count",
    "maxProperties": "schema_count",
    "pattern": "schema_pattern",
}
_PRIVATE = ("environment", "headers")
_LONGEST_FOUND = 60
_COUNTING = ("minItems", "maxItems", "minProperties", "maxProperties", "minLength", "maxLength")
_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object of named fields",
    "null": "null",
}
_PATTERN_HINTS = {
    "fps": 'Write a number, or a fraction as text such as "30000/1001".',
    "role": "Use small letters, digits and underscores, such as base, refine, high_noise or low_noise.",
    "aspect_ratio": "Write it as 16:9.",
    "sha256": "Give the 64 small hex digits of the file's SHA-256.",
    "media_type": "Write it as image/png, video/mp4 or audio/wav.",
    "models": "Name each kind of file in small letters, such as transformer, vae or text_encoder.",
    "inputs": "Name each input in small letters, such as image, end_image or audio.",
    "key": "Use letters, digits, dots, dashes and underscores.",
}


@dataclass(frozen=True)
class Fault:
    """A schema error without the library's words: `declared` are the properties the object may have,
    `conditional` says that the rule came from an if/then."""

    parts: tuple[Part, ...]
    rule: str
    allowed: Any
    found: Any
    declared: frozenset[str]
    conditional: bool


def problems_of(fault: Fault, hidden: Collection[str], known: Collection[str]) -> Iterator[Problem]:
    """One problem, or one for each unknown field. `hidden` are pointers whose values are never echoed."""
    if fault.rule == "additionalProperties" and fault.allowed is False:
        yield from _unknown_fields(fault, known)
    elif fault.rule == "required":
        yield from _missing(fault)
    elif fault.rule == "pattern" and fault.parts[:1] == ("environment",):
        yield _not_a_variable(fault)
    else:
        yield _sentence(fault, hidden)


def _unknown_fields(fault: Fault, known: Collection[str]) -> Iterator[Problem]:
    for key in sorted(set(fault.found) - fault.declared):
        secret = unspeakable(key, known)
        path = joined(fault.parts if secret else (*fault.parts, key))
        name = "A field whose name is withheld" if secret else f"The field {shown(key)}"
        yield Problem(
            "schema_unknown_field",
            "error",
            path,
            f"{name} is not part of the format ({_place(fault.parts)}).",
            _did_you_mean(key, fault.declared),
        )


def near_name(key: str) -> str:
    """What the format would call a field by this name, whether it has one or not."""
    plain = key.lower().replace("-", "_").replace(" ", "_")
    near = {"cfg": "guidance", "num_frames": "frames", "length": "frames", "num_inference_steps": "steps"}
    return near.get(plain, plain)


def _did_you_mean(key: str, declared: frozenset[str]) -> str:
    guess = near_name(key)
    if guess in declared:
        return f"Use `{guess}`."
    return "Remove it, or put it where the format has a place for it."


def _missing(fault: Fault) -> Iterator[Problem]:
    for key in fault.allowed:
        if key not in fault.found:
            yield Problem(
                "schema_required",
                "error",
                joined((*fault.parts, key)),
                f"`{key}` is missing ({_place(fault.parts)}).",
                "Add it; a saved revision needs it.",
            )


def _place(parts: tuple[Part, ...]) -> str:
    return f"in {label_of(parts)}" if parts else "at the top of the document"


def _not_a_variable(fault: Fault) -> Problem:
    return Problem(
        "secret_in_environment",
        "error",
        joined(fault.parts),
        "`environment` holds names of variables only; this is no name, so it may be a secret.",
        "Write the variable's name (capitals, digits, underscores), for example WAVESPEED_API_KEY.",
    )


def _sentence(fault: Fault, hidden: Collection[str]) -> Problem:
    path = joined(fault.parts)
    code, hint = _code(fault), _hint(fault)
    found = "" if _is_private(fault.parts, path, hidden) else _found(fault)
    subject = label_of(fault.parts)
    message = f"{subject[:1].upper()}{subject[1:]} {_rule(fault)}{f'; found {found}' if found else ''}."
    return Problem(code, "error", path, message, hint)


def _code(fault: Fault) -> str:
    last = fault.parts[-1] if fault.parts else ""
    if fault.parts == ("format",):
        return "format_unsupported"
    if fault.conditional and last == "task":
        return "task_not_for_family"
    if fault.conditional and last == "frames":
        return "frames_rule"
    if _is_seed(fault) and fault.rule in ("minimum", "maximum"):
        return "seed_range"
    if fault.rule == "maxLength" and last in ("prompt", "negative_prompt", "source"):
        return "prompt_too_long"
    return RULE_CODES.get(fault.rule, "schema_invalid")


def _is_seed(fault: Fault) -> bool:
    return "seed" in fault.parts[-2:]


def _hint(fault: Fault) -> str:
    last = str(fault.parts[-1]) if fault.parts else ""
    if fault.found is None:
        return "Leave the field out when its value is not known."
    if _is_seed(fault) and fault.found == -1:
        return "-1 means random at a vendor: write the seed that was drawn, so that the result can be made again."
    if _is_seed(fault):
        return f"Give a whole number from 0 to {SEED_MAXIMUM} (2^64 - 1)."
    if last == "format":
        return "This version reads matchframe/preset/1 and matchframe/inputs/1."
    return _PATTERN_HINTS.get(last, "")


def _is_private(parts: tuple[Part, ...], path: str, hidden: Collection[str]) -> bool:
    if any(isinstance(part, str) and part.lower() in _PRIVATE for part in parts):
        return True
    return any(path == secret or path.startswith(f"{secret}/") for secret in hidden if secret)


def _found(fault: Fault) -> str:
    value = fault.found
    if fault.rule in _COUNTING:
        return f"{len(value):,}"
    if isinstance(value, str):
        return shown(value) if len(value) <= _LONGEST_FOUND else f"text of {len(value):,} characters"
    if value is None or isinstance(value, (bool, int, float)):
        return json.dumps(value)
    return "a list" if isinstance(value, list) else "an object" if fault.rule == "type" else ""


def _rule(fault: Fault) -> str:
    writer = _RULES.get(fault.rule)
    return writer(fault.allowed) if writer else "is not allowed here"


def _kinds(allowed: Any) -> str:
    names = [allowed] if isinstance(allowed, str) else list(allowed)
    return "must be " + " or ".join(_KINDS[name] for name in names)


def _listed(allowed: Any) -> str:
    return "must be one of " + ", ".join(str(choice) for choice in allowed)


_RULES: dict[str, Callable[[Any], str]] = {
    "type": _kinds,
    "enum": _listed,
    "const": lambda allowed: f"must be {allowed}",
    "minimum": lambda allowed: f"must be at least {allowed}",
    "exclusiveMinimum": lambda allowed: f"must be more than {allowed}",
    "maximum": lambda allowed: f"must be at most {allowed}",
    "minLength": lambda allowed: f"needs at least {allowed} character{'s' if allowed != 1 else ''}",
    "maxLength": lambda allowed: f"may have at most {allowed:,} characters",
    "minItems": lambda allowed: f"needs at least {allowed} entr{'ies' if allowed != 1 else 'y'}",
    "maxItems": lambda allowed: f"may have at most {allowed:,} entries",
    "minProperties": lambda allowed: f"needs at least {allowed} field{'s' if allowed != 1 else ''}",
    "maxProperties": lambda allowed: f"may have at most {allowed} fields",
    "pattern": lambda _allowed: "is not written the way it must be",
    "propertyNames": lambda _allowed: "has a field with a name that is not allowed",
}
