"""From a sampler's positive and negative inputs back to the words, through every node between."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from presets_app.backends.comfyui.graph import Link, Node
from presets_app.backends.comfyui.interpreting.found import Value, named, unknowable
from presets_app.backends.comfyui.interpreting.texts import encoded_text
from presets_app.backends.comfyui.interpreting.values import Values

_LONGEST = 300
_ZEROED = "ConditioningZeroOut"
_SEVERAL = frozenset({"ConditioningCombine", "ConditioningConcat", "ConditioningAverage"})
_ENCODES = re.compile(r"text_?encode|TextEncode|PromptEncode|CLIPTextEncode", re.IGNORECASE)
# Outputs of nodes whose file may not name them (the API format never does).
_OUTPUTS = {
    "LTXVReferenceAudio": ("model", "positive", "negative"),
    "WanInfiniteTalkToVideo": ("model", "positive", "negative", "latent", "trim_image"),
    "WanPhantomSubjectToVideo": ("positive", "negative_text", "negative_img_text", "latent"),
}
_USUAL = ("positive", "negative", "latent")


@dataclass
class Words:
    """What a conditioning says. `zeroed` means that its words were taken out again; `passed` are the nodes on the
    way, nearest the sampler first; `encoders` those that turn words into numbers."""

    text: Value = field(default_factory=lambda: unknowable("nothing is connected"))
    zeroed: bool = False
    connected: bool = True
    passed: list[Node] = field(default_factory=list)
    encoder: Node | None = None
    others: list[Node] = field(default_factory=list)


def words_at(values: Values, link: Link | None, side: str) -> Words:
    """Walk a conditioning link back to a text encoder; `side` is which of two prompts to take of one that has both."""
    found = Words(connected=link is not None)
    seen: set[str] = set()
    deciders: list[Value] = []
    while link is not None and len(seen) < _LONGEST:
        deciders += values.deciders(link)
        origin = values.origin(link)
        node = values.graph.nodes.get(origin.node) if origin else None
        if origin is None or node is None or node.id in seen:
            undecided = next((value for value in deciders if not value.known), None)
            found.text = undecided or unknowable("the prompt comes from a node that is not in the file")
            break
        seen.add(node.id)
        link = _before(found, node, origin.slot)
        if link is None:
            _at_the_end(values, found, node, side)
    found.text = found.text.with_history(deciders)
    return found


def _before(found: Words, node: Node, slot: int) -> Link | None:
    """The link to go on with; None at a node that encodes words, or where the way ends."""
    if node.class_type == _ZEROED:
        found.zeroed = True
        found.passed.append(node)
        return node.link("conditioning")
    if _ENCODES.search(node.class_type) and not node.link("conditioning"):
        return None
    link = _side(node, slot)
    if link is not None:
        found.passed.append(node)
        if node.class_type in _SEVERAL:
            found.others.append(node)
    return link


def _side(node: Node, slot: int) -> Link | None:
    """The input that belongs to an output: by the output's name, since slots differ between nodes."""
    names = node.outputs or _OUTPUTS.get(node.class_type, _USUAL)
    name = names[slot].lower() if slot < len(names) else ""
    for side in ("negative", "positive"):
        if side in name and node.link(side):
            return node.link(side)
    links = (
        "conditioning",
        "text_embeds",
        "original_text_embeds",
        "conditioning_1",
        "conditioning_to",
        "conditioning1",
        "cond",
        "positive",
        "negative",
    )
    return next((link for key in links if (link := node.link(key))), None)


def _at_the_end(values: Values, found: Words, node: Node, side: str) -> None:
    found.encoder = node
    if f"{side}_prompt" in node.inputs:
        found.text = values.of(node, f"{side}_prompt")
    elif _ENCODES.search(node.class_type) or "text" in node.inputs or "prompt" in node.inputs:
        found.text = encoded_text(values, node)
    else:
        found.text = unknowable(f"{named(node)} gives a prompt in a way that is not known here")
