"""Real renders of the tiny pipelines, one setting changed. Untrained: what they show is noise, and still not static."""

from __future__ import annotations

import importlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from presets_app.core.weights_named import part_of
from presets_app.measure import PairFiles, measure_pairs
from tests.calibration.change import RIGHT, SHARED, Change
from tests.calibration.clips import Clip, Encoding, write
from tests.calibration.planting import Case, case_of
from tests.runner.presets import LTX, WAN, ltx, snapshot, wan, with_stage

Document = dict[str, Any]
Renderer = Callable[[str], Clip]
RECIPES = {
    WAN: ("runner.tiny.wan22", "t2v"),
    LTX: ("runner.tiny.ltx2", "full"),
    f"{WAN[:-4]}-lora": ("runner.tiny.loras", "wan22"),
    f"{LTX}-lora": ("runner.tiny.loras", "ltx2"),
}
_PICTURE = ("content_differs", "colour_shift", "blur", "brightness_drift", "flicker")


def _nowhere(_job: Any) -> Path:
    raise AssertionError("renders are not planted in drawn clips")


def _change(name: str, kind: Any, *codes: str, **more: Any) -> Change:
    return Change(f"render-{name}", kind, _nowhere, codes, **more)


# name of the right side's render: what is planted. The left side is "base", for the LoRA "lora".
CHANGES = {
    "again": _change("again", "benign", classes=("identical",)),
    "encoded": _change("encoded", "benign"),
    "bfloat16": _change("other-dtype", "open"),
    "seed": _change("other-seed", "harmful", "content_differs"),
    "late": _change("one-frame-late", "harmful", "time_shift"),
    "shift": _change("flow-shift", "harmful", *_PICTURE),
    "steps": _change("steps", "harmful", *_PICTURE),
    "guidance": _change("guidance", "open"),
    "prompt": _change("other-prompt", "harmful", *_PICTURE),
    "no-lora": _change("lora-off", "harmful", *_PICTURE),
}


def judged(set_: str, only: str, keep: Path | None = None) -> list[Case]:
    """Both families' renders of one set."""
    chosen = {name: change for name, change in CHANGES.items() if not only or _asked(only, change)}
    if not chosen:
        return []
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", HF_HUB_DISABLE_PROGRESS_BARS="1")
    cases = []
    with tempfile.TemporaryDirectory(prefix="calibration-") as place:
        folder = keep / set_ / "renders" if keep else Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        for family, repository, document in (("wan", WAN, wan()), ("ltx", LTX, ltx())):
            render = cache(partial(_rendered, folder, repository, _in_set(document, set_)))
            cases += _judged(set_, family, chosen, render, folder)
    return cases


def _asked(only: str, change: Change) -> bool:
    return only in change.codes or only in change.name


def _in_set(document: Document, set_: str) -> Document:
    if set_ == "tuning":
        return document
    held = {"prompt": "A kite above the dunes, low sun", "width": 96, "height": 128, "frames": 33}
    return with_stage({**document, **held}, seed=73)


def _judged(set_: str, family: str, chosen: dict[str, Change], render: Renderer, folder: Path) -> list[Case]:
    measured = measure_pairs([_pair(name, family, render, folder) for name in chosen])
    return [
        case_of(set_, f"tiny-{family}", change, seen) for change, seen in zip(chosen.values(), measured, strict=True)
    ]


def _pair(name: str, family: str, render: Renderer, folder: Path) -> PairFiles:
    files = PairFiles(folder / f"{family}-{name}-left.mp4", folder / f"{family}-{name}-right.mp4")
    if not files.right.exists():
        left, right = render("lora" if name == "no-lora" else "base"), render(_source(name))
        if name == "late":
            right = replace(right, frames=np.concatenate([right.frames[:1], right.frames[:-1]]))
        write(left, files.left, SHARED)
        write(right, files.right, {"again": SHARED, "encoded": Encoding(crf=24, preset="veryfast")}.get(name, RIGHT))
    return files


def _source(name: str) -> str:
    return "base" if name in {"again", "encoded", "late", "no-lora"} else name


def _rendered(folder: Path, repository: str, document: Document, name: str) -> Clip:
    from runner import pipelines
    from runner.weights import Extra

    _make(folder, repository)
    extras = {}
    if name == "lora":
        lora = repository.removesuffix("-t2v") + "-lora"
        part = part_of(f"{lora}/{lora.split('/')[1]}.safetensors")
        assert part is not None
        _make(folder, lora)
        extras = {part.name: Extra(part, snapshot(folder, lora) / part.path, {}, {})}
        document = _with_lora(document, part.name)
    document = _altered(document, name)
    dtype = "bfloat16" if name == "bfloat16" else None
    loaded = pipelines.load(document, snapshot(folder, repository), extras, dtype=dtype)
    made = loaded.render(document, lambda _progress: None)
    return Clip(made.frames, Fraction(document["fps"]), made.samples, made.audio_rate or 48_000)


def _make(folder: Path, repository: str) -> None:
    from runner.tiny import store

    if store.current_revision(folder, repository):
        return
    module, build = RECIPES[repository]
    made = getattr(importlib.import_module(module), build)()
    store.keep(folder, repository, lambda place: made.save_pretrained(place, safe_serialization=True))


def _with_lora(document: Document, name: str) -> Document:
    return {**document, "stages": [{**stage, "loras": [{"file": name}]} for stage in document["stages"]]}


def _altered(document: Document, name: str) -> Document:
    first = document["stages"][0]
    if name == "seed":
        return with_stage(document, seed=first["seed"] + 1)
    if name == "shift":
        stages = [{**stage, "shift": 3.0} for stage in document["stages"]]
        return {**document, "stages": stages} if "shift" in first else with_stage(document, sigmas=_SIGMAS)
    if name == "steps":
        return {
            **document,
            "stages": [{**stage, "steps": stage["steps"] - 2, **_fewer(stage)} for stage in document["stages"]],
        }
    if name == "guidance":
        return {**document, "stages": [{**stage, "guidance": stage["guidance"] + 1.5} for stage in document["stages"]]}
    return {**document, "prompt": "A tram in the snow"} if name == "prompt" else document


_SIGMAS = [1.0, 0.98, 0.95, 0.9, 0.8, 0.6, 0.0]  # a schedule for another shift than LTX-2 has at this size


def _fewer(stage: dict[str, Any]) -> dict[str, int]:
    """The experts change places two steps earlier too."""
    return {key: stage[key] - 2 for key in ("start_step", "end_step") if 2 < stage.get(key, 0) < 1000}
