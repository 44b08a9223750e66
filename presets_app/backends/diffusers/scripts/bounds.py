"""How large a script may be, decided before it is parsed, and parsing that cannot take the process along."""

from __future__ import annotations

import ast
import re
import warnings

from presets_app.core.problems import Problem

LARGEST = 1024 * 1024  # characters; a long script is some 50,000
_MOST_TOKENS = 200_000  # a node of the tree takes about 400 bytes
_DEEPEST = 90  # brackets, or signs in a row; Python's own parser gives up near 200
_TOKENS = re.compile(r"\w+|[^\w\s]")
_SIGNS_IN_A_ROW = re.compile(r"(?:[-+~]\s*){90}|(?:\b(?:not|lambda|await)\b[\s:]*){90}")
_OF_NOTEBOOKS = re.compile(r"(?m)^[ \t]*[!%].*$")  # lines for the shell, as in `!pip install diffusers`
_OPEN, _CLOSED = "([{", ")]}"
_WORDS = re.compile(r"(?m)^\s*(?:from|import)\s+diffusers\b|\bPipeline\.from_(?:pretrained|single_file|pipe)\s*\(")


class UnreadableScript(Exception):
    """Stops a reader with the one problem that explains why."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        self.problem = Problem(code, "error", "", message, hint)
        super().__init__(message)


def looks_like_one(text: str) -> bool:
    """Whether a text imports diffusers or loads a pipeline; only its beginning is looked at."""
    return bool(_WORDS.search(text[:200_000]))


def parsed(text: str) -> ast.Module:
    """The tree of a script. Raises UnreadableScript."""
    if len(text) > LARGEST:
        words = f"The script has {len(text):,} characters; at most {LARGEST:,} are read."
        raise UnreadableScript("script_too_large", words, "Give the part that loads and calls the pipeline.")
    if "\0" in text:
        raise UnreadableScript("script_invalid", "The script holds a null byte, as no Python script does.")
    _bounded(text)
    try:
        try:
            return _tree(text)
        except SyntaxError:
            return _tree(_OF_NOTEBOOKS.sub("", text))
    except SyntaxError as fault:
        words = f"The script is not valid Python: line {fault.lineno or 1}, {_reason(fault)}."
        raise UnreadableScript("script_invalid", words, "Check that the whole file was given.") from None
    except (ValueError, RecursionError, MemoryError, OverflowError):
        raise _too_deep("an unknown place") from None


def _tree(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an odd escape in a prompt is the script's business
        return ast.parse(text)


def _reason(fault: SyntaxError) -> str:
    """Python's own words, without any text of the script in them."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|\(.*", "...", fault.msg or "it breaks off").strip().rstrip(".")[:120]


def _bounded(text: str) -> None:
    depth = 0
    for count, token in enumerate(_TOKENS.finditer(text)):
        sign = token[0]
        if sign in _OPEN:
            depth += 1
        elif sign in _CLOSED:
            depth = max(0, depth - 1)
        if depth > _DEEPEST:
            raise _too_deep(f"line {text.count(chr(10), 0, token.start()) + 1}")
        if count > _MOST_TOKENS:
            words = f"The script has more than {_MOST_TOKENS:,} words and signs."
            raise UnreadableScript("script_too_large", words, "Give the part that loads and calls the pipeline.")
    if _SIGNS_IN_A_ROW.search(text):
        raise _too_deep("a row of signs")


def _too_deep(where: str) -> UnreadableScript:
    words = f"The script is nested too deeply at {where}."
    return UnreadableScript("script_too_deep", words, "Look for a bracket that is never closed.")
