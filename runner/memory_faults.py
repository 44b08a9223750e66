"""Out of memory: recognised in whatever form a library says it, and told with the phase, what was missing, and the
next plan. Nothing is tried again by itself: a smaller plan may change bits, and that is a person's choice.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from presets_app.core.memory import Estimate, Plan, estimate
from presets_app.core.memory.plans import in_gib
from presets_app.core.problems import Failure

CODE = "out_of_memory"
_SAID = re.compile(r"out of memory|can(?:'t|not) allocate memory|unable to allocate|bad_alloc|_ALLOC_FAILED", re.I)
_SIZE = r"([\d.]+) (bytes|KiB|MiB|GiB|TiB)"
_WANTED = re.compile(rf"(?:tried to allocate|unable to allocate) {_SIZE}", re.I)
_FREE, _TOTAL = re.compile(rf"of which {_SIZE} is free", re.I), re.compile(rf"total capacity of {_SIZE}", re.I)
_UNITS = {"bytes": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40}
_PHASES = {"load": "loading the weights", "text": "reading the prompt", "denoise": "denoising", "decode": "decoding"}
_OFFLOADS = {
    "none": "none",
    "text": "text",
    "model": "model",
    "group": "group",
    "sequential": "group",
}  # as presets say it: as plans do
_SMALLER = "Use fewer frames or a smaller size, or a device with more memory."


def is_out_of_memory(error: BaseException) -> bool:
    """PyTorch raises a RuntimeError on the CPU, numpy a MemoryError, C++ a bad_alloc, cuDNN and cuBLAS a status."""
    return (
        isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError" or bool(_SAID.search(str(error)))
    )


def found(error: BaseException, device: str) -> Failure:
    """In the rendering process, which knows what was asked for and what was free; `explained` makes words of it."""
    text = str(error)
    on_card = device != "cpu"
    evidence = {
        "error": type(error).__name__,
        "device": device,
        "wanted": _bytes(_WANTED, text),
        "free": _bytes(_FREE, text) if on_card else os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "total": _bytes(_TOTAL, text) if on_card else None,
    }
    return Failure("environment", CODE, "after_change", "The device ran out of memory.", _SMALLER, evidence)


def explained(failure: Failure, phase: str, document: Mapping[str, Any]) -> Failure:
    """With the phase, the bytes that were missing at least, and the next plan as the hint."""
    told = failure.evidence
    wanted, free = told.get("wanted"), told.get("free")
    short = wanted - free if wanted and free is not None and wanted > free else None
    words = f"The device ran out of memory while {_PHASES.get(phase, phase)}"
    if wanted:
        words += f": {_gib(wanted)} more were asked for"
        words += f" and {_gib(free)} were free, so at least {_gib(short)} were missing" if short else ""
    plan = next_plan(document, phase, told.get("total")) if told.get("device") != "cpu" else None
    evidence = {**told, "phase": phase, "missing": short, "plan": plan.as_json() if plan else None}
    return replace(failure, message=f"{words}.", hint=advice(plan), evidence=evidence)


def advice(plan: Plan | None) -> str:
    """What to set for a plan, and what that costs."""
    if plan is None:
        return _SMALLER
    tiles = " and runtime.vae_tiling true" if plan.vae_tiling else ""
    bits = "other bits than now" if plan.changes_bits else "the same bits"
    return (
        f"The next plan by the estimate is {plan.name} (runtime.offload {plan.offload}{tiles}), about"
        f" {in_gib(plan.peak):g} GiB with {bits}. Or {_SMALLER[0].lower()}{_SMALLER[1:]}"
    )


def next_plan(document: Mapping[str, Any], phase: str, total: int | None) -> Plan | None:
    """The first plan, of those a preset can say without other weights, that needs less than now where it failed, and
    that the card can hold where its size is known."""
    made = estimate(document)
    now = _now(document, made)
    if now is None:
        return None
    where = phase if phase in now.peaks else max(now.peaks, key=lambda name: now.peaks[name])
    smaller = [
        plan
        for plan in made.plans
        if plan.weights == now.weights
        and plan.offload in _OFFLOADS
        and plan.peaks[where] < now.peaks[where]
        and plan.peak <= now.peak
        and (plan.vae_tiling or not now.vae_tiling)
        and (total is None or plan.peak <= total)
    ]
    return min(smaller, key=lambda plan: plan.changes_bits, default=None)


def _now(document: Mapping[str, Any], made: Estimate) -> Plan | None:
    runtime = document.get("runtime") or {}
    offload, tiled = _OFFLOADS.get(runtime.get("offload") or "none"), runtime.get("vae_tiling") is True
    return next((plan for plan in made.plans if plan.offload == offload and plan.vae_tiling is tiled), None)


def _bytes(pattern: re.Pattern[str], text: str) -> int | None:
    held = pattern.search(text)
    return int(float(held[1]) * _UNITS[held[2].lower()]) if held else None


def _gib(size: int | None) -> str:
    return f"{(size or 0) / (1 << 30):.2f} GiB"
