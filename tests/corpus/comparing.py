"""Where each value that a sample is known to hold stands in the document made of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
_STAGE = {
    "seed": "seed",
    "cfg": "guidance",
    "steps": "steps",
    "sampler": "sampler",
    "scheduler": "scheduler",
    "shift": "shift",
}
_EXPERTS = {"high": "high_noise", "low": "low_noise"}
_FILES = {"models": "transformer", "text_encoder": "text_encoder", "vae": "vae", "latent_upscaler": "latent_upscaler"}
_ABOUT = frozenset({"size_is"})  # says how a value is meant
_CLOSE = 1e-9


@dataclass(frozen=True)
class Finding:
    """One expected value: its key, what is expected and what the document holds instead of or as it."""

    key: str
    expected: Any
    held: Any
    found: bool


def findings(sample: dict[str, Any], document: Document) -> Iterator[Finding]:
    """Every expected value of one sample, family and task included."""
    expected = sample["expected"]
    family = re.sub(r"^wan(?=\d)", "wan-", sample["family"])
    yield _equal("family", family, document.get("family"))
    yield _equal("task", sample["task"], document.get("task"))
    stages = document.get("stages") or [{}]
    for key, value in expected.items():
        if key in _ABOUT:
            continue
        if key == "stages":
            for wanted, stage in zip(value, [*stages, *[{}] * len(value)], strict=False):
                yield from _stage(wanted, stage, "stages.")
        elif key == "experts":
            yield from _experts(value, stages)
        elif key in _STAGE or key in ("sigmas", "ltxv_scheduler"):
            yield from _stage({key: value}, stages[0], "")
        else:
            yield _one(key, value, document)


def _one(key: str, value: Any, document: Document) -> Finding:
    reader = _READERS.get(key)
    return reader(key, value, document) if reader else Finding(key, value, None, False)


def _stage(wanted: dict[str, Any], stage: dict[str, Any], prefix: str) -> Iterator[Finding]:
    for key, value in wanted.items():
        if key == "sigmas":
            numbers = [float(text) for text in value.split(",")]
            yield _equal(prefix + key, numbers, stage.get("sigmas"))
        elif key == "ltxv_scheduler":
            held = {"scheduler": stage.get("scheduler"), **(stage.get("scheduler_options") or {})}
            yield _equal(prefix + key, {"scheduler": "ltxv", **value}, held)
        elif key == "loras":
            yield _equal(prefix + key, _loras(value), stage.get("loras"))
        else:
            yield _equal(prefix + key, value, stage.get(_STAGE.get(key, key)))


def _experts(wanted: dict[str, Any], stages: list[dict[str, Any]]) -> Iterator[Finding]:
    for name, expert in wanted.items():
        stage = next((stage for stage in stages if stage.get("role") == _EXPERTS[name]), {})
        yield _equal("experts.model", expert["model"], stage.get("model"))
        yield _equal("experts.loras", _loras(expert["loras"]), stage.get("loras"))
        yield _equal("experts.start", expert["start"], stage.get("start_step"))
        yield _equal("experts.end", min(expert["end"], stage.get("steps", 0)), stage.get("end_step"))


def _loras(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"file": lora["name"], "strength": lora["strength"]} for lora in listed]


def _rate(key: str, value: Any, document: Document) -> Finding:
    """The rate of the video."""
    return _equal(key, value, document.get("fps"))


def _field(name: str) -> Callable[[str, Any, Document], Finding]:
    return lambda key, value, document: _equal(key, value, document.get(name))


def _files(key: str, value: Any, document: Document) -> Finding:
    wanted = value if isinstance(value, list) else [value]
    return _equal(key, wanted, (document.get("models") or {}).get(_FILES[key]))


def _any_loras(key: str, value: Any, document: Document) -> Finding:
    held = [lora for stage in document.get("stages", []) for lora in stage.get("loras", [])]
    once = [lora for index, lora in enumerate(held) if lora not in held[:index]]
    return _equal(key, _loras(value), once)


def _zeroed(key: str, value: Any, document: Document) -> Finding:
    return Finding(key, value, document.get("negative_prompt"), "negative_prompt" not in document)


def _media(key: str, value: Any, document: Document) -> Finding:
    return _equal(key, sorted(item["file"] for item in value), sorted((document.get("inputs") or {}).values()))


def _enhancer(key: str, value: Any, document: Document) -> Finding:
    return _equal(key, value, (document.get("prompt_expansion") or {}).get("by"))


_READERS: dict[str, Callable[[str, Any, Document], Finding]] = {
    "fps": _rate,
    "width": _field("width"),
    "height": _field("height"),
    "length": _field("frames"),
    "positive": _field("prompt"),
    "positive_before_enhancer": _field("prompt"),
    "negative": _field("negative_prompt"),
    "negative_zeroed": _zeroed,
    "enhancer": _enhancer,
    "media_inputs": _media,
    "loras": _any_loras,
    **dict.fromkeys(_FILES, _files),
}


def _equal(key: str, expected: Any, held: Any) -> Finding:
    return Finding(key, expected, held, _same(expected, held))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other, strict=True))
    numbers = (int, float)
    if isinstance(one, numbers) and isinstance(other, numbers) and not isinstance(one, bool):
        return one == other or (isinstance(other, float) and abs(one - other) < _CLOSE)
    return type(one) is type(other) and bool(one == other)
