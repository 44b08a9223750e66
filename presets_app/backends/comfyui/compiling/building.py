"""The graph while it is being put together: nodes, and the books of where each literal came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from presets_app.core.ledger import Ledger
from presets_app.core.losses import LossStatus
from presets_app.core.pointers import joined
from presets_app.core.problems import Problem, Severity

SOURCE = "ComfyUI's nodes"


@dataclass(frozen=True)
class Out:
    """One output of a node that is in the graph already."""

    node: str
    slot: int = 0


@dataclass(frozen=True)
class Given:
    """A literal that the document decides: `path` is the leaf, `also` other leaves that the same literal settles."""

    path: str
    value: Any
    note: str = ""
    status: LossStatus | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fixed:
    """A literal that no leaf decides, with the reason for its value."""

    value: Any
    note: str


Input = Out | Given | Fixed
ALONE = Fixed(1, "One video at a time.")


class Builder:
    """`graph` is what is posted as `prompt`. Nodes are numbered in the order they are added, so one document always
    gives the same graph. `landmarks` tells which node stands for a leaf that chose a node and not a literal."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.ledger = Ledger(document)
        self.graph: dict[str, dict[str, Any]] = {}
        self.problems: list[Problem] = []
        self.landmarks: dict[str, str] = {}
        self._made: dict[tuple[Any, ...], str] = {}
        self._entered: set[tuple[str, str]] = set()

    def add(self, class_type: str, title: str, inputs: Mapping[str, Input]) -> str:
        """Put a node into the graph and its literals into the books; the node's id."""
        node = str(len(self.graph) + 1)
        written: dict[str, Any] = {}
        self.graph[node] = {"class_type": class_type, "inputs": written, "_meta": {"title": title}}
        for name, value in inputs.items():
            written[name] = [value.node, value.slot] if isinstance(value, Out) else value.value
            self._enter(joined((node, "inputs", name)), value)
        return node

    def once(self, class_type: str, title: str, inputs: Mapping[str, Input]) -> str:
        """Like `add`, for nodes that load a file: a second request for the same file takes the node that is there."""
        key = (class_type, tuple((name, _plain(value)) for name, value in inputs.items()))
        if key not in self._made:
            self._made[key] = self.add(class_type, title, inputs)
        else:
            for name, value in inputs.items():
                if isinstance(value, Given):
                    self._enter(joined((self._made[key], "inputs", name)), value)
        return self._made[key]

    def trouble(self, code: str, severity: Severity, path: str, message: str, hint: str, source: str = SOURCE) -> None:
        found = Problem(code, severity, path, message, hint, source)
        if found not in self.problems:
            self.problems.append(found)

    def value(self, path: str) -> Any:
        return self.ledger.value(path)

    def keep(self, path: str, note: str, target: str = "", after: Any = None) -> None:
        """Settle a leaf that holds in the graph without a literal of its own."""
        if self.ledger.has(path) and (path, target) not in self._entered:
            self._entered.add((path, target))
            own = self.value(path)
            told = own if after is None else after
            self.ledger.enter(path, target, told, note=note, status="carried" if told is own else None)

    def place_of(self, node: str, name: str) -> str:
        return joined((node, "inputs", name))

    def path_behind(self, target: str) -> str:
        """The document's leaf that decided a literal of the graph, "" when none did."""
        return next((entry.path for entry in self.ledger.entries if entry.target_path == target and entry.path), "")

    def _enter(self, target: str, value: Input) -> None:
        if isinstance(value, Fixed):
            self.ledger.default(target, value.value, value.note)
        elif isinstance(value, Given):
            for path in (value.path, *value.also):
                if (path, target) in self._entered:
                    continue
                self._entered.add((path, target))
                self.ledger.enter(path, target, value.value, status=value.status, note=value.note)


def _plain(value: Input) -> Any:
    return (value.node, value.slot) if isinstance(value, Out) else repr(value.value)
