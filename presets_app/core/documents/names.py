"""A preset's name is text for people; its slug is what stands in paths and addresses."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from presets_app.core.errors import Invalid
from presets_app.core.problems import Problem

NAME_LENGTH = 120
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}\Z")
_SLUG_LENGTH = 80
_TAKEN = ("new",)  # the address of the form that makes one, beside the things themselves
# Unicode categories: control, format (bidi overrides and invisible joiners), surrogate, private use, line and
# paragraph separators. Any of them can make two names look alike, or one name look like another.
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_HINT = "Use letters, digits, spaces and plain punctuation, for example: Puppet at dusk."


def valid_slug(text: str) -> bool:
    return _SLUG.match(text) is not None


def slug_of(name: str) -> str:
    """ "Puppet at dusk" is `puppet-at-dusk`. A name without any Latin letter or digit gets `preset-` and 12 hex
    digits of its SHA-256, and so does "New", whose word is the address of a page. Raises Invalid when the name itself
    has problems."""
    problems = name_problems(name)
    if problems:
        raise Invalid.of(problems)
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    slug = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:_SLUG_LENGTH].rstrip("-")
    return slug if slug and slug not in _TAKEN else f"preset-{hashlib.sha256(name.encode('utf-8')).hexdigest()[:12]}"


def name_problems(name: object, path: str = "/name") -> list[Problem]:
    """What stands against this name: at most one `name_invalid`. The name itself is not echoed."""
    reason = _reason(name) if isinstance(name, str) else "it is not text"
    return [Problem("name_invalid", "error", path, f"This name cannot be used: {reason}.", _HINT)] if reason else []


def _reason(name: str) -> str:
    if not name.strip():
        return "it is empty"
    if any(unicodedata.category(character) in _INVISIBLE for character in name):
        return "it holds a control, direction or invisible character"
    if "/" in name or "\\" in name:
        return "it holds a slash or backslash"
    if name[0] in "-." or name != name.strip():
        return "it starts with a dash or dot, or begins or ends with a space"
    if len(name) > NAME_LENGTH:
        return f"it has {len(name):,} characters; at most {NAME_LENGTH} are allowed"
    return ""
