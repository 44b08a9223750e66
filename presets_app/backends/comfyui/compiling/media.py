"""Pictures, videos and sounds that a graph loads, and the prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from presets_app.backends.comfyui.compiling.building import Builder, Given, Out

# The names that documents have for one thing, the usual one first.
FIRST = ("image", "first_image", "start_image", "first_frame")
LAST = ("last_image", "end_image", "last_frame")
SOUND = ("audio",)
REFERENCE = ("reference_image", "ref_image")
CONTROL = ("control_video",)
_LOADERS = {"image": ("LoadImage", "image"), "audio": ("LoadAudio", "audio"), "video": ("LoadVideo", "file")}
_TITLES = {"image": "Load picture", "audio": "Load sound", "video": "Load video"}


def role_of(build: Builder, names: Sequence[str]) -> str:
    """The document's own name for an input, "" when it has none of them."""
    held = build.document.get("inputs") or {}
    return next((name for name in names if name in held), "")


def needed(build: Builder, names: Sequence[str], what: str) -> str:
    """Like `role_of`, with a problem when the input is not there."""
    found = role_of(build, names)
    if not found:
        text = f"The task {build.value('/task')} starts from {what}, and the preset has no input of that name."
        build.trouble("input_missing", "error", f"/inputs/{names[0]}", text, f"Add it as the input {names[0]}.")
    return found


def load(build: Builder, role: str, kind: str, assets: Mapping[str, str]) -> Out:
    """A node that loads one of the document's inputs. `assets` tells what the server called an uploaded file."""
    path = f"/inputs/{role}"
    held = build.document["inputs"][role]
    own = _name(held)
    uploaded = assets.get(role)
    if uploaded is None:
        _not_uploaded(build, path)
    class_type, field = _LOADERS[kind]
    value = uploaded if uploaded is not None else own
    leaves = _leaves(path, held)
    literal = Given(leaves[0], value, "The name the server lists.", also=tuple(leaves[1:]))
    return Out(build.once(class_type, _TITLES[kind], {field: literal}))


def picture_frames(build: Builder, role: str, assets: Mapping[str, str]) -> Out:
    """The pictures of a video that is loaded."""
    film = load(build, role, "video", assets)
    return Out(build.once("GetVideoComponents", "Take the pictures of the video", {"video": film}))


def prompts(build: Builder, clip: Out) -> tuple[Out, Out]:
    """Positive and negative conditioning. Without a negative prompt the positive one is zeroed, as the templates
    for distilled models do."""
    text = Given("/prompt", build.value("/prompt"))
    positive = Out(build.add("CLIPTextEncode", "Prompt", {"text": text, "clip": clip}))
    if build.ledger.has("/negative_prompt"):
        negative = Given("/negative_prompt", build.value("/negative_prompt"))
        return positive, Out(build.add("CLIPTextEncode", "Negative prompt", {"text": negative, "clip": clip}))
    node = build.add("ConditioningZeroOut", "No negative prompt", {"conditioning": positive})
    note = "The preset states no negative prompt: the positive one is zeroed in its place."
    build.ledger.default(build.place_of(node, "conditioning"), "zeroed", note)
    return positive, Out(node)


def _name(held: Any) -> str:
    if isinstance(held, str):
        return held
    return str(held.get("name") or held["sha256"])


def _leaves(path: str, held: Any) -> list[str]:
    if isinstance(held, str):
        return [path]
    return [f"{path}/{key}" for key in ("name", "sha256") if key in held]


def _not_uploaded(build: Builder, path: str) -> None:
    text = "The server has to have this file among its inputs before the graph is sent."
    hint = "Upload it, and use the name that comes back; sent to a target from here, this is done for you."
    build.trouble("input_upload_first", "note", path, text, hint)
