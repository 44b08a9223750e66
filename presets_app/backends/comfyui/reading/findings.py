"""Problems met while reading, in order, and no more of one kind than a person would look at."""

from __future__ import annotations

from collections import Counter

from presets_app.core.problems import Problem, Severity

MOST_OF_ONE_KIND = 40
_LONGEST = 90  # characters of a title or value in a message


class Findings:
    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._counts: Counter[str] = Counter()
        self._severities: dict[str, Severity] = {}

    def add(self, code: str, severity: Severity, message: str, hint: str = "", source: str = "") -> None:
        self._counts[code] += 1
        self._severities.setdefault(code, severity)
        if self._counts[code] <= MOST_OF_ONE_KIND:
            self._problems.append(Problem(code, severity, "", message, hint, source))

    def problems(self) -> tuple[Problem, ...]:
        further = {code: count - MOST_OF_ONE_KIND for code, count in self._counts.items()}
        rest = [
            Problem(code, self._severities[code], "", f"There are {count:,} more problems of this kind.")
            for code, count in further.items()
            if count > 0
        ]
        return (*self._problems, *rest)


def shortened(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def called(identifier: str, class_type: str, title: str = "") -> str:
    """How messages name a node: `node 92:3 "Positive" (CLIPTextEncode)`."""
    quoted = f' "{shortened(title)}"' if title and title != class_type else ""
    return f"node {shortened(identifier)}{quoted} ({shortened(class_type)})"


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
