"""What a language model is asked for when it writes a prompt out, and what of its answer is kept."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 4000  # characters kept of an answer; video models read a few hundred words at most
INSTRUCTION = (
    "You write prompts for a video model. Rewrite the idea you are given as one paragraph of plain prose about "
    "a single shot: the subject with its looks, what it does from beginning to end, the place, the light, and the "
    "camera. Each time the camera moves or turns, describe the subject again in the same words, so that it stays the "
    "same. Add no dialogue that is not in the idea. Answer with the paragraph only."
)
_THOUGHT = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)


def messages(instruction: str, text: str) -> list[dict[str, str]]:
    """The conversation, as chat templates and chat endpoints take it."""
    return [{"role": "system", "content": instruction}, {"role": "user", "content": text}]


def cleaned(answer: str) -> str:
    """The words of an answer as a prompt: without what the model thought aloud, control characters, and quotes around
    the whole. "" when nothing is left."""
    text = _THOUGHT.sub(" ", answer)
    plain = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn") else letter for letter in text
    )
    words = " ".join(plain.split())
    if len(words) > 1 and words[0] in "\"'“" and words[-1] in "\"'”":
        words = words[1:-1].strip()
    return words[:LONGEST].strip()
