"""Finding secrets before they reach Git. A finding names the place and the kind, never the value.

What counts is a provider's known shape (core.secret_shapes), a name that says key or password with text beside it
(core.secret_places), a literal secret known to this installation, and anything but a variable's name in `environment`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from presets_app.core.pointers import joined
from presets_app.core.problems import Problem
from presets_app.core.secret_places import Place, names_a_secret, places
from presets_app.core.secret_shapes import holds_known, shape_of, spellings

_REFERENCE = re.compile(r"\$\{?[A-Z_][A-Z0-9_]{0,127}\}?\Z")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,127}\Z")
_LONG_HEX = re.compile(r"[0-9A-F]{32,}\Z")
_OPAQUE_CAPITALS = re.compile(r"(?=(?:[A-Z]*[0-9]){3})[A-Z0-9]{20,}\Z")  # base32, say: names have underscores
_LONGEST_SHOWN = 60
_LONGEST_KEY = 200
_SAY = "Remove it, name the variable in `environment`, and keep its value on the target. Then replace the secret."


def find(value: Any, *, known: Collection[str] = ()) -> list[Problem]:
    """One `secret_found` for each place (keys included) and `secret_in_environment` for what is no name there.

    `known` holds secret values of this installation, matched literally wherever they occur. Below a key that is
    itself a secret, every path ends at the object that holds the key.
    """
    values = literals(known)
    environment = _in_environment(value)
    found = {problem.path: problem for problem in environment}
    met: dict[str, bool] = {}  # keys repeat from node to node

    def is_key_secret(key: str) -> bool:
        if key not in met:
            met[key] = bool(_shape(key, values))
        return met[key]

    for place in places(value, is_key_secret, lambda key: len(key) > _LONGEST_KEY or is_key_secret(key)):
        kind = _kind(place, values)
        if kind and place.path not in found:
            where = "A key in this object" if place.is_key else "The text here"
            found[place.path] = Problem("secret_found", "error", place.path, f"{where} looks like {kind}.", _SAY)
    return [found[path] for path in sorted(found)]


def paths(value: Any, *, known: Collection[str] = ()) -> frozenset[str]:
    """The pointers of all findings: what no message and no diff may echo."""
    return frozenset(problem.path for problem in find(value, known=known))


def literals(known: Collection[str]) -> frozenset[str]:
    """The texts by which configured values are recognised: those long enough, each in its usual spellings."""
    return spellings(frozenset(known))


def is_secret(text: str, known: Collection[str] = ()) -> bool:
    return bool(_shape(text, literals(known)))


def unspeakable(part: object, known: Collection[str] = ()) -> bool:
    """A key that no message and no pointer repeats: a secret, or too long to be a name."""
    return isinstance(part, str) and (len(part) > _LONGEST_KEY or is_secret(part, known))


def shown(text: str) -> str:
    """The text in quotes for a message: shortened, printable, and withheld when it looks like a secret."""
    if is_secret(text):
        return "(withheld: it looks like a secret)"
    short = text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."
    return '"' + "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in short) + '"'


def is_variable_name(text: str) -> bool:
    """An environment variable's name, and not a hash, key or token spelled in capitals."""
    opaque = _LONG_HEX.match(text) or _OPAQUE_CAPITALS.match(text)
    return bool(_VARIABLE.match(text)) and not opaque and not is_secret(text)


def _in_environment(value: Any) -> list[Problem]:
    entries = value.get("environment") if isinstance(value, dict) else None
    if isinstance(entries, dict):
        return [_value_in_environment("/environment")] if entries else []
    if isinstance(entries, list):
        bad = [index for index, entry in enumerate(entries) if not _is_name(entry)]
        return [_value_in_environment(joined(("environment", index))) for index in bad]
    return [] if entries is None else [_value_in_environment("/environment")]


def _is_name(entry: Any) -> bool:
    return isinstance(entry, str) and is_variable_name(entry)


def _value_in_environment(path: str) -> Problem:
    return Problem(
        "secret_in_environment",
        "error",
        path,
        "`environment` holds names of variables only; this is no name, so it may be a secret.",
        "Write the variable's name (capitals, digits, underscores), for example WAVESPEED_API_KEY.",
    )


def _kind(place: Place, known: frozenset[str]) -> str:
    shape = _shape(place.text, known)
    if shape or not names_a_secret(place.name) or not place.text.strip() or _REFERENCE.match(place.text):
        return shape
    return "the value of a field that is named like a secret"


def _shape(text: str, known: frozenset[str]) -> str:
    if known and holds_known(text, known):
        return "a secret this installation uses"
    return shape_of(text)
