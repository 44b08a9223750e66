"""What happens to each field on the way from a document to a target, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

LossStatus = Literal["carried", "mapped", "approximated", "dropped", "defaulted"]


@dataclass(frozen=True)
class Loss:
    """One field's fate. `path` points into the document ("" for a field only the target has), `target_path` into
    the target's request ("" when dropped). `before` and `after` are the values on each side, None when absent."""

    path: str
    status: LossStatus
    target_path: str
    before: Any
    after: Any
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "status": self.status,
            "target_path": self.target_path,
            "from": self.before,
            "to": self.after,
            "note": self.note,
        }
