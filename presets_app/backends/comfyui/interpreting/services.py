"""Nodes that send the work to a service: what maps to a preset, and that a service renders it."""

from __future__ import annotations

import re

from presets_app.backends.comfyui.graph import Node
from presets_app.backends.comfyui.interpreting import families
from presets_app.backends.comfyui.interpreting.draft import Draft
from presets_app.backends.comfyui.interpreting.files import read_output
from presets_app.backends.comfyui.interpreting.found import ABSENT, Value, capital, is_number, named
from presets_app.backends.comfyui.interpreting.media import media_at
from presets_app.backends.comfyui.interpreting.outputs import Output
from presets_app.backends.comfyui.interpreting.roles import task_of
from presets_app.backends.comfyui.interpreting.values import Values
from presets_app.core.families import rules_of

_SIZE = re.compile(r"(\d{3,5})\s*[x*]\s*(\d{3,5})")
_FAMILY = re.compile(r"ltx[-_ v]*2\.([35])|ltx[-_ v]*2|wan[-_ ]?2\.([156])", re.IGNORECASE)
_ROLES = {
    "image": "image",
    "first_frame": "image",
    "last_frame": "last_image",
    "video": "video",
    "first_clip": "video",
    "audio": "audio",
}
_REFERENCES = ("reference_videos.", "reference_images.", "model.reference_images.", "model.reference_videos.")


def read_service(values: Values, draft: Draft, output: Output) -> None:
    """Fill the draft from a node that calls a service."""
    chain = output.chains[0]
    node = chain.service
    if node is None:
        return
    text = f"{capital(named(node))} sends the work to a service, so steps, sampler and size are the service's."
    draft.trouble(
        "service_node", "warning", "/stages", text, "Complete the preset, or export it to that service.", node
    )
    draft.document.update(name="Imported workflow", models={}, stages=[{"role": "base"}])
    model = _stated(values, node, "model")
    _family(draft, model)
    draft.put("/prompt", _stated(values, node, "prompt"), "text", at_least="prompt")
    draft.put("/negative_prompt", _stated(values, node, "negative_prompt"), "text")
    draft.put("/stages/0/seed", _stated(values, node, "seed"), "whole")
    picture = output.rank == 2
    if picture:
        draft.document.update(frames=1, fps=1)
    else:
        draft.put("/fps", _stated(values, node, "fps"), "number", at_least="frame rate")
        _length(values, draft, node)
    draft.put("/audio/generate", _stated(values, node, "generate_audio"), "flag")
    _expansion(values, draft, node)
    _size(values, draft, node)
    _media(values, draft, node, picture=picture)
    read_output(values, draft, output.node, chain.pictures)


def _stated(values: Values, node: Node, name: str) -> Value:
    """An input of a service's node; newer nodes group theirs under the model."""
    value = values.of(node, name)
    return values.of(node, f"model.{name}") if value.absent else value


def _family(draft: Draft, model: Value) -> None:
    name = str(model.value) if model.known else ""
    found = _FAMILY.search(name)
    if found is None:
        text = f"The service's model {name[:80] or '(not stated)'} belongs to no family that is supported."
        draft.trouble("family_not_supported", "error", "/family", text, "Set the family by hand.")
        return
    family = f"wan-2.{found[2]}" if found[2] else f"ltx-2.{found[1]}" if found[1] else "ltx-2"
    draft.document["family"] = families.family_of_name(name.lower()) or family
    draft.credit("/family", model)
    draft.put("/models/transformer/0", model, "file")
    draft.set("/stages/0/model", name)
    draft.credit("/stages/0/model", model)


def _expansion(values: Values, draft: Draft, node: Node) -> None:
    rewrites = _stated(values, node, "prompt_extend")
    if not rewrites.known:
        return
    draft.put("/prompt_expansion/enabled", rewrites, "flag")
    if rewrites.value is True:
        text = f"{capital(named(node))} lets the service write the prompt anew."
        hint = "Switch prompt_extend off to keep the words."
        draft.trouble("prompt_expanded_at_run", "warning", "/prompt", text, hint, node)


def _size(values: Values, draft: Draft, node: Node) -> None:
    width, height = values.of(node, "width"), values.of(node, "height")
    if width.known and height.known:
        draft.put("/width", width, "whole")
        draft.put("/height", height, "whole")
        return
    for name in ("size", "resolution"):
        stated = _stated(values, node, name)
        found = _SIZE.search(str(stated.value)) if stated.known else None
        if found is not None:
            for side, text in zip(("width", "height"), found.groups(), strict=True):
                draft.put(f"/{side}", Value(int(text)).with_history([stated]), "whole")
            return
    for side in ("width", "height"):
        text = f"The service decides the {side} by its own names for sizes."
        draft.trouble("not_stated", "error", f"/{side}", text, f"Set the {side} before saving.", node)


def _length(values: Values, draft: Draft, node: Node) -> None:
    """Seconds become frames only where the rate is stated too; services do not say how they round."""
    seconds = _stated(values, node, "duration")
    rate = draft.document.get("fps")
    number = _number(seconds.value) if seconds.known else None
    if number is not None and rate is not None and is_number(rate):
        frames = _nearest(draft, number * rate)
        draft.put("/frames", Value(frames).with_history([seconds]), "whole")
        text = (
            f"{number:g} seconds at {rate:g} frames a second are taken as {frames} frames, {frames / rate:.4g} seconds."
        )
        hint = "The service may round otherwise: compare with the finished video."
        draft.trouble("duration_in_seconds", "warning", "/frames", text, hint, node)
        return
    length = Value(unknown=f"the service is asked for {number:g} seconds") if number is not None else ABSENT
    draft.put("/frames", length, "whole", at_least="number of frames")


def _nearest(draft: Draft, frames: float) -> int:
    """The number of frames that the family can render nearest to a length."""
    rules = rules_of(draft.document)
    whole = max(1, round(frames))
    if rules is None or rules.frames_fit(whole):
        return whole
    return min(reversed(rules.nearest_frames(whole)), key=lambda count: abs(count - whole))


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _media(values: Values, draft: Draft, node: Node, *, picture: bool) -> None:
    found: set[str] = set()
    for name in node.inputs:
        role = "reference" if name.startswith(_REFERENCES) else _ROLES.get(name, "")
        media = media_at(values, node.link(name), sound=role == "audio") if role and node.link(name) else None
        if media is None or media.loader is None:
            continue
        if role == "reference":
            index = len(draft.document.get("references", []))
            draft.put(f"/references/{index}", media.file, "file")
        else:
            draft.put(f"/inputs/{role}", media.file, "file")
        found.add(role)
    if "last_image" in found and "image" in draft.document.get("inputs", {}):
        draft.document["inputs"]["first_image"] = draft.document["inputs"].pop("image")
        for paths in draft.placed.values():
            paths[:] = ["/inputs/first_image" if each == "/inputs/image" else each for each in paths]
    draft.document["task"] = "r2v" if "reference" in found else task_of(found, set(), pictures_only=picture)
