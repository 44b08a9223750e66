"""One change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["added", "removed", "changed"]
Words = tuple[tuple[Literal["same", "removed", "added"], str], ...]
WITHHELD = "(withheld)"


@dataclass(frozen=True)
class Change:
    """`path` points into the new document, or into the old one for what was removed. `before` and `after` are the
    values, None where there is none. `words` splits a changed prompt: "same" and "removed" joined are the text
    before, "same" and "added" the text after."""

    path: str
    kind: Kind
    label: str
    before: Any = None
    after: Any = None
    words: Words = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "kind": self.kind,
            "label": self.label,
            "before": self.before,
            "after": self.after,
            "words": [list(word) for word in self.words],
        }
