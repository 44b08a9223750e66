"""What an export is built in: the output, the books and the problems of one conversion."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from presets_app.core.ledger import Ledger, leaves
from presets_app.core.losses import LossStatus
from presets_app.core.pointers import parts_of, value_at
from presets_app.core.problems import Problem, Severity

SOURCE = "diffusers 0.42.1"
FIXED = "The same for every preset: no part of it decides this."


class Form:
    """The output grows by pointer, and each part of it is entered in the books as it is put."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.ledger = Ledger(document)
        self.output: dict[str, Any] = {}
        self.problems: list[Problem] = []

    def value(self, path: str) -> Any:
        return self.ledger.value(path)

    def put(self, target: str, value: Any, path: str = "", *, note: str = "", status: LossStatus | None = None) -> None:
        """Set a part of the output: for the document's leaf at `path`, or as a default when no leaf decides it."""
        self._set(target, value)
        for field, inner in leaves(value, target):
            if path and self.ledger.has(path):
                self.ledger.enter(path, field, inner, status=status, note=note)
            else:
                self.ledger.default(field, inner, note or FIXED)

    def near(self, target: str, value: Any, path: str, error: str) -> None:
        """Set a part that only comes near to the leaf; `error` says by how much."""
        self._set(target, value)
        self.ledger.approximate(path, target, value, error)

    def share(self, path: str, target: str, after: Any, note: str = "", status: LossStatus | None = None) -> None:
        """Settle a leaf by a part that is there already, or that the script's own words say."""
        if self.ledger.has(path):
            self.ledger.enter(path, target, after, status=status, note=note)

    def keep(self, path: str, note: str) -> None:
        """Settle a leaf that holds in diffusers without being said."""
        if self.ledger.has(path):
            self.ledger.enter(path, "", self.value(path), status="carried", note=note)

    def drop(self, path: str, note: str) -> None:
        if self.ledger.has(path):
            self.ledger.drop(path, note)

    def output_at(self, target: str) -> Any:
        return value_at(self.output, target)

    def is_open(self, path: str) -> bool:
        return path in self.ledger.open_leaves()

    def trouble(self, code: str, severity: Severity, path: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(code, severity, path, message, hint, SOURCE))

    def refuse(self, path: str, code: str, message: str, hint: str = "", severity: Severity = "error") -> None:
        """A leaf that would change the video and that diffusers cannot be told."""
        if self.ledger.has(path):
            self.trouble(code, severity, path, message, hint)
            self.drop(path, message)

    def _set(self, target: str, value: Any) -> None:
        parts = parts_of(target)
        place: Any = self.output
        for part, following in pairwise(parts):
            fresh: Any = [] if following.isdecimal() else {}
            place = _step(place, part, fresh)
        _step(place, parts[-1], value, replace=True)


def _step(place: Any, part: str, fresh: Any, *, replace: bool = False) -> Any:
    if isinstance(place, list):
        at = int(part)
        if at == len(place):
            place.append(fresh)
        elif replace:
            place[at] = fresh
        return place[at]
    if replace or part not in place:
        place[part] = fresh
    return place[part]
