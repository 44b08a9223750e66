"""The books of one conversion: every leaf of the document and every field of the target is entered once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from presets_app.core.losses import Loss, LossStatus
from presets_app.core.pointers import joined

# Members of a document that describe it and never reach a renderer.
BOOKKEEPING = frozenset({"format", "name", "description", "prompt_expansion", "environment", "hardware"})
DESCRIBES = "Describes the preset and is not part of a request."
UNKNOWN = "unknown"


class Ledger:
    """Collects one entry for each part of either side.

    Paths are JSON pointers: of the document on the left, of the target's request (or of the file that is imported)
    on the right. `open_leaves` are the document's leaves without an entry, `open_fields` the target's."""

    def __init__(self, document: Mapping[str, Any], fields: Iterable[str] = ()) -> None:
        self.document = document
        self.entries: list[Loss] = []
        self._leaves = dict(leaves(document))
        self._fields = dict.fromkeys(fields)

    def value(self, path: str) -> Any:
        """The leaf at a pointer, None when absent."""
        return self._leaves.get(path)

    def has(self, path: str) -> bool:
        return path in self._leaves

    def open_leaves(self) -> list[str]:
        done = {entry.path for entry in self.entries}
        return [path for path in self._leaves if path not in done]

    def open_fields(self) -> list[str]:
        done = {entry.target_path for entry in self.entries}
        return [path for path in self._fields if path not in done]

    def enter(
        self,
        path: str,
        target: str,
        after: Any,
        *,
        status: LossStatus | None = None,
        note: str = "",
        before: Any = None,
    ) -> None:
        """A leaf that reaches a field: carried when the value is the same, mapped when it is said in other words."""
        own = self.value(path) if before is None else before
        kept: LossStatus = "carried" if type(own) is type(after) and own == after else "mapped"
        self.entries.append(Loss(path, status or kept, target, own, after, note))

    def approximate(self, path: str, target: str, after: Any, error: str) -> None:
        """A leaf that the target can only come near to; `error` says by how much, with its unit."""
        self.entries.append(Loss(path, "approximated", target, self.value(path), after, error))

    def drop(self, path: str, note: str) -> None:
        self.entries.append(Loss(path, "dropped", "", self.value(path), None, note))

    def default(self, target: str, after: Any, note: str = "") -> None:
        """A field that no leaf decides. `after` is the value that holds, "unknown" where nobody says."""
        self.entries.append(Loss("", "defaulted", target, None, after, note))

    def closed(self, dropped: str, defaulted: str = "Not stated: the default holds.") -> list[Loss]:
        """Enter what is left on both sides and hand the books over."""
        for path in self.open_leaves():
            self.drop(path, DESCRIBES if path.split("/")[1] in BOOKKEEPING else dropped)
        for field in self.open_fields():
            self.default(field, UNKNOWN, defaulted)
        return self.entries


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(JSON pointer, value) of every leaf: scalars, empty containers, and lists of scalars as one."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, joined((key,), path))
    elif isinstance(value, list) and any(isinstance(inner, (dict, list)) for inner in value):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}/{index}")
    else:
        yield path, value


def unaccounted(document: Mapping[str, Any], fields: Iterable[str], entries: Iterable[Loss]) -> set[str]:
    """Leaves and fields that no entry names; what a conversion's test asks to be empty."""
    told = list(entries)
    paths, targets = {entry.path for entry in told}, {entry.target_path for entry in told}
    missing = {path for path, _ in leaves(document) if path not in paths}
    return missing | {field for field in fields if field not in targets}
