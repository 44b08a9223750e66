"""Prompts: what is cut off, and what the camera would have nothing to show for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from presets_app.core.families import is_open_wan
from presets_app.core.problems import Problem

_LTX_2 = ("ltx-2", "ltx-2.3", "ltx-2.5")
_TOKENS_A_WORD = 1.3  # usual for English in SentencePiece vocabularies; other languages take more
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|\d")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts in which about each sign is a token
_SENTENCE = re.compile(r"[^.!?;\n]+")
_MOVES = re.compile(
    r"\b(?:pans?|panning|tilts?|tilting|zooms?|zooming|doll(?:y|ies|ying)|tracks?|tracking|orbits?|orbiting|"
    r"cranes?|craning|trucks?|trucking|pushes|pull(?:s|ing)? (?:back|out)|push(?:ing)? in|moves?|moving)\b"
)
_CAMERA = re.compile(r"\b(?:camera|shot|lens|view)\b")
_SAYS_NOTHING = re.compile(
    r"(?:an?|the|camera|shot|lens|view|and|then|it|is|slow(?:ly)?|fast|quickly|gently|smooth(?:ly)?|steady|to|from|of|"
    r"left|right|up|down|in|out|back|(?:for|back|up|down)wards?|around|across|away|over|with|motion|movement|side|"
    r"mov(?:es?|ing)|pan(?:s|ning)?|tilt(?:s|ing)?|zoom(?:s|ing)?|doll(?:y|ies|ying)|track(?:s|ing)?|orbit(?:s|ing)?|"
    r"cran(?:es?|ing)|truck(?:s|ing)?|push(?:es|ing)?|pull(?:s|ing)?|starts|begins|continues|handheld|cinematic)"
)


def prompt_long(document: dict[str, Any]) -> Iterator[Problem]:
    """Tokens are guessed from words, since counting them needs the tokenizer."""
    limit = 512 if is_open_wan(document) else 1024 if document.get("family") in _LTX_2 else 0
    for field in ("prompt", "negative_prompt") if limit else ():
        text = document.get(field)
        tokens = _tokens(text) if isinstance(text, str) else 0
        if tokens > limit:
            yield Problem(
                "prompt_long",
                "warning",
                f"/{field}",
                f"This text has about {tokens:,} tokens, by its words; the text encoder reads {limit:,}, and"
                " diffusers drops the rest without a word.",
                "Shorten it, with what matters most at its start.",
                f"diffusers 0.42.1: max_sequence_length {limit} by default; the count here is an estimate",
            )


def _tokens(text: str) -> int:
    dense = len(_DENSE.findall(text))
    return dense + int(_TOKENS_A_WORD * len(_WORD.findall(_DENSE.sub(" ", text))))


def camera_alone(document: dict[str, Any]) -> Iterator[Problem]:
    """A sentence of camera words only: "The camera pans left."."""
    text = document.get("prompt")
    for sentence in _SENTENCE.findall(text.lower()) if isinstance(text, str) else ():
        said = _WORD.findall(sentence)
        if _CAMERA.search(sentence) and _MOVES.search(sentence) and all(map(_SAYS_NOTHING.fullmatch, said)):
            yield Problem(
                "camera_without_subject",
                "note",
                "/prompt",
                "A sentence moves the camera and does not say what it then shows.",
                "Describe the subject again where the camera moves, or it may change its looks.",
                "Reported by people who render with LTX-2 and WAN",
            )
            return


CHECKS = (prompt_long, camera_alone)
