"""What a graph asks for as a small drawn clip: no model is involved, and the same graph gives the same frames."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image

from runner.encode import encode
from runner.standins.drawn import RATE, SCENES, Clip, scene

_LARGEST, _LONGEST = 640, 97  # pixels of a side, frames
_SIZES = ("EmptyHunyuanLatentVideo", "EmptyLTXVLatentVideo", "WanImageToVideo", "Wan22ImageToVideoLatent", "EmptyImage")
Graph = dict[str, dict[str, Any]]


def save(graph: Graph, saver: str, folder: Path, stem: str) -> list[str]:
    """Write what the node `saver` saves; the names of the files."""
    clip, fps = _clip(graph, saver)
    kind = graph[saver]["class_type"]
    if kind == "SaveImage":
        return [_picture(frame, folder / f"{stem}_{place:05}_.png") for place, frame in enumerate(clip.frames, 1)]
    name = f"{stem}_{len(list(folder.glob(f'{stem}_*'))) + 1:05}_"
    if kind == "SaveAnimatedWEBP":
        return [_moving(clip, graph[saver]["inputs"], folder / f"{name}.webp")]
    sound = clip.sound if isinstance(_source(graph, saver, "video").get("audio"), list) else None
    place = folder / f"{name}.mp4"
    encode(clip.frames, fps, place, samples=sound, audio_rate=RATE if sound is not None else None)
    return [place.name]


def preview(graph: Graph) -> bytes:
    """A small JPEG of the first frame."""
    kept = io.BytesIO()
    Image.fromarray(_clip(graph, "")[0].frames[0]).save(kept, "JPEG", quality=60)
    return kept.getvalue()


def _clip(graph: Graph, saver: str) -> tuple[Clip, float]:
    width, height, frames = _shape(graph)
    inputs = graph[saver].get("inputs", {}) if saver else {}
    fps = _source(graph, saver, "video").get("fps", inputs.get("fps", 24)) if saver else 24
    seed, names = _seed(graph), sorted(SCENES)
    clip = scene(names[seed % len(names)], take=seed % 997, size=(width, height), frames=frames, fps=round(fps))
    return clip, fps


def _picture(frame: Any, place: Path) -> str:
    Image.fromarray(frame).save(place)
    return place.name


def _moving(clip: Clip, inputs: dict[str, Any], place: Path) -> str:
    first, *rest = (Image.fromarray(frame) for frame in clip.frames)
    took = int(1000 / float(inputs["fps"]))
    first.save(place, save_all=True, append_images=rest, duration=took, lossless=inputs["lossless"], quality=80)
    return place.name


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
