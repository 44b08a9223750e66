"""Texts: what string nodes make of each other, and where a model writes the words anew."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from presets_app.backends.comfyui.graph import Link, Node
from presets_app.backends.comfyui.interpreting.found import (
    Asks,
    Rule,
    Value,
    first_unknown,
    named,
    unknowable,
)

_LONGEST = 200_000  # characters of a text that is put together

# Nodes that hand a prompt to a language model, and the inputs that may hold the text before it.
ENHANCERS = frozenset(
    {
        "TextGenerateLTX2Prompt",
        "TextGenerate",
        "LTXVPromptEnhancer",
        "LTXVGemmaEnhancePrompt",
        "WanVideoPromptExtender",
        "WanVideoPromptExtenderSelect",
        "OllamaGenerate",
        "OllamaGenerateV2",
        "GeminiNode",
        "GeminiNodeV2",
        "GeminiNodeV3",
        "OpenAIChatNode",
        "ClaudeNode",
        "AILab_QwenVL",
        "Florence2Run",
    }
)
_BEFORE = ("prompt", "text", "user_prompt", "custom_prompt", "text_input", "string")


def enhanced(asks: Asks, node: Node, slot: int) -> Value:
    """The text before a prompt enhancer; the words that reach the model are made when the graph runs."""
    for name in _BEFORE:
        if name in node.inputs:
            before = asks.of(node, name)
            return before.with_history([Value(enhancers=(node.id,))])
    return unknowable(f"{named(node)} writes it when the graph runs", Value(enhancers=(node.id,)))


def _together(asks: Asks, node: Node, names: Sequence[str], between: str) -> Value:
    parts = [asks.of(node, name) for name in names if name in node.inputs]
    missing = first_unknown(parts)
    if missing is not None:
        return unknowable(missing.unknown, *parts)
    texts = [_as_text(part.value) for part in parts]
    made = between.join(texts)
    if len(made) > _LONGEST:
        return unknowable(f"{named(node)} makes a text of {len(made):,} characters", *parts)
    return Value(made).with_history(parts)


def concatenated(asks: Asks, node: Node, slot: int) -> Value:
    mark = asks.of(node, "delimiter")
    between = _as_text(mark.value) if mark.known else ""
    names = [name for name in node.inputs if name.startswith(("string", "text")) and name != "delimiter"]
    return _together(asks, node, sorted(names), between.replace("\\n", "\n")).with_history([mark] if mark.known else [])


def replaced(asks: Asks, node: Node, slot: int) -> Value:
    parts = [asks.of(node, name) for name in ("string", "find", "replace")]
    parts = [Value("") if part.absent else part for part in parts]
    missing = first_unknown(parts)
    if missing is not None:
        return unknowable(missing.unknown, *parts)
    text, find, new = (_as_text(part.value) for part in parts)
    if len(text) + text.count(find) * len(new) > _LONGEST:
        return unknowable(f"{named(node)} makes too long a text", *parts)
    return Value(text.replace(find, new)).with_history(parts)


def trimmed(asks: Asks, node: Node, slot: int) -> Value:
    text, mode = asks.of(node, "string"), asks.of(node, "mode")
    if not text.known or not mode.known:
        return text
    cut = {"Left": str.lstrip, "Right": str.rstrip}.get(str(mode.value), str.strip)
    return Value(cut(_as_text(text.value))).with_history([text, mode])


def extracted(asks: Asks, node: Node, slot: int) -> Value:
    """A text that a pattern finds. Only the pattern for "line number n" is worked out: others may take for ever."""
    parts = [asks.of(node, name) for name in ("string", "regex_pattern")]
    missing = first_unknown(parts)
    if missing is not None:
        return unknowable(missing.unknown, *parts)
    wanted = _LINE.match(_as_text(parts[1].value))
    lines = _as_text(parts[0].value).split("\n")
    if wanted is None or int(wanted[1]) >= len(lines):
        return unknowable(f"{named(node)} takes a part of a text by a pattern", *parts)
    return Value(lines[int(wanted[1])]).with_history(parts)


# (?:[^\n]*\n){3}([^\n]*), with or without its anchors
_LINE = re.compile(r"^\^?\(\?:\[\^\\n\]\*\\n\)\{(\d{1,4})\}\(\[\^\\n\][*+]\)")


def passed(*names: str) -> Rule:
    """A node that hands on the first of these inputs that it has."""

    def rule(asks: Asks, node: Node, slot: int) -> Value:
        name = next((name for name in names if name in node.inputs), names[0])
        return asks.of(node, name)

    return rule


def encoded_text(asks: Asks, node: Node) -> Value:
    """The words of a node that encodes a prompt."""
    for name in ("text", "prompt", "positive_prompt", "text_positive", "t5xxl", "clip_l", "text_g", "positive"):
        found = node.inputs.get(name)
        if isinstance(found, (str, Link)):
            return asks.of(node, name)
    return unknowable(f"{named(node)} encodes a prompt in a way that is not known here")


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


RULES: dict[str, Rule] = {
    **dict.fromkeys(
        (
            "PrimitiveString",
            "PrimitiveStringMultiline",
            "StringConstant",
            "StringConstantMultiline",
            "String Literal",
            "Text Multiline",
            "Text Prompt",
            "Text Box",
            "JWString",
            "JWStringMultiline",
            "easy string",
            "easy positive",
            "easy negative",
            "CR Text",
            "CR Prompt Text",
            "TextInput_",
            "ttN text",
            "DF_Text_Box",
            "PromptText",
        ),
        passed("value", "string", "text", "Text", "prompt", "positive", "negative"),
    ),
    **dict.fromkeys(("PreviewAny", "easy showAnything", "ShowText|pysssss"), passed("source", "anything", "text")),
    **dict.fromkeys(("StringConcatenate", "JoinStrings", "Text Concatenate", "CR Text Concatenate"), concatenated),
    **dict.fromkeys(ENHANCERS, enhanced),
    "StringReplace": replaced,
    "StringTrim": trimmed,
    "RegexExtract": extracted,
}
