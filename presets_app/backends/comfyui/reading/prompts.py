"""What ComfyUI's editor makes of a prompt before it is sent: comments go, braces are choices."""

from __future__ import annotations

import re

_LINE_COMMENT = re.compile(r"//[^\n\r\u2028\u2029]*")
_ESCAPED = re.compile(r"\\([{}|])")


def expanded(text: str) -> str | None:
    """The text as it is sent: without /* */ and // comments, and without braces that offer nothing to choose.
    None where there is a choice, as in {red|blue}, because it is drawn anew for each run."""
    plain = _without_comments(text)
    kept: list[str] = []
    depth = index = 0
    while index < len(plain):
        letter = plain[index]
        if letter == "\\":
            kept.append(plain[index : index + 2])
            index += 2
            continue
        if letter == "|" and depth:
            return None
        if letter == "{":
            depth += 1
        elif letter == "}" and depth:
            depth -= 1
        else:
            kept.append(letter)
        index += 1
    return _ESCAPED.sub(r"\1", "".join(kept))


def _without_comments(text: str) -> str:
    """Comments of both kinds, whichever begins first. A /* that is never closed is no comment."""
    kept: list[str] = []
    index, last_end = 0, text.rfind("*/")
    while index < len(text):
        begin = text.find("/", index)
        if begin < 0:
            break
        kept.append(text[index:begin])
        if text.startswith("/*", begin) and begin + 2 <= last_end:
            index = text.index("*/", begin + 2) + 2
        elif line := _LINE_COMMENT.match(text, begin):
            index = line.end()
        else:
            kept.append("/")
            index = begin + 1
    return "".join(kept) + text[index:]
