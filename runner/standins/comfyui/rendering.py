"""What a graph asks for as a small drawn clip: no model is involved, and the same graph gives the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from runner.encode import encode
from runner.standins.drawn import RATE, SCENES, scene

_LARGEST, _LONGEST = 640, 97  # pixels of a side, frames
_SIZES = ("EmptyHunyuanLatentVideo", "EmptyLTXVLatentVideo", "WanImageToVideo", "Wan22ImageToVideoLatent", "EmptyImage")
Graph = dict[str, dict[str, Any]]


def render(graph: Graph, saver: str, place: Path) -> None:
    """Write the clip that the node `saver` saves."""
    width, height, frames = _shape(graph)
    video = _source(graph, saver, "video")
    fps = video.get("fps", 24)
    seed = _seed(graph)
    names = sorted(SCENES)
    clip = scene(names[seed % len(names)], take=seed % 997, size=(width, height), frames=frames, fps=round(fps))
    sound = clip.sound if isinstance(video.get("audio"), list) else None
    encode(clip.frames, fps, place, samples=sound, audio_rate=RATE if sound is not None else None)


def steps(held: dict[str, Any]) -> int:
    """How many steps a node reports: a sampler's own, one for any other."""
    inputs = held.get("inputs", {})
    if held["class_type"] == "SamplerCustomAdvanced":
        return 4
    if held["class_type"] not in ("KSampler", "KSamplerAdvanced"):
        return 1
    last = min(inputs.get("end_at_step", inputs["steps"]), inputs["steps"])
    return max(1, min(int(last) - int(inputs.get("start_at_step", 0)), 50))


def _shape(graph: Graph) -> tuple[int, int, int]:
    sized = [held["inputs"] for held in graph.values() if held["class_type"] in _SIZES]
    held: dict[str, Any] = sized[0] if sized else {}
    width, height = (min(int(held.get(side, 64)), _LARGEST) // 2 * 2 for side in ("width", "height"))
    return width, height, min(int(held.get("length", held.get("batch_size", 9))), _LONGEST)


def _source(graph: Graph, node: str, name: str) -> dict[str, Any]:
    link = graph[node].get("inputs", {}).get(name)
    held = graph.get(str(link[0])) if isinstance(link, list) else None
    return dict(held.get("inputs", {})) if held else {}


def _seed(graph: Graph) -> int:
    seeds = (held.get("inputs", {}).get(name) for held in graph.values() for name in ("noise_seed", "seed"))
    return sum(seed for seed in seeds if isinstance(seed, int))
