"""A draft document that is filled from a service's request, with the fate of each field of the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise, takewhile
from typing import Any

from presets_app.backends.base import Imported
from presets_app.core import secrets
from presets_app.core.ledger import leaves
from presets_app.core.losses import Loss, LossStatus
from presets_app.core.pointers import joined, parts_of
from presets_app.core.problems import Problem, Severity
from presets_app.core.schema import validate

_WITHHELD = "(withheld: it looks like a secret)"
_TRAVEL = frozenset({"method", "path", "url", "endpoint", "headers", "webhook", "policy", "s3Config"})
_KEPT = frozenset({"prompt_too_long", "schema_length", "character_invalid"})
_NAMED = 50  # fields that nobody knows and that are named one by one


class Draft:
    """Pointers on the left are the document's, on the right the file's. What looks like a secret is found first, and
    neither it nor anything below it gets into the document, a loss or a message."""

    def __init__(self, value: Mapping[str, Any], came_from: str, source: str) -> None:
        self.document: dict[str, Any] = {"format": "matchframe/preset/1", "models": {}, "stages": [{"role": "base"}]}
        self.came_from = came_from
        self.source = source
        self.problems: list[Problem] = secrets.find(value)
        self._hidden = frozenset(problem.path for problem in self.problems)
        self._losses: list[Loss] = []
        self._open: dict[str, Any] = {}
        for pointer, leaf in leaves(value):
            self._meet(pointer, leaf)

    def has(self, pointer: str) -> bool:
        """Whether a leaf is there to be read: not settled yet and no secret."""
        return pointer in self._open

    def below(self, pointer: str) -> list[str]:
        return [leaf for leaf in self._open if leaf == pointer or leaf.startswith(f"{pointer}/")]

    def open_fields(self) -> list[str]:
        return list(self._open)

    def put(
        self,
        path: str,
        pointer: str,
        value: Any,
        *,
        status: LossStatus | None = None,
        note: str = "",
        before: Any = None,
    ) -> None:
        """Write a value into the document for a field of the file."""
        self.write(path, value)
        self.enter(path, pointer, value, status=status, note=note, before=before)

    def write(self, path: str, value: Any) -> None:
        _write(self.document, parts_of(path), value)

    def enter(
        self,
        path: str,
        pointer: str,
        value: Any,
        *,
        status: LossStatus | None = None,
        note: str = "",
        before: Any = None,
    ) -> None:
        """Settle a field of the file by a part of the document that stands there already."""
        own = self._open.pop(pointer, before)
        same = type(own) is type(value) and own == value
        kept: LossStatus = status or ("carried" if same else "mapped")
        self._losses.append(Loss(path, kept, pointer, value, own, note))

    def drop(self, pointer: str, note: str, *, instead: str = "") -> None:
        """Settle a field that goes nowhere; `instead` is told in place of a value that is too large to tell."""
        own = self._open.pop(pointer, None)
        self._losses.append(Loss("", "dropped", pointer, None, instead or own, note))

    def trouble(self, code: str, path: str, message: str, hint: str = "", severity: Severity = "warning") -> None:
        self.problems.append(Problem(code, severity, path, message, hint, self.source))

    def closed(self) -> Imported:
        """Enter what is left of the file, name the parts that are still to be completed, and hand the draft over."""
        self.rest()
        self._impossible_task()
        self._impossible_values()
        told = {problem.path for problem in self.problems if problem.severity == "error"}
        for name in ("family", "task", "prompt", "width", "height", "frames", "fps"):
            if name not in self.document and f"/{name}" not in told:
                text = f"The request does not say the {name}."
                self.trouble("not_stated", f"/{name}", text, f"Set the {name} before saving.", "error")
        return Imported(self.document, self._losses, self.problems, self.came_from)

    def _impossible_task(self) -> None:
        """Leave out a task that the request's fields would make and the family cannot do."""
        said = {name: self.document[name] for name in ("format", "family", "task") if name in self.document}
        if any(problem.code == "task_not_for_family" for problem in validate(said, draft=True)):
            task = self.document.pop("task")
            text = f"The request's fields are those of {task}, which {said['family']} cannot do."
            self.trouble("task_not_for_family", "/task", text, "Set the task by hand.", "error")

    def _impossible_values(self) -> None:
        """Take out again what the format does not take, such as a guidance of 5,000. Long texts stay, to be cut."""
        for fault in validate(self.document, draft=True):
            place = next((at for at, loss in enumerate(self._losses) if _covers(loss.path, fault.path)), None)
            if fault.severity != "error" or fault.code in _KEPT or place is None:
                continue
            loss = self._losses[place]
            _remove(self.document, parts_of(loss.path))
            self._losses[place] = replace(loss, path="", status="dropped", before=None, note=fault.message)
            self.trouble("value_not_understood", loss.path, fault.message, fault.hint)

    def rest(self) -> list[Loss]:
        """All entries, once those are made for what nobody has read."""
        unknown = 0
        for pointer in self.open_fields():
            if parts_of(pointer)[:1] and parts_of(pointer)[0] in _TRAVEL:
                self.drop(pointer, "About how a request is sent.")
                continue
            unknown += 1
            if unknown <= _NAMED:
                name = secrets.shown(parts_of(pointer)[-1] if pointer else "")
                text = f"The request's field {name} has no part in a preset."
                self.trouble("field_not_known", "", text, severity="note")
            self.drop(pointer, "A preset has no such part.")
        if unknown > _NAMED:
            text = f"{unknown - _NAMED:,} more fields of the request have no part in a preset."
            self.trouble("field_not_known", "", text, severity="note")
        return self._losses

    def _meet(self, pointer: str, leaf: Any) -> None:
        if not self._hidden or not any(path in self._hidden for path in _upwards(pointer)):
            self._open[pointer] = leaf
        else:
            spoken = takewhile(lambda part: not secrets.unspeakable(part), parts_of(pointer))
            self._losses.append(Loss("", "dropped", joined(spoken), None, _WITHHELD, "A secret is never taken over."))


def _upwards(pointer: str) -> Iterator[str]:
    """The pointer and everything it lies in."""
    yield pointer
    while pointer:
        pointer = pointer.rpartition("/")[0]
        yield pointer


def _covers(path: str, fault: str) -> bool:
    return bool(path) and (fault == path or fault.startswith(f"{path}/"))


def _remove(held: Any, parts: list[str]) -> None:
    for part in parts[:-1]:
        held = held[int(part)] if isinstance(held, list) else held.get(part, {})
    if isinstance(held, dict):
        held.pop(parts[-1], None)


def _write(held: Any, parts: list[str], value: Any) -> None:
    """Write below objects and lists, making what is missing; a list's next entry is made, no later one."""
    for part, after in pairwise(parts):
        if isinstance(held, list):
            if int(part) == len(held):
                held.append([] if after.isdecimal() else {})
            held = held[int(part)]
        else:
            held = held.setdefault(part, [] if after.isdecimal() else {})
    if isinstance(held, list):
        held.append(value)
    else:
        held[parts[-1]] = value
