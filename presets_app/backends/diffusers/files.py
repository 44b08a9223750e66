"""LoRAs and input files of a document: what the call names, and what the script opens."""

from __future__ import annotations

from typing import Any

from presets_app.backends.diffusers import naming
from presets_app.backends.diffusers.form import Form
from presets_app.backends.diffusers.latent_places import latent_at
from presets_app.backends.diffusers.naming import Pipeline
from presets_app.core.lints.values import number, whole

_LATENT = "Counted in latents of eight frames, as diffusers does."
_FIRST, _LAST, _VIDEO = ("first_image", "image"), ("last_image", "end_image"), ("video",)
_KINDS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "video/mp4": ".mp4"}


def loras(form: Form, at: str, to: str, low_noise: bool) -> None:
    """/loras of one stage: file, adapter name, weight, and which transformer it goes into."""
    entries = form.ledger.document["stages"][int(at.rsplit("/", 1)[-1])].get("loras")
    form.keep(f"{at}/loras", "Empty: nothing to load.")
    place = len(form.output_at(f"{to}/loras") or [])
    for number_, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict) and isinstance(entry.get("file"), str):
            here, target = f"{at}/loras/{number_}", f"{to}/loras/{place}"
            form.put(f"{target}/file", entry["file"], f"{here}/file")
            name = f"{'low_noise' if low_noise else f'stage_{int(bool(to)) + 1}'}_lora_{number_ + 1}"
            form.put(f"{target}/adapter_name", name, note="A name for diffusers only.")
            strength = number(entry.get("strength"))
            note = "" if strength is not None else "Not stated: full strength."
            form.put(f"{target}/weight", 1.0 if strength is None else strength, f"{here}/strength", note=note)
            form.put(f"{target}/load_into_transformer_2", low_noise, note="Which expert it belongs to.")
            place += 1


def inputs(form: Form, pipeline: Pipeline) -> None:
    """The call's images and videos by file name, with the hash each must have where it is known."""
    if pipeline.name == "LTX2ConditionPipeline":
        _conditions(form)
    elif "i2v" in pipeline.tasks:
        _image(form, _FIRST, "image")
        if form.document.get("task") == "flf2v":
            _image(form, _LAST, "last_image")
        elif pipeline.library == "wan":
            form.put("/call/last_image", None, note="There is no last image.")
    elif "v2v" in pipeline.tasks:
        _image(form, _VIDEO, "video")
    _left(form)


def _asset(form: Form, names: tuple[str, ...]) -> tuple[str, Any] | None:
    found = form.document.get("inputs")
    held = found if isinstance(found, dict) else {}
    return next((("/inputs/" + name, held[name]) for name in names if name in held), None)


def _image(form: Form, names: tuple[str, ...], argument: str) -> None:
    found = _asset(form, names)
    if found is None:
        text = f"The task needs {names[0].replace('_', ' ')}, and the preset names no such file."
        form.trouble("input_missing", "error", f"/inputs/{names[0]}", text, "Add the file to the preset.")
        form.put(f"/call/{argument}", None, note="The preset names no file.")
        return
    path, asset = found
    _file(form, path, asset, f"/call/{argument}", argument)
    for key, idle in (("frame", 0 if argument == "image" else -1), ("strength", 1)):
        if isinstance(asset, dict) and key in asset:
            if asset[key] == idle:
                form.keep(f"{path}/{key}", "As the argument has it.")
            else:
                text = f"The pipeline cannot be told {key} {asset[key]} for an image."
                form.refuse(f"{path}/{key}", "input_not_expressible", text, "Leave it out.", "warning")


def _file(form: Form, path: str, asset: Any, target: str, role: str) -> None:
    """The file's name in the call, and name and hash under /inputs."""
    if isinstance(asset, str):
        form.put(target, asset, path)
        return
    digest = str(asset.get("sha256", ""))
    name = asset.get("name")
    if isinstance(name, str):
        taken = [entry for entry in form.output.get("inputs", {}).values() if entry["file"] == name]
        other = any(entry["sha256"] != digest for entry in taken)
        note = "Two files have this name; the hash tells them apart." if other else ""
        form.put(target, f"{digest[:8]}-{name}" if other else name, f"{path}/name", note=note)
    else:
        note = "A name for the file; the hash says which one it is."
        form.put(target, digest[:16] + _KINDS.get(str(asset.get("media_type")), ".png"), f"{path}/sha256", note=note)
    form.put(f"/inputs/{role}/file", form.output_at(target), note="The name in the call.")
    form.put(f"/inputs/{role}/sha256", digest, f"{path}/sha256")
    if isinstance(asset.get("media_type"), str):
        form.put(f"/inputs/{role}/media_type", asset["media_type"], f"{path}/media_type")


def _conditions(form: Form) -> None:
    """Images and videos with their place in time; the last frame is -1."""
    found = form.document.get("inputs")
    assets = list(found.items()) if isinstance(found, dict) else []
    if not assets:
        form.put("/call/conditions", None, note="The preset names no file.")
        text = "The task needs images, and the preset names none."
        form.trouble("input_missing", "error", "/inputs", text, "Add the files to the preset.")
    for index, (name, asset) in enumerate(assets):
        path, target = f"/inputs/{name}", f"/call/conditions/{index}"
        _file(form, path, asset, f"{target}/frames", name)
        held = asset if isinstance(asset, dict) else {}
        _place(form, target, path, whole(held.get("frame")), -int(name in _LAST))
        strength = number(held.get("strength"))
        note = "" if strength is not None else "Not stated: full strength."
        form.put(f"{target}/strength", 1.0 if strength is None else strength, f"{path}/strength", note=note)


def _place(form: Form, target: str, path: str, frame: int | None, usual: int) -> None:
    if frame is None:
        form.put(f"{target}/index", usual, f"{path}/frame", note="By the input's name.")
        return
    latent, late = latent_at(frame)
    if late:
        text = f"The picture stands {late} frames early: conditions stand at every eighth frame."
        form.near(f"{target}/index", latent, f"{path}/frame", text)
        form.trouble(
            "input_frame_moved", "warning", f"{path}/frame", text, f"Use {frame - late} or {frame - late + 8}."
        )
    else:
        form.put(f"{target}/index", latent, f"{path}/frame", note=_LATENT if latent > 0 else "")


def _left(form: Form) -> None:
    form.keep("/inputs", "Empty.")
    form.keep("/references", "Empty.")
    form.keep("/shots", "Empty.")
    for path in form.ledger.open_leaves():
        if path.endswith("/local_only") and path.startswith("/inputs/"):
            form.drop(path, "Files stay where they are: a script is text and takes nothing along.")
        elif path.split("/")[1] in ("inputs", "references", "shots"):
            text = f"The pipeline takes no {path.split('/')[1].rstrip('s')} like {path}."
            form.refuse(path, "input_not_in_pipeline", text, "Remove it, or choose another target.")


def lora_source(file: str) -> dict[str, str]:
    """How diffusers opens a LoRA: {"repository", "weight_name"} for `org/name/file`, {"path"} for a file here."""
    parts = file.replace("\\", "/").split("/")
    if len(parts) > 2 and naming.is_repository("/".join(parts[:2])) and naming.is_weights_file(parts[-1]):
        return {"repository": "/".join(parts[:2]), "weight_name": "/".join(parts[2:])}
    if naming.is_repository(file):
        return {"repository": file}
    return {"path": file.replace("\\", "/")}
