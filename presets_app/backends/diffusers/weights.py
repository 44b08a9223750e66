"""The document's models as a repository in diffusers' layout."""

from __future__ import annotations

from typing import Any

from presets_app.backends.diffusers import naming
from presets_app.backends.diffusers.form import Form
from presets_app.core.generation import WeightsPin

_HALF = ("bfloat16", "float16")
_STORED = ("float8_e4m3fn", "float8_e5m2")
USUAL = "bfloat16"  # what both families are published in


def repository(form: Form, pin: WeightsPin | None) -> None:
    """/from_pretrained: repository and revision, and the fate of every name under /models."""
    document = form.document
    named = _named(form)
    path, own = named if named else ("", "")
    width, height = document.get("width"), document.get("height")
    pixels = width * height if isinstance(width, int) and isinstance(height, int) else 0
    usual = naming.repository_for(
        str(document.get("family")), str(document.get("variant", "")), str(document.get("task", "t2v")), pixels
    )
    chosen = (pin.repository if pin else "") or own or usual
    target = "/from_pretrained/pretrained_model_name_or_path"
    note = "From the manifest." if pin and chosen != own else "The family's published repository in this layout."
    form.put(target, chosen, path if own else "", note="" if own == chosen else note)
    if not chosen:
        text = "The preset names no repository in diffusers' layout, and none is known for this family and task."
        form.trouble("weights_not_named", "error", "/models/transformer", text, "Name one as organisation/name.")
    _revision(form, pin)
    _others(form, chosen)


def dtypes(form: Form, wan: bool) -> None:
    """/from_pretrained/torch_dtype, one for each part that is said, and what must stay float32."""
    dtype = form.value("/runtime/dtype")
    base = "/from_pretrained/torch_dtype"
    if dtype in _STORED:
        form.put(f"{base}/default", USUAL, note="Computed in bfloat16.")
        form.put("/placement/layerwise_casting", dtype, "/runtime/dtype", note="Weights are stored so, not computed.")
    else:
        stated = dtype in (*_HALF, "float32")
        note = "" if stated else "What the weights are published in."
        form.put(f"{base}/default", dtype if stated else USUAL, "/runtime/dtype" if stated else "", note=note)
    for part, path in (("vae", "/runtime/vae_dtype"), ("text_encoder", "/runtime/text_encoder_dtype")):
        value = form.value(path)
        if value in _STORED:
            text = f"diffusers cannot load the {part} as {value}; it is loaded as {USUAL}."
            form.trouble("dtype_not_in_diffusers", "warning", path, text, f"Set {path[9:]} to {USUAL}.")
            form.near(f"{base}/{part}", USUAL, path, f"{value} would be coarser.")
        elif value in (*_HALF, "float32"):
            form.put(f"{base}/{part}", value, path)
        elif part == "vae" and wan:
            form.put(f"{base}/vae", "float32", note="WAN's VAE is run in float32 by its authors.")
    form.put("/from_pretrained/use_safetensors", True, note="No pickle is ever opened.")


def _named(form: Form) -> tuple[str, str] | None:
    """The first model of the document that is a repository, with its place."""
    models = form.document.get("models")
    for key in ("transformer", "pipeline", "diffusion_model", "checkpoint"):
        files = models.get(key) if isinstance(models, dict) else None
        for name in files if isinstance(files, list) else ():
            if isinstance(name, str) and naming.is_repository(name):
                return f"/models/{key}", name
    return None


def _revision(form: Form, pin: WeightsPin | None) -> None:
    revision = pin.revision if pin else ""
    target = "/from_pretrained/revision"
    if naming.is_revision(revision):
        form.put(target, revision, note="From the manifest: the exact weights.")
        return
    form.put(target, None, note="Not pinned: the script asks for it and does not start without.")
    text = "The weights are not pinned to a revision, so the script would render whatever is newest. It does not start."
    hint = "Pin the preset on a target first, or set REVISION in the script to 40 hex digits."
    form.trouble("revision_not_pinned", "warning", "/models", text, hint)


def _others(form: Form, chosen: str) -> None:
    """Every other model file: the repository brings its own, and that is said by name."""
    for path in form.ledger.open_leaves():
        if not path.startswith("/models"):
            continue
        names = form.value(path)
        listed = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
        if path.startswith("/models/latent_up"):
            continue  # settled with the stage that uses it
        if not listed or listed == [chosen]:
            form.share(path, "/from_pretrained/pretrained_model_name_or_path", chosen, "Comes with the repository.")
            continue
        _by_file(form, path, listed, chosen)
    stages = form.document.get("stages")
    for index, stage in enumerate(stages if isinstance(stages, list) else ()):
        _of_stage(form, f"/stages/{index}/model", stage, chosen)


def _by_file(form: Form, path: str, names: list[str], chosen: str) -> None:
    shown = ", ".join(name[:80] for name in names[:4])
    text = f"{shown}: diffusers loads {chosen or 'a repository'} instead of a single file; it may hold other weights."
    form.trouble("weights_by_file", "warning", path, text, "Name a repository in diffusers' layout, and compare.")
    form.ledger.approximate(
        path, "/from_pretrained/pretrained_model_name_or_path", chosen, "Other bytes: how far is not known."
    )


def _of_stage(form: Form, path: str, stage: Any, chosen: str) -> None:
    if isinstance(stage, dict) and isinstance(stage.get("model"), str):
        same = stage["model"] == chosen
        form.ledger.enter(
            path,
            "/from_pretrained/pretrained_model_name_or_path",
            chosen,
            status=None if same else "approximated",
            note="" if same else "The repository's own weights; see /models.",
        )
