"""Which Python packages the runner's libraries are made of: each installed one that they require, by its version."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution

# Loaded when a preset asks for it, by whoever installed it; no other package requires these.
OPTIONAL = (
    "bitsandbytes",
    "flash-attn",
    "gguf",
    "kernels",
    "nvidia-ml-py",
    "optimum-quanto",
    "peft",
    "sageattention",
    "torchao",
    "torchaudio",
    "torchvision",
    "triton",
    "xformers",
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@cache
def required(roots: tuple[str, ...]) -> dict[str, str]:
    """{name: version} of the roots, of OPTIONAL, and of all that they require and that is installed."""
    found: dict[str, str] = {}
    waiting = [*roots, *OPTIONAL]
    seen: set[str] = set()
    while waiting:
        name = _plain(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            held = distribution(name)
        except PackageNotFoundError:
            continue
        found[name] = held.version
        waiting.extend(_requirements(held))
    return dict(sorted(found.items()))


def _requirements(held: Distribution) -> Iterable[str]:
    for line in held.requires or ():
        name = _NAME.match(line.strip())
        if name and not re.search(r"\bextra\s*==", line):
            yield name[0]


def _plain(name: str) -> str:
    """A name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
