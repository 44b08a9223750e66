"""Model files beside the diffusion model: text encoders, VAEs, upscalers and other encoders."""

from __future__ import annotations

from presets_app.backends.comfyui.graph import Link, Node
from presets_app.backends.comfyui.interpreting.draft import Draft, portable
from presets_app.backends.comfyui.interpreting.found import capital, is_number, named
from presets_app.backends.comfyui.interpreting.values import Values

_LONGEST = 60
_TEXT = (
    "clip_name",
    "clip_name1",
    "clip_name2",
    "clip_name3",
    "clip_name4",
    "text_encoder",
    "gemma_path",
    "model_name",
    "t5_name",
)
_PROJECTION = ("ckpt_name", "ltxv_path")
_CHECKPOINT = "ckpt_name"
_OTHER = {  # loaders of other models: the input that names the file, and the document's name for such files
    "CLIPVisionLoader": ("clip_name", "clip_vision"),
    "AudioEncoderLoader": ("audio_encoder_name", "audio_encoder"),
    "ModelPatchLoader": ("name", "model_patch"),
    "ControlNetLoader": ("control_net_name", "control_net"),
}


def read_text_encoder(values: Values, draft: Draft, encoder: Node | None) -> None:
    """The files behind a node that encodes a prompt."""
    link = (encoder.link("clip") or encoder.link("t5")) if encoder is not None else None
    if link is None and encoder is not None and encoder.class_type == "WanVideoTextEncodeCached":
        add_file(values, draft, encoder, "model_name", "text_encoder")
    for _ in range(_LONGEST):
        node = values.node(link)
        if node is None:
            return
        link = node.link("clip")
        if link is None:
            _text_loader(values, draft, node)
            return
        if "lora" in node.class_type.lower():
            _text_lora(values, draft, node)


def _text_loader(values: Values, draft: Draft, node: Node) -> None:
    names = [name for name in _TEXT if name in node.inputs]
    for name in names:
        add_file(values, draft, node, name, "text_encoder")
    for name in _PROJECTION:
        if names and name in node.inputs:
            add_file(values, draft, node, name, "connectors", unless_transformer=True)


def _text_lora(values: Values, draft: Draft, node: Node) -> None:
    strength = values.of(node, "strength_clip")
    file = values.of(node, "lora_name")
    if strength.known and is_number(strength.value) and strength.value != 0 and file.known:
        text = f"{capital(named(node))} puts the LoRA {portable(file.value)} on the text encoder too"
        hint = "A preset holds LoRAs of the diffusion model only."
        draft.trouble("text_encoder_lora", "warning", "/models/text_encoder", f"{text}.", hint, node)


def read_vae(values: Values, draft: Draft, link: Link | None, field: str) -> None:
    """The file behind a VAE link; one that comes out of the checkpoint has no file of its own."""
    node = values.node(link)
    if node is None:
        return
    for name in ("vae_name", "vae", "model_name"):
        if isinstance(node.inputs.get(name), (str, Link)) and isinstance(values.of(node, name).value, str):
            add_file(values, draft, node, name, field)
            return
    if _CHECKPOINT in node.inputs:
        add_file(values, draft, node, _CHECKPOINT, field, unless_transformer=True)


def read_upscaler(values: Values, draft: Draft, node: Node) -> str:
    """The file of a latent upscaler; its name, "" when it cannot be known."""
    loader = values.node(node.link("upscale_model"))
    if loader is None or "model_name" not in loader.inputs:
        return ""
    add_file(values, draft, loader, "model_name", "latent_upscaler")
    name = values.of(loader, "model_name").value
    return name if isinstance(name, str) else ""


def read_other(values: Values, draft: Draft, nodes: list[Node]) -> None:
    """Files of the encoders that conditioning nodes use."""
    for node in nodes:
        for name in node.inputs:
            holder = values.node(node.link(name))
            for loader in (holder, *_inner(values, holder)):
                if loader is not None and loader.class_type in _OTHER:
                    file, field = _OTHER[loader.class_type]
                    add_file(values, draft, loader, file, field)


def _inner(values: Values, node: Node | None) -> list[Node | None]:
    names = ("clip_vision", "audio_encoder")
    return [values.node(node.link(name)) for name in names if node is not None and node.link(name)]


def add_file(
    values: Values, draft: Draft, node: Node, name: str, field: str, *, unless_transformer: bool = False
) -> None:
    """Enter a file under /models, once; a file that is the diffusion model's own is only credited to it."""
    value = values.of(node, name)
    if value.known and value.value in ("", "None", "none"):
        return
    models = draft.document.setdefault("models", {})
    file = portable(value.value)
    if unless_transformer and file in models.get("transformer", []):
        draft.credit("/models/transformer", value)
        return
    listed = models.setdefault(field, [])
    if value.known and isinstance(file, str):
        if file not in listed:
            listed.append(file)
        draft.credit(f"/models/{field}", value)
    else:
        draft.put(f"/models/{field}/{len(listed)}", value, "file")
    if not listed:
        del models[field]
