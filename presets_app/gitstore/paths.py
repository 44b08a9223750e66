"""The only place that knows file names inside a project's repository.

Folders that grow with the number of presets are sharded by the first two hex digits of the SHA-256 of the slug, so
that one commit rewrites a tree of hundreds of names and not of a hundred thousand.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from presets_app.core.errors import Invalid

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_SEGMENT = re.compile(
    r"(?!.*\.\.)[a-z0-9][a-z0-9._-]{0,127}"
)  # lower case only: no two names can collide on any file system
_MAX_DEPTH = 8
_LAYOUT = {
    re.compile(r"policy\.json"): "policy",
    re.compile(r"presets/(?P<shard>..)/(?P<slug>[^/]+)\.json"): "preset",
    re.compile(r"manifests/(?P<shard>..)/(?P<preset>[^/]+)/(?P<target>[^/]+)\.json"): "manifest",
    re.compile(r"inputs/(?P<shard>..)/(?P<slug>[^/]+)\.json"): "inputs",
    re.compile(r"migrations/(?P<shard>..)/(?P<id>[^/]+)\.json"): "migration",
    re.compile(r"migrations/checks/(?P<shard>..)/(?P<check_id>[^/]+)\.json"): "decisions",
    re.compile(r"live/(?P<shard>..)/(?P<preset>[^/]+)\.json"): "live",
    re.compile(r"snapshots/(?P<shard>..)/(?P<id>[^/]+)\.json"): "snapshot",
    re.compile(r"recipes/(?P<shard>..)/(?P<slug>[^/]+)\.json"): "recipe",
}


@dataclass(frozen=True)
class Located:
    """What a path stands for: `kind` is the name of the function below that makes it, the rest its arguments."""

    kind: str
    slug: str = ""
    preset: str = ""
    target: str = ""
    id: str = ""
    check_id: str = ""


def preset(slug: str) -> str:
    return _sharded("presets", slug)


def manifest(preset: str, target: str) -> str:
    return f"manifests/{_shard(preset)}/{preset}/{_named(target)}.json"


def inputs(slug: str) -> str:
    return _sharded("inputs", slug)


def policy() -> str:
    return "policy.json"


def migration(id: str) -> str:
    return _sharded("migrations", id)


def decisions(check_id: str) -> str:
    """People's decisions on the pairs of one parity check."""
    return _sharded("migrations/checks", check_id)


def live(preset: str) -> str:
    """Which revision is live on each target of one preset."""
    return _sharded("live", preset)


def snapshot(id: str) -> str:
    return _sharded("snapshots", id)


def recipe(slug: str) -> str:
    return _sharded("recipes", slug)


def parse(path: str) -> Located | None:
    """What the path stands for, or None when no function of this module makes it."""
    for pattern, kind in _LAYOUT.items():
        if found := pattern.fullmatch(path):
            names = found.groupdict()
            shard = names.pop("shard", "")
            if not all(_SLUG.fullmatch(name) for name in names.values()):
                return None
            return Located(kind, **names) if shard in ("", _shard(next(iter(names.values()), "0"))) else None
    return None


def safe(path: str) -> str:
    """The path itself, if the store may hold it: at most 8 segments of lower-case letters, digits, dot, underscore
    and dash, none of which begins with a dot or dash. Raises Invalid (`path_invalid`)."""
    segments = path.split("/") if isinstance(path, str) else []
    if not 0 < len(segments) <= _MAX_DEPTH or not all(_SEGMENT.fullmatch(segment) for segment in segments):
        raise _invalid(path)
    return path


def _sharded(folder: str, slug: str) -> str:
    return f"{folder}/{_shard(slug)}/{slug}.json"


def _shard(slug: str) -> str:
    return hashlib.sha256(_named(slug).encode()).hexdigest()[:2]


def _named(slug: str) -> str:
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
        raise _invalid(slug)
    return slug


def _invalid(name: object) -> Invalid:
    hint = "Use 1 to 80 lower-case letters, digits and dashes, starting with a letter or digit."
    return Invalid(f"{str(name)[:80]!r} cannot be a name in the store.", code="path_invalid", hint=hint)
