"""The document's prompts, from those of the stages."""

from __future__ import annotations

from presets_app.backends.comfyui.graph import Node
from presets_app.backends.comfyui.interpreting.conditioning import Words
from presets_app.backends.comfyui.interpreting.draft import Draft
from presets_app.backends.comfyui.interpreting.found import capital, named
from presets_app.backends.comfyui.interpreting.values import Values

_SEED = ("sampling_mode.seed", "seed")


def read_prompts(values: Values, draft: Draft, positive: list[Words], negative: list[Words]) -> None:
    """Enter the prompts of the first stage, and say where later stages have others."""
    if not positive:
        return
    _positive(values, draft, positive[0])
    _negative(draft, negative[0])
    for index, words in enumerate(positive[1:], start=1):
        _compare(draft, positive[0], words, index, "/prompt")
    for index, words in enumerate(negative[1:], start=1):
        _compare(draft, negative[0], words, index, "/negative_prompt")
    for words in (*positive, *negative):
        for node in words.others:
            text = f"{named(node)} puts several prompts together; a preset holds the first one."
            draft.trouble("node_not_kept", "warning", "/prompt", capital(text), "", node)


def _positive(values: Values, draft: Draft, words: Words) -> None:
    if not draft.put("/prompt", words.text, "text", at_least="prompt") or not words.text.enhancers:
        return
    source = draft.document["prompt"]
    draft.document["prompt_expansion"] = {"source": source, "enabled": True}
    writers = [values.graph.nodes[name] for name in words.text.enhancers if name in values.graph.nodes]
    if writers:
        draft.document["prompt_expansion"]["by"] = writers[0].class_type[:200]
    for node in writers:
        _expansion(values, draft, node)


def _expansion(values: Values, draft: Draft, node: Node) -> None:
    name = next((name for name in _SEED if name in node.inputs), "")
    if name:
        draft.put("/prompt_expansion/seed", values.of(node, name), "whole")
    text = (
        f"{named(node)} writes the prompt anew when the graph runs, so the words that reach the model are not in"
        " the file: the prompt here is the text before it."
    )
    hint = "Run the graph once and save the words it made as the prompt, or switch the node off."
    draft.trouble("prompt_expanded_at_run", "warning", "/prompt", capital(text), hint, node)
    draft.remark(node, "Settings of the prompt's rewriting, which a preset does not hold.")


def _negative(draft: Draft, words: Words) -> None:
    if words.zeroed:
        text = "The negative prompt is zeroed: no words reach the model, which is not the same as an empty prompt."
        node = next((node for node in words.passed if node.class_type == "ConditioningZeroOut"), None)
        draft.trouble("negative_prompt_zeroed", "note", "/negative_prompt", text, "", node)
        return
    if words.connected:
        draft.put("/negative_prompt", words.text, "text")


def _compare(draft: Draft, first: Words, words: Words, index: int, path: str) -> None:
    if words.text.known:
        same = first.text.known and words.text.value == first.text.value
        draft.credit(path, words.text) if same else None
        if not same and not (words.zeroed or first.zeroed):
            text = f"Stage {index + 1} has another prompt than stage 1; a preset holds one for all."
            draft.trouble("prompts_differ", "warning", path, text, "", words.encoder)
