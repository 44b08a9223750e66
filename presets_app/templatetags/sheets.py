"""A preset document as a sheet that people read: grouped by meaning, with units, nothing left out.

What no group claims lands in "More", so that a field added to the format is shown before anyone styles it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from presets_app.templatetags.wording import spelled

UNITS = {"width": "px", "height": "px", "fps": "fps", "frames": "frames", "min_vram_gib": "GiB", "sample_rate": "Hz"}
LABELS = {
    "negative_prompt": "Negative",
    "prompt_expansion": "Expanded from",
    "vae": "VAE",
    "vae_dtype": "VAE dtype",
    "vae_tiling": "VAE tiling",
    "dtype": "dtype",
    "crf": "CRF",
    "loras": "LoRAs",
    "fps": "Frame rate",
    "min_vram_gib": "Least GPU memory",
    "environment": "Variables it names",
}
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Model", ("family", "variant", "task", "models")),
    ("Prompt", ("prompt", "negative_prompt", "prompt_expansion", "shots", "references", "inputs")),
    ("Size and time", ("width", "height", "aspect_ratio", "frames", "fps")),
    ("Stages", ("stages",)),
    ("Audio", ("audio",)),
    ("Output", ("output",)),
    ("Runtime", ("runtime", "environment", "hardware")),
)
HEADING = ("format", "name", "description")
COLUMNS = ("role", "model", "steps", "guidance", "sampler", "scheduler", "sigmas", "shift", "seed", "scale", "denoise")


class Row(NamedTuple):
    """One line of a sheet: `prose` values keep their line breaks and may be long."""

    path: str
    label: str
    value: str
    prose: bool = False


class Group(NamedTuple):
    title: str
    rows: list[Row]
    table: list[list[str]]
    heads: list[str]


def groups_of(document: Mapping[str, Any]) -> list[Group]:
    claimed = set(HEADING) | {name for _, names in GROUPS for name in names}
    rest = tuple(name for name in document if name not in claimed)
    sheets = [_group(title, names, document) for title, names in (*GROUPS, ("More", rest))]
    return [sheet for sheet in sheets if sheet.rows or sheet.table]


def _group(title: str, names: tuple[str, ...], document: Mapping[str, Any]) -> Group:
    if title == "Stages":
        heads, table = _stages(document.get("stages"))
        return Group(title, [], table, heads)
    rows = [row for name in names if name in document for row in _rows(f"/{name}", name, document[name])]
    return Group(title, rows, [], [])


def _rows(path: str, name: str, value: Any) -> list[Row]:
    if isinstance(value, Mapping):
        return [row for key, inner in value.items() for row in _rows(f"{path}/{key}", str(key), inner)]
    return [Row(path, label_of(name), figure(name, value), isinstance(value, str) and len(value) > 60)]


def label_of(name: str) -> str:
    return LABELS.get(name, name.replace("_", " ").capitalize())


def figure(name: str, value: Any) -> str:
    """A field's value with its unit; a list of texts on lines of its own."""
    if isinstance(value, list) and all(not isinstance(inner, (dict, list)) for inner in value):
        return ", ".join(spelled(inner) for inner in value) or "none"
    text = spelled(value)
    return f"{text}\u00a0{UNITS[name]}" if name in UNITS and value is not None else text


def _stages(stages: Any) -> tuple[list[str], list[list[str]]]:
    """Stages as columns, their fields as rows: two stages side by side are read across."""
    known = [stage for stage in stages if isinstance(stage, Mapping)] if isinstance(stages, list) else []
    if not known:
        return [], []
    seen = {key: None for stage in known for key in stage}
    order = [key for key in COLUMNS if key in seen] + [key for key in seen if key not in COLUMNS]
    heads = ["", *(spelled(stage.get("role", f"stage {place}")) for place, stage in enumerate(known, 1))]
    table = [[label_of(key), *(_cell(stage, key) for stage in known)] for key in order if key != "role"]
    return heads, table


def _cell(stage: Mapping[str, Any], key: str) -> str:
    if key not in stage:
        return "-"
    if key == "loras":
        return ", ".join(_lora(lora) for lora in stage[key] or []) or "none"
    if isinstance(stage[key], Mapping):
        return ", ".join(f"{name} {spelled(inner)}" for name, inner in stage[key].items())
    return figure(key, stage[key])


def _lora(lora: Any) -> str:
    if not isinstance(lora, Mapping):
        return spelled(lora)
    return f"{spelled(lora.get('file'))} at {spelled(lora.get('strength', 1))}"
