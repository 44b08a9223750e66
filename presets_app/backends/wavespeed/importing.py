"""A WaveSpeed request as a draft document: what the request says, and nothing that it does not say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app.backends.base import CatalogueModel
from presets_app.backends.wavespeed.fields import NAMED, STAGE
from presets_app.core.losses import Loss
from presets_app.core.problems import Problem

_GEOMETRY = (("/width", ("width",)), ("/height", ("height",)), ("/frames", ("num_frames", "frames")))
_RATE = (("/fps", ("fps", "frame_rate")),)
_FAMILIES = ("ltx-2.5", "ltx-2.3", "ltx-2", "wan-2.6", "wan-2.5", "wan-2.2")


def import_request(model: CatalogueModel, body: Mapping[str, Any]) -> tuple[dict[str, Any], list[Loss], list[Problem]]:
    """(draft, fate of every field of the body, what is left for a person to complete)."""
    draft: dict[str, Any] = {"format": "matchframe/preset/1", **_about(model), "stages": [{"role": "base"}]}
    losses: list[Loss] = []
    pairs = [*NAMED, *_GEOMETRY, *_RATE, *((f"/stages/0/{key}", names) for key, names in STAGE.items())]
    known = {name: pointer for pointer, names in pairs for name in names}
    for field, value in body.items():
        if field == "size" and _sized(draft, value):
            losses.append(Loss("/width", "mapped", "/size", draft["width"], value, "Width and height."))
        elif field in known and not _random(field, value):
            _put(draft, known[field], value)
            losses.append(Loss(known[field], "carried", f"/{field}", value, value))
        else:
            losses.append(Loss("", "dropped", f"/{field}", None, value, "A preset has no such part."))
    return draft, losses, _problems(draft, body)


def _about(model: CatalogueModel) -> dict[str, Any]:
    found: dict[str, Any] = {"name": model.name[:120] or model.model_id[:120], "models": {}}
    family = next((family for family in _FAMILIES if family in model.model_id), None)
    task = "i2v" if "image-to-video" in model.model_id or "i2v" in model.model_id else "t2v"
    return {**found, "task": task, **({"family": family} if family else {})}


def _problems(draft: dict[str, Any], body: Mapping[str, Any]) -> list[Problem]:
    found = []
    if _random("seed", body.get("seed", -1)):
        text = "The request asks for a random seed, so the original cannot be made again."
        found.append(Problem("seed_random", "warning", "/stages/0/seed", text, "Set a seed."))
    for name in ("family", "prompt", "width", "height", "frames", "fps"):
        if name not in draft:
            text = f"The request does not say the {name}."
            found.append(Problem("not_stated", "error", f"/{name}", text, f"Set the {name} before saving."))
    return found


def _sized(draft: dict[str, Any], value: Any) -> bool:
    sides = str(value).split("*")
    if len(sides) != 2 or not all(side.isdecimal() and len(side) < 6 for side in sides):
        return False
    draft["width"], draft["height"] = int(sides[0]), int(sides[1])
    return True


def _random(field: str, value: Any) -> bool:
    return field == "seed" and (not isinstance(value, int) or isinstance(value, bool) or value < 0)


def _put(draft: dict[str, Any], pointer: str, value: Any) -> None:
    parts = pointer.split("/")[1:]
    if parts[0] == "stages":
        draft["stages"][0][parts[2]] = value
    elif len(parts) == 2:
        draft.setdefault(parts[0], {})[parts[1]] = value
    else:
        draft[parts[0]] = value
