"""What stands in the graph and has no effect: other outputs, branches and nodes that are off, seeds that change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from presets_app.backends.comfyui.graph import Link, Node
from presets_app.backends.comfyui.interpreting.draft import Draft
from presets_app.backends.comfyui.interpreting.found import Place, capital, named, tidy
from presets_app.backends.comfyui.interpreting.outputs import Output
from presets_app.backends.comfyui.interpreting.values import Values

_MOST = 60  # notes of one kind
_CHANGES = ("randomize", "increment", "decrement", "increment-wrap")


def about_the_rest(values: Values, draft: Draft, every: Sequence[Output], output: Output) -> None:
    """Notes on everything that is there and does not take effect."""
    _other_outputs(draft, every, output)
    _branches(values, draft)
    _off(draft)
    _changing_seeds(draft)


def _other_outputs(draft: Draft, every: Sequence[Output], output: Output) -> None:
    for other in every[:_MOST]:
        if other is output or (other.rank > 1 and output.rank < 2 and not other.ids):
            continue
        what = "the same video" if other.ids == output.ids else "an earlier stage" if other.ids else "something else"
        text = f"{capital(named(other.node))} writes {what} too; the document follows {named(output.node)}."
        draft.trouble("output_further", "note", "/output", text, "", other.node)
        draft.remark(other.node, "Another output of the graph.")


def _branches(values: Values, draft: Draft) -> None:
    for switch, paths in list(draft.switch_fields.items())[:_MOST]:
        node = values.graph.nodes.get(switch)
        taken, others = values.branches.get(switch, ("", ()))
        if node is None or not others:
            continue
        told = "; ".join(f"{name}: {_shown(values, node, name)}" for name in others[:6])
        text = f"{capital(named(node))} takes {taken} ({_shown(values, node, taken)}). Off: {told}."
        draft.trouble("branch_off", "note", paths[0], text, "", node)


def _shown(values: Values, node: Node, name: str) -> str:
    """A branch in a few words: its value, or the node it comes from."""
    held = node.inputs.get(name)
    if not isinstance(held, Link):
        return _short(held)
    value = values.at(held)
    behind = values.node(held)
    if value.known:
        return _short(value.value)
    files = [_short(text) for key, text in (behind.inputs if behind else {}).items() if key in _FILES]
    return (named(behind) if behind else "nothing") + (f", {files[0]}" if files else "")


_FILES = ("lora_name", "unet_name", "ckpt_name", "image", "file", "audio")


def _short(value: Any) -> str:
    text = str(tidy(value)).replace("\n", " ")
    return text if len(text) <= 60 else f"{text[:59]}…"


def _off(draft: Draft) -> None:
    for node in draft.graph.off[:_MOST]:
        how = "muted" if node.mode == "muted" else "bypassed"
        files = [str(value)[:80] for key, value in node.inputs.items() if key in _FILES and isinstance(value, str)]
        text = f"{capital(named(node))} is {how} and has no effect{f' ({files[0]})' if files else ''}."
        draft.trouble("node_off", "note", _field_of(node), text, "", node)
    rest = len(draft.graph.off) - _MOST
    if rest > 0:
        draft.trouble("node_off", "note", "", f"{rest:,} further nodes are muted or bypassed and have no effect.")


def _field_of(node: Node) -> str:
    """The field of the document that a node would have to do with."""
    kind = node.class_type.lower()
    for word, path in _FIELDS:
        if word in kind:
            return path
    return ""


_FIELDS = (
    ("lora", "/stages/0/loras"),
    ("sampler", "/stages"),
    ("loadimage", "/inputs"),
    ("loadvideo", "/inputs"),
    ("loadaudio", "/inputs"),
    ("save", "/output"),
    ("combine", "/output"),
    ("textencode", "/prompt"),
    ("unetloader", "/models/transformer"),
    ("checkpoint", "/models/transformer"),
    ("vaeloader", "/models/vae"),
    ("cliploader", "/models/text_encoder"),
    ("modelsampling", "/stages/0/shift"),
)


def _changing_seeds(draft: Draft) -> None:
    """Seeds that the browser changes each time the graph is queued; the file holds the one of the last time."""
    for place, paths in list(draft.placed.items()):
        for path in paths:
            if path.startswith("/stages/") and path.endswith("/seed"):
                _changing(draft, place, path)


def _changing(draft: Draft, place: Place, path: str) -> None:
    node = draft.graph.nodes.get(place.node)
    pointer = node.fields.get(place.input, "") if node is not None else ""
    stem, _, last = pointer.rpartition("/")
    beside = f"{stem}/{int(last) + 1}" if last.isdecimal() else f"{stem}/control_after_generate"
    mode = draft.graph.other_fields.get(beside)
    if node is not None and mode in _CHANGES:
        text = f"The seed of {named(node)} is set to {mode} after each run, so it is the one that would be used next."
        hint = "The video that this file was saved with has another seed, unless it was stored in it."
        draft.trouble("seed_changes_each_run", "note", path, text, hint, node)
