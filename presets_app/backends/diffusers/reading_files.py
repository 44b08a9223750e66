"""Images, videos and LoRAs that a call names."""

from __future__ import annotations

from typing import Any

from presets_app.backends.diffusers.draft import Draft
from presets_app.backends.diffusers.latent_places import frame_at
from presets_app.backends.diffusers.naming import Pipeline
from presets_app.core.lints.values import number, whole

_ROLES = ("image", "last_image", "video")
_VIDEOS = (".mp4", ".mov", ".webm", ".mkv", ".gif", ".avi")
_LONGEST = 1000
_USUAL_FRAMES = 121  # what LTX-2's pipelines take when num_frames is not given (diffusers 0.42.1)


def read(draft: Draft, pipeline: Pipeline | None) -> None:
    _arguments(draft)
    conditions = draft.value("/call/conditions")
    for index, condition in enumerate(conditions if isinstance(conditions, list) else ()):
        if isinstance(condition, dict):
            _condition(draft, index, condition, conditions)
    if pipeline is not None and "v2v" in pipeline.tasks and not draft.has("/call/conditions"):
        _strength(draft)
    held = draft.value("/inputs")
    for role, entry in held.items() if isinstance(held, dict) else ():
        for key in entry if isinstance(entry, dict) else ():
            draft.aside(f"/inputs/{role}/{key}", "Said with the file.")


def _arguments(draft: Draft) -> None:
    ends = draft.value("/call/last_image") is not None
    for role in _ROLES:
        target, value = f"/call/{role}", draft.value(f"/call/{role}")
        path = "/inputs/first_image" if role == "image" and ends else f"/inputs/{role}"
        if isinstance(value, str) and value:
            _take(draft, target, path, value)
        elif value is None and draft.has(target):
            draft.aside(target, "There is none.")
    if draft.value("/call/image") is None and "/call/image" in draft.source.undecided:
        text = "The image is decided when the script runs."
        draft.trouble("input_missing", "error", "/inputs/image", text, "Add the file to the preset.", "/call/image")


def _take(draft: Draft, target: str, path: str, file: str, more: dict[str, Any] | None = None) -> None:
    """A file as an asset: with its hash as an object, by name alone as text."""
    known = _known(draft, file)
    name = file.replace("\\", "/")[:_LONGEST]
    if known is None:
        draft.take(target, path, name)
        return
    entry = known[1]
    asset = {"sha256": entry["sha256"], "name": name[:200], **(more or {})}
    if isinstance(entry.get("media_type"), str):
        asset["media_type"] = entry["media_type"]
    draft.set(path, asset)
    draft.take(target, f"{path}/name", name[:200], write=False)
    draft.take(f"/inputs/{known[0]}/sha256", f"{path}/sha256", entry["sha256"], write=False)


def _known(draft: Draft, file: str) -> tuple[str, dict[str, Any]] | None:
    held = draft.value("/inputs")
    for role, entry in held.items() if isinstance(held, dict) else ():
        if isinstance(entry, dict) and entry.get("file") == file and isinstance(entry.get("sha256"), str):
            return role, entry
    return None


def _condition(draft: Draft, index: int, condition: dict[str, Any], every: list[Any]) -> None:
    base, file = f"/call/conditions/{index}", condition.get("frames")
    at, strength = whole(condition.get("index")), number(condition.get("strength"))
    if not isinstance(file, str):
        text = "A condition's picture is decided when the script runs."
        draft.trouble("input_missing", "error", "/inputs", text, "Add the file to the preset.", f"{base}/frames")
        return
    known = _known(draft, file)
    frame = frame_at(at or 0, whole(draft.value("/call/num_frames")) or _USUAL_FRAMES)
    role = known[0] if known else _role(file, frame, every)
    more: dict[str, Any] = {}
    if frame != 0 and not (frame == -1 and role == "last_image"):
        more["frame"] = frame
    if strength not in (None, 1.0):
        more["strength"] = condition["strength"]
    _take(draft, f"{base}/frames", f"/inputs/{role}", file, more)
    for key, value in (("index", at), ("strength", strength)):
        name = "frame" if key == "index" else key
        if name in more and known is None:
            text = f"A preset can keep {name} {value} only for a file whose hash is known."
            draft.lose(f"{base}/{key}", "input_needs_hash", f"/inputs/{role}", text, "Upload the file to the preset.")
        elif name in more:
            note = "Counted in frames; the call counts latents of eight." if name == "frame" else ""
            draft.take(f"{base}/{key}", f"/inputs/{role}/{name}", more[name], note=note, write=False)
        else:
            draft.aside(f"{base}/{key}", "By the input's name." if key == "index" else "Full strength.")


def _role(file: str, at: int, every: list[Any]) -> str:
    if file.lower().endswith(_VIDEOS):
        return "video"
    if at == -1:
        return "last_image"
    if at == 0:
        return "first_image" if any(isinstance(one, dict) and one.get("index") == -1 for one in every) else "image"
    return f"image_at_{at}" if at > 0 else f"image_at_end_{-at}"


def _strength(draft: Draft) -> None:
    value = number(draft.value("/call/strength"))
    if value is not None:
        draft.take("/call/strength", "/stages/0/denoise", value)


def loras(draft: Draft, base: str, stages: list[int]) -> None:
    """The LoRAs of one call. `stages` are the document's stages it makes: two for WAN's experts."""
    entries = draft.value(f"{base}/loras")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        target = f"{base}/loras/{index}"
        file = entry.get("file") if isinstance(entry, dict) else None
        if not isinstance(file, str):
            continue
        second = entry.get("load_into_transformer_2") is True and len(stages) > 1
        stage = draft.document["stages"][stages[1] if second else stages[0]]
        held = stage.setdefault("loras", [])
        path = f"/stages/{stages[1] if second else stages[0]}/loras/{len(held)}"
        weight = entry.get("weight")
        held.append({"file": file.replace("\\", "/")[:400], "strength": 1.0 if number(weight) is None else weight})
        draft.take(f"{target}/file", f"{path}/file", held[-1]["file"], write=False)
        if number(weight) is not None:
            draft.take(f"{target}/weight", f"{path}/strength", weight, write=False)
        for key in ("adapter_name", "load_into_transformer_2"):
            draft.aside(f"{target}/{key}", "A name for diffusers only." if key == "adapter_name" else "By the stage.")
