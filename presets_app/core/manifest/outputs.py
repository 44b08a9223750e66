"""The manifest of what was really rendered: the maker's own fingerprint and the seeds of every stage."""

from __future__ import annotations

from typing import Any

from presets_app.core.manifest.making import from_fingerprint
from presets_app.core.manifest.pins import Pin, captured, unknown

_SERVICE_SILENT = "the maker did not say which seed it used"


def of_output(preset: str, target: str, document: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """The manifest of one output. `document` is the item's effective one, `result` its matchframe/result/1.

    Each stage has the seed as sent, the seed as the maker returned it, and where noise was drawn.
    """
    fingerprint = result.get("fingerprint") or {}
    made = from_fingerprint(preset, target, document, fingerprint)
    for used in seeds_of(result):
        made["seeds"].update(_stage(used))
    return made


def seeds_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    """[{stage, sent, returned, noise_device}] of a result, in the order of the stages."""
    names = ("stage", "sent", "returned", "noise_device")
    return [{name: used.get(name) for name in names} for used in result.get("seeds") or ()]


def _stage(used: dict[str, Any]) -> dict[str, Pin]:
    role = str(used["stage"])
    pins = {role: captured(used["sent"]) if used["sent"] is not None else unknown("no seed was sent")}
    silent = used["returned"] is None
    pins[f"{role}.returned"] = unknown(_SERVICE_SILENT) if silent else captured(used["returned"])
    if used["noise_device"]:
        pins[f"{role}.noise_device"] = captured(used["noise_device"])
    return pins
