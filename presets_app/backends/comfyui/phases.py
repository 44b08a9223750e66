"""What a server does in each node, in the words that progress is shown in. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# The first that fits the class is taken; words as in core.generation.PHASES.
_PHASES = (
    ("load", re.compile(r".*Load(er)?(Simple|ModelOnly)?|Load\w+|.*Loader\w*")),
    ("text", re.compile(r"CLIPText\w*|\w*TextEncode\w*|TextGenerate\w*|ConditioningZeroOut|LTXVConditioning")),
    ("denoise", re.compile(r"KSampler|KSamplerAdvanced|SamplerCustom\w*|\w+Sampler\w*(?<!Select)")),
    ("decode", re.compile(r"\w*VAEDecode\w*|\w*Decode")),
    ("encode", re.compile(r"CreateVideo|Save\w+|\w*VideoCombine\w*")),
)


def phase_of(graph: Any, node: str) -> str:
    """The phase that a node of the graph belongs to; "denoise" for what prepares it, "" for an unknown node."""
    held = graph.get(node) if isinstance(graph, Mapping) else None
    name = str(held.get("class_type")) if isinstance(held, Mapping) else ""
    if not name:
        return ""
    return next((phase for phase, pattern in _PHASES if pattern.fullmatch(name)), "denoise")


def title_of(graph: Any, node: str) -> str:
    """What a person calls the node: its title in the graph, else its class."""
    held = graph.get(node) if isinstance(graph, Mapping) else None
    if not isinstance(held, Mapping):
        return ""
    meta = held.get("_meta")
    title = meta.get("title") if isinstance(meta, Mapping) else None
    return str(title or held.get("class_type") or "")[:80]


def seconds(graph: Any, nodes: Mapping[str, float]) -> dict[str, float]:
    """The time of each node as time of each phase. Weights come to the device with the first node that uses them, so
    that a part of loading counts where they are used."""
    told: dict[str, float] = {}
    for node, took in nodes.items():
        phase = phase_of(graph, node)
        if phase:
            told[phase] = told.get(phase, 0.0) + took
    return {phase: round(took, 4) for phase, took in told.items()}
