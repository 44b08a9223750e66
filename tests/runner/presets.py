"""Small documents that the tiny checkpoints can render in a second."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from presets_app.core.generation import GenerationRequest, WeightsPin

WAN, LTX = "matchframe/tiny-wan-2.2-t2v", "matchframe/tiny-ltx-2"
_COMMON: dict[str, Any] = {
    "format": "matchframe/preset/1",
    "name": "Puppet at dusk",
    "task": "t2v",
    "prompt": "A puppet at dusk",
    "negative_prompt": "blurry",
    "width": 96,
    "height": 64,
    "frames": 17,
    "models": {},
    "runtime": {"dtype": "float32"},
}


def wan(**changes: Any) -> dict[str, Any]:
    """Two stages, four steps with the first expert and two with the second."""
    high = {"role": "high_noise", "seed": 1, "steps": 6, "guidance": 4.0, "shift": 12.0, "start_step": 0, "end_step": 4}
    low = {"role": "low_noise", "steps": 6, "guidance": 3.0, "shift": 12.0, "start_step": 4, "end_step": 10000}
    return {**_COMMON, "family": "wan-2.2", "fps": 16, "stages": [high, low], **changes}


def ltx(**changes: Any) -> dict[str, Any]:
    stage = {"role": "base", "seed": 1, "steps": 6, "guidance": 3.0}
    return {**_COMMON, "family": "ltx-2", "fps": 24, "stages": [stage], **changes}


def with_stage(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The document with its first stage changed."""
    first, *rest = document["stages"]
    return {**document, "stages": [{**first, **changes}, *rest]}


def long(document: dict[str, Any]) -> dict[str, Any]:
    """Ten seconds of steps, so that there is time to interrupt."""
    changes = {"steps": 400, "start_step": 0, "end_step": 200}
    first, *rest = document["stages"]
    others = [{**stage, "steps": 400, "start_step": 200} for stage in rest]
    return {**document, "stages": [{**first, **(changes if rest else {"steps": 400})}, *others]}


def snapshot(weights: Path, repository: str) -> Path:
    place = weights / ("models--" + repository.replace("/", "--"))
    return place / "snapshots" / (place / "refs" / "main").read_text("ascii")


def request(weights: Path, document: dict[str, Any], item: str = "item-1", **pins: str) -> GenerationRequest:
    repository = LTX if document["family"] == "ltx-2" else WAN
    pin = WeightsPin(repository, snapshot(weights, repository).name, dict(pins))
    return GenerationRequest(item, 1, "run-1", document, pin)
