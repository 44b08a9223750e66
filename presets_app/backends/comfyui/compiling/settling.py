"""What becomes of the document's leaves that no node has a field for."""

from __future__ import annotations

import re

from presets_app.backends.comfyui.compiling.building import Builder

_SERVER = "Decided by how the server was started and by its machine; a graph has no field for it."
_FILE = "SaveVideo has no such field; the server's encoder decides."
# Leaves by pattern, each with the reason. The first that fits is taken.
_NOTES: tuple[tuple[str, str], ...] = (
    (r"/runtime/(dtype|vae_dtype|text_encoder_dtype)", "ComfyUI chooses the number format from the file and the GPU."),
    (r"/runtime/quantization", "The loader has no such choice; the file itself holds its format."),
    (r"/runtime/.*", _SERVER),
    (r"/output/fps", "A picture has no rate."),
    (r"/output/(crf|preset)", f"{_FILE} Its quality is unknown here."),
    (r"/output/.*", _FILE),
    (r"/audio/(sample_rate|channels)", "The audio VAE's model decides."),
    (r"/inputs/[^/]+/media_type", "The server looks into the file."),
    (r"/inputs/[^/]+/local_only", "A rule for where the file may go, and no part of a request."),
    (r"/inputs/.*", "The task takes no such input in a stock graph."),
    (r"/references.*", "Stock nodes take no list of references for this family."),
    (r"/shots.*", "The family renders one shot."),
    (r"/aspect_ratio", "Width and height say it."),
    (r"/models/.*", "No node of this graph loads such a file."),
    (r"/stages/\d+/boundary", "start_step and end_step decide where the stages change over."),
    (r"/stages/\d+/guidance_options/.*", "Stock ComfyUI's guiders have no such setting."),
    (r"/stages/\d+/scheduler_options/.*", "The scheduler's node has no such setting."),
    (r"/stages/\d+/.*", "The nodes of this stage have no such field."),
)
# Dropping these changes what is rendered, so a warning says it.
_MATTERS = re.compile(
    r"/stages/\d+/(guidance_options/.+|scheduler_options/.+|shift|denoise|scale|add_noise)"
    r"|/models/(?!latent_upscaler|clip_vision|audio_vae|audio_encoder|connectors|transformer).*"
    r"|/inputs/[^/]+(/name|/sha256|/strength|/frame)?|/references.*|/shots.*"
)
_OFF = ((r"(audio_)?(stg_scale|guidance_rescale)", 0), (r"(audio_)?modality_scale", 1))  # options at "off"


def settle(build: Builder) -> None:
    """Enter every leaf that is still open, and say what matters."""
    for rule in (_expansion, _noise_device, _same_rate, _pixel_format, _empties, _shape):
        rule(build)
    for path in build.ledger.open_leaves():
        note = next((text for pattern, text in _NOTES if re.fullmatch(pattern, path)), "")
        if not note:
            continue
        build.ledger.drop(path, note)
        if _MATTERS.fullmatch(path) and not _has_no_effect(build, path):
            text = f"The preset's value at {path} does not reach the graph. {note}"
            build.trouble("value_not_carried", "warning", path, text, "Compare a preview before you rely on it.")


def _has_no_effect(build: Builder, path: str) -> bool:
    """A guidance of its own that is off: ComfyUI's guiders leave it out."""
    name, value = path.rsplit("/", 1)[1], build.value(path)
    off = next((usual for pattern, usual in _OFF if re.fullmatch(pattern, name)), None)
    return "/guidance_options/" in path and off is not None and bool(value == off)


def _expansion(build: Builder) -> None:
    path = "/prompt_expansion/enabled"
    if build.value(path) is True:
        text = "The graph renders the prompt as it is written: no node rewrites it."
        build.ledger.drop(path, text)
        build.trouble("prompt_expansion_off", "warning", path, text, "Save the expanded words as the prompt.")


def _noise_device(build: Builder) -> None:
    path = "/runtime/noise_device"
    if build.value(path) == "cpu":
        build.keep(path, "ComfyUI draws noise on the CPU.")
    elif build.ledger.has(path):
        text = f"ComfyUI draws noise on the CPU, and the preset asks for {build.value(path)}: the noise is another one."
        build.ledger.drop(path, text)
        build.trouble("noise_device_differs", "warning", path, text, "Ask for cpu: it is the same everywhere.")


def _same_rate(build: Builder) -> None:
    """WAN's nodes take the rate in the file only; with a rate of its own for the file the other one is not said."""
    if "/fps" in build.ledger.open_leaves():
        build.ledger.drop("/fps", "The nodes take the rate of the file only, which output.fps states.")


def _pixel_format(build: Builder) -> None:
    path = "/output/pixel_format"
    if path in build.ledger.open_leaves() and build.value(path) == "yuv420p":
        build.keep(path, "What SaveVideo writes; it has no field for it.")


def _empties(build: Builder) -> None:
    for path in build.ledger.open_leaves():
        if build.value(path) in ([], {}) and path.startswith(
            ("/models/", "/stages/", "/inputs", "/references", "/shots")
        ):
            build.keep(path, "Empty: nothing to carry.")
        elif path == "/runtime/quantization" and build.value(path) is None:
            build.keep(path, "None: weights stay as the file holds them.")


def _shape(build: Builder) -> None:
    """Family, task and roles are carried by the choice of nodes."""
    start = build.landmarks.get("start", "")
    for path in ("/family", "/variant", "/task"):
        _chosen(build, path, start, "Decides which nodes the graph is made of.")
    for index in range(len(build.document["stages"])):
        path = f"/stages/{index}/role"
        _chosen(build, path, build.landmarks.get(path, ""), "Decides how the stage is put into the graph.")


def _chosen(build: Builder, path: str, node: str, note: str) -> None:
    if node:
        build.keep(path, note, f"/{node}/class_type", build.graph[node]["class_type"])
