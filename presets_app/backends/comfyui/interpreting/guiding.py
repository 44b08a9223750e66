"""Guidance: the guider nodes, as a stage's guidance and guidance_options."""

from __future__ import annotations

from presets_app.backends.comfyui.graph import Node
from presets_app.backends.comfyui.interpreting.draft import Draft, Kind
from presets_app.backends.comfyui.interpreting.found import named
from presets_app.backends.comfyui.interpreting.values import Values

# Guiders by class: (input, field of the stage). Fields with a point are guidance options.
_GUIDERS: dict[str, dict[str, str]] = {
    "CFGGuider": {"cfg": "guidance"},
    "BasicGuider": {},
    "LTXVDualCFGGuider": {"video_cfg": "guidance", "audio_cfg": ".audio_guidance_scale"},
    "DualCFGGuider": {"cfg_conds": "guidance", "cfg_cond2_negative": ".cond2_guidance_scale", "style": ".style"},
    "STGGuider": {"cfg": "guidance", "stg": ".stg_scale", "rescale": ".guidance_rescale"},
    "STGGuiderNode": {"cfg": "guidance", "stg": ".stg_scale", "rescale": ".guidance_rescale"},
    "PerturbedAttentionGuider": {"cfg": "guidance"},
    "MultimodalGuider": {"skip_blocks": ".spatio_temporal_guidance_blocks"},
}
_PARAMETERS = {  # GuiderParameters of the Lightricks pack, per modality
    "cfg": "guidance_scale",
    "stg": "stg_scale",
    "rescale": "guidance_rescale",
    "modality_scale": "modality_scale",
    "perturb_attn": "perturb_attention",
    "skip_step": "skip_step",
    "cross_attn": "cross_attention",
}
_LONGEST = 8  # parameter nodes in a row


def read_guider(values: Values, draft: Draft, guider: Node | None, path: str) -> None:
    """Enter the guidance of a stage; nothing for a sampler that states its own."""
    if guider is None:
        return
    known = _GUIDERS.get(guider.class_type)
    if known is None:
        text = f"Guidance comes from {named(guider)}, which is not known here; only its cfg was read."
        draft.trouble("guider_unknown", "warning", f"{path}/guidance", text, "Compare the stage with the node.", guider)
        known = {"cfg": "guidance"}
    if guider.class_type == "BasicGuider":
        draft.set(f"{path}/guidance", 1)
    for name, field in known.items():
        if name in guider.inputs:
            _enter(values, draft, guider, name, path, field)
    if guider.class_type == "MultimodalGuider":
        _modalities(values, draft, guider, path)


def _enter(values: Values, draft: Draft, node: Node, name: str, path: str, field: str) -> None:
    value = values.of(node, name)
    target = f"{path}/guidance_options/{field[1:]}" if field.startswith(".") else f"{path}/{field}"
    kind: Kind = "number" if not isinstance(value.value, str) else "text"
    if isinstance(value.value, bool):
        kind = "flag"
    draft.put(target, value, kind, at_least="guidance" if field == "guidance" else "")


def _modalities(values: Values, draft: Draft, guider: Node, path: str) -> None:
    """The chain of GuiderParameters, each for picture or sound."""
    node = values.node(guider.link("parameters"))
    for _ in range(_LONGEST):
        if node is None or node.class_type != "GuiderParameters":
            return
        spoken = values.of(node, "modality")
        sound = spoken.known and "AUDIO" in str(spoken.value).upper()
        draft.credit(f"{path}/guidance_options", spoken)
        for name, word in _PARAMETERS.items():
            if name in node.inputs:
                field = f".audio_{word}" if sound else "guidance" if name == "cfg" else f".{word}"
                _enter(values, draft, node, name, path, field)
        node = values.node(node.link("parameters"))
