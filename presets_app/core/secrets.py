"""Finding secrets before they reach Git. A finding names the place and the kind, never the value.

Entropy is not looked at: 40- and 64-digit hex strings are revisions and hashes of weights here. What counts is a
provider's known shape, a name that says key or password with text beside it, a literal secret known to this
installation, and anything but a variable's name in `environment`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from presets_app.core.pointers import joined
from presets_app.core.problems import Problem

# Every repetition is bounded or followed by nothing, so that each search is linear in the text.
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("a Hugging Face token", r"(?<![A-Za-z0-9])hf_[A-Za-z0-9]{16,}"),
        ("an API key (sk-...)", r"(?<![A-Za-z0-9])sk-(?:[A-Za-z0-9]{1,12}-){0,3}[A-Za-z0-9_]{16,}"),
        ("a WaveSpeed key", r"(?<![A-Za-z0-9])wsk?_(?:live_|test_)?[A-Za-z0-9]{16,}"),
        ("a RunPod key", r"(?<![A-Za-z0-9])rpa?_[A-Z0-9]{20,}"),
        ("an AWS access key", r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"),
        ("a GitHub token", r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})"),
        ("a GitLab token", r"(?<![A-Za-z0-9])glpat-[A-Za-z0-9_-]{16,}"),
        ("a Slack token", r"(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,}"),
        ("a Google API key", r"(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,}"),
        ("a signed web token", r"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,}"),
        ("a private key", r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY"),
        ("a bearer token", r"(?i)\bbearer\s{1,8}(?=[A-Za-z._~+/=-]{0,200}[0-9])[A-Za-z0-9._~+/=-]{16,}"),
        (
            "an address with a password in it",
            r"(?<![A-Za-z])[A-Za-z][A-Za-z0-9+.-]{1,20}://[^/\s:@]{0,200}:[^/\s@]{1,200}@",
        ),
        (
            "a signed address",
            r"(?i)[?&](?:x-amz-signature|x-goog-signature|sig|signature|token|access_token|key)=[^&\s]{12,}",
        ),
        (
            "a secret assigned in text",
            r"(?i)(?:api[_-]?key|token|secret|passw(?:or)?d)[\"']?\s{0,4}=\s{0,4}[\"']?[^\s\"'&]{6,}",
        ),
        ("a secret assigned in text", r"(?i)api[_-]?key[\"']?\s{0,4}:\s{0,4}[\"']?[^\s\"'&]{8,}"),
        (
            "a secret assigned in text",
            r"(?i)(?:token|secret|passw(?:or)?d)[\"']?\s{0,4}:\s{0,4}[\"']?(?=[^\s0-9]{0,60}[0-9])[^\s\"'&]{8,}",
        ),
    )
)
# One pass that nearly every text ends at: a set of 100,000 prompts takes seconds less.
_MAY_HOLD = re.compile(
    r"(?i)hf_|sk-|wsk?_|rpa?_|AKIA|ASIA|gh[pousr]_|github_pat|glpat|xox|AIza|eyJ|PRIVATE|bearer|[:=]"
)
_SECRET_NAME = re.compile(
    r"(?:.+[_.-]key|apikey|(?:.+[_.-])?(?:api_?key|secret|token|password|passwd|passphrase|authorization|credentials?))\Z"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_REFERENCE = re.compile(r"\$\{?[A-Z_][A-Z0-9_]{0,127}\}?\Z")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,127}\Z")
_LONG_HEX = re.compile(r"[0-9A-F]{32,}\Z")
_SHORTEST_KNOWN = 6  # shorter configured values would match ordinary words
_LONGEST_SHOWN = 60
_LONGEST_KEY = 200
_SAY = "Remove it, name the variable in `environment`, and keep its value on the target. Then replace the secret."


@dataclass(frozen=True)
class _Place:
    path: str
    text: str
    is_key: bool
    name: str  # of the field the text is the value of, "" in a list


def find(value: Any, *, known: Collection[str] = ()) -> list[Problem]:
    """One `secret_found` for each place (keys included) and `secret_in_environment` for what is no name there.

    `known` holds secret values of this installation, matched literally wherever they occur. Below a key that is
    itself a secret, every path ends at the object that holds the key.
    """
    literals = frozenset(text for text in known if len(text) >= _SHORTEST_KNOWN)
    environment = _in_environment(value)
    found = {problem.path: problem for problem in environment}
    for place in _places(value, literals):
        kind = _kind(place, literals)
        if kind and place.path not in found:
            where = "A key in this object" if place.is_key else "The text here"
            found[place.path] = Problem("secret_found", "error", place.path, f"{where} looks like {kind}.", _SAY)
    return [found[path] for path in sorted(found)]


def paths(value: Any, *, known: Collection[str] = ()) -> frozenset[str]:
    """The pointers of all findings: what no message and no diff may echo."""
    return frozenset(problem.path for problem in find(value, known=known))


def is_secret(text: str, known: Collection[str] = ()) -> bool:
    return bool(_shape(text, known))


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
    return bool(_VARIABLE.match(text)) and not _LONG_HEX.match(text) and not is_secret(text)


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


def _places(value: Any, known: frozenset[str]) -> Iterator[_Place]:
    """Every text with its pointer; with a stack, because values from elsewhere may be nested deeply."""
    pending: list[tuple[Any, str, str]] = [(value, "", "")]
    while pending:
        inner, path, name = pending.pop()
        if isinstance(inner, str):
            yield _Place(path, inner, False, name)
        elif isinstance(inner, list):
            pending.extend((below, joined((index,), path), name) for index, below in enumerate(inner))
        elif isinstance(inner, dict):
            for key, below in inner.items():
                hidden = unspeakable(key, known)
                if is_secret(key, known):
                    yield _Place(path, key, True, "")
                pending.append((below, path if hidden else joined((key,), path), key))


def _kind(place: _Place, known: Collection[str]) -> str:
    shape = _shape(place.text, known)
    if shape or not _names_a_secret(place.name) or not place.text.strip() or _REFERENCE.match(place.text):
        return shape
    return "the value of a field that is named like a secret"


def _shape(text: str, known: Collection[str]) -> str:
    if known and any(literal in text for literal in known):
        return "a secret this installation uses"
    if not _MAY_HOLD.search(text):
        return ""
    return next((kind for kind, pattern in _SHAPES if pattern.search(text)), "")


def _names_a_secret(name: str) -> bool:
    return bool(_SECRET_NAME.match(_HUMP.sub("_", name).lower()[-200:]))
