"""Whether the card that a preset is said to need can hold it, and what to change where it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from presets_app.core.families import is_wan_5b
from presets_app.core.lints.values import number, section
from presets_app.core.memory import Estimate, Plan, estimate
from presets_app.core.memory.plans import in_gib
from presets_app.core.problems import Problem

_SOURCE = "Estimate: exact weights of the published models, activations traced on the real classes, and a margin"
_PHASES = {"text": "reading the prompt", "denoise": "denoising", "decode": "decoding with the VAE"}
_OFFLOADS = {"none": "none", "text": "text", "model": "model", "group": "group", "sequential": "group"}
LARGE_DECODE = 24.0  # GiB of the largest card that people usually own


def vram_short(document: dict[str, Any]) -> Iterator[Problem]:
    """Against `hardware.min_vram_gib`; a preset that leaves the offload to the renderer is held to the best one."""
    card = number(section(document, "hardware").get("min_vram_gib"))
    made = estimate(document) if card else None
    if not card or made is None or not made.plans:
        return
    asked = as_stated(document, made)
    tight = min(asked, key=lambda plan: plan.peak) if asked else None
    if tight is None or tight.fits(card):
        return
    phase = max(tight.peaks, key=lambda name: tight.peaks[name])
    yield Problem(
        "vram_short",
        "warning",
        "/hardware/min_vram_gib",
        f"{_PHASES[phase].capitalize()} needs about {in_gib(tight.peak):g} GiB, and the preset says that"
        f" {card:g} GiB are enough.",
        _way_out(document, made, card),
        _SOURCE,
    )


def vae_decode_large(document: dict[str, Any]) -> Iterator[Problem]:
    """Where no card is named: decoding everything at once is where long or large videos run out of memory."""
    if number(section(document, "hardware").get("min_vram_gib")) or section(document, "runtime").get("vae_tiling"):
        return
    made = estimate(document)
    whole = next((plan for plan in made.plans if plan.offload == "model" and not plan.vae_tiling), None)
    if whole is not None and in_gib(whole.peaks["decode"]) > LARGE_DECODE:
        yield Problem(
            "vae_decode_large",
            "note",
            "/runtime/vae_tiling",
            f"Decoding all frames at once needs about {in_gib(whole.peaks['decode']):g} GiB.",
            "Set runtime.vae_tiling to true: tiles need less, and change the picture slightly at their seams.",
            _SOURCE,
        )


def as_stated(document: dict[str, Any], made: Estimate) -> list[Plan]:
    """The plans that the preset's own settings allow: its weights, its tiling, its offload or any."""
    runtime = section(document, "runtime")
    offload = runtime.get("offload")
    wanted = _OFFLOADS.get(offload) if isinstance(offload, str) else None
    return [
        plan
        for plan in made.plans
        if plan.weights == made.plans[0].weights
        and plan.vae_tiling is (runtime.get("vae_tiling") is True)
        and wanted in (None, plan.offload)
    ]


def fitting(document: dict[str, Any], made: Estimate, card: float) -> Plan | None:
    """The first plan with the preset's own weights that fits and that its fields can say."""
    same = (plan for plan in made.plans if plan.weights == made.plans[0].weights and plan.offload in _OFFLOADS)
    return next((plan for plan in same if plan.fits(card)), None)


def _way_out(document: dict[str, Any], made: Estimate, card: float) -> str:
    plan = fitting(document, made, card)
    if plan is not None:
        tiles = " and runtime.vae_tiling true" if plan.vae_tiling else ""
        return f"Set runtime.offload to {plan.offload}{tiles}: about {in_gib(plan.peak):g} GiB."
    narrow = made.best(card)
    if narrow is not None:
        return f"Only narrower weights fit: {narrow.name}, about {in_gib(narrow.peak):g} GiB."
    if document.get("family") == "wan-2.2" and not is_wan_5b(document):
        return "Nothing fits: use the smaller TI2V-5B, a smaller size or fewer frames, or a larger card."
    return "Nothing fits: use a smaller size, fewer frames, or a larger card."


CHECKS = (vram_short, vae_decode_large)
