"""The kinds of steps: what each takes from earlier steps, and what it gives to later ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Kind:
    """`takes` maps the name of an input to what it must be, `needs` are those without which the step cannot be;
    `gives` maps the name of an output to what it is. With `assets` any further input is a picture or a video under a
    name of the preset's own inputs."""

    word: str
    takes: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    gives: Mapping[str, str] = field(default_factory=dict)
    assets: bool = False


KINDS: dict[str, Kind] = {
    "generate": Kind(
        "render",
        {"seed": "seed", "prompt": "text", "negative_prompt": "text"},
        (),
        {"video": "video", "seed": "seed", "prompt": "text"},
        assets=True,
    ),
    "upscale": Kind("enlarge", {"video": "video"}, ("video",), {"video": "video"}),
    "keyframe": Kind(
        "choose a frame", {"video": "video"}, ("video",), {"image": "image", "seed": "seed", "prompt": "text"}
    ),
    "expand_prompt": Kind("expand the prompt", {"text": "text"}, (), {"text": "text"}),
    "equalize": Kind("equalize the sound", {"video": "video"}, ("video",), {"video": "video"}),
}
ASSETS = ("image", "video")  # what an input of a preset's own may be


@dataclass(frozen=True)
class Reference:
    """What one input of a step refers to: `step.output`."""

    name: str
    step: str
    output: str


def reference(name: str, text: str) -> Reference:
    step, _, output = text.partition(".")
    return Reference(name, step, output)


def references(step: Mapping[str, Any]) -> Iterator[Reference]:
    """The inputs of a step, in the order of their names. For a step whose shape is right."""
    for name, text in sorted((step.get("inputs") or {}).items()):
        yield reference(name, text)
