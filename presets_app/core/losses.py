"""What happens to each field on the way from a document to a target, and back."""

from __future__ import annotations

from collections.abc import Iterable
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


@dataclass(frozen=True)
class Group:
    """The fields of one fate. `more` is how many are not in `losses`; `open` whether they are worth a look at once."""

    status: LossStatus
    losses: list[Loss]
    count: int
    open: bool

    @property
    def more(self) -> int:
        return self.count - len(self.losses)


# What needs a look comes first.
ORDER: tuple[LossStatus, ...] = ("approximated", "dropped", "defaulted", "mapped", "carried")
_LISTED = 200  # of one fate on a page; a workflow at the limit has tens of thousands of fields
_FEW = 12


def grouped(losses: Iterable[Loss]) -> list[Group]:
    """The losses by what happened, those first that change the video."""
    held: dict[str, list[Loss]] = {status: [] for status in ORDER}
    for loss in losses:
        held[loss.status].append(loss)
    return [
        Group(
            status,
            found[:_LISTED],
            len(found),
            status == "approximated" or (status != "carried" and len(found) <= _FEW),
        )
        for status in ORDER
        if (found := held[status])
    ]
