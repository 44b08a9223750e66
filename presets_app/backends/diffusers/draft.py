"""What an import is built in: the document, the books and the problems of one conversion."""

from __future__ import annotations

from typing import Any

from presets_app.backends.base import Imported
from presets_app.backends.diffusers.form import SOURCE
from presets_app.backends.diffusers.normalizing import Source
from presets_app.core.ledger import leaves
from presets_app.core.losses import Loss, LossStatus
from presets_app.core.pointers import joined, parts_of, value_at
from presets_app.core.problems import Problem, Severity
from presets_app.core.secrets import find, is_secret, paths, shown

_MOST_NAMED = 12
_NO_PLACE = "A preset has no such part."


class Draft:
    """The document grows by pointer. Each part of the file is settled once: taken, or set aside with a reason."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.document: dict[str, Any] = {}
        self.losses: list[Loss] = []
        self.problems: list[Problem] = []
        self._settled: set[str] = set()

    def value(self, target: str) -> Any:
        """A part of the call by its pointer in the form, None when absent."""
        return value_at(self.source.form, target)

    def has(self, target: str) -> bool:
        parts = parts_of(target)
        above = value_at(self.source.form, joined(parts[:-1]))
        return isinstance(above, dict) and parts[-1] in above

    def set(self, path: str, value: Any) -> None:
        place: Any = self.document
        *above, last = parts_of(path)
        for part in above:
            place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
        place[last] = value

    def take(
        self,
        target: str,
        path: str,
        value: Any,
        *,
        note: str = "",
        status: LossStatus | None = None,
        write: bool = True,
    ) -> None:
        """A part of the call as a leaf of the document."""
        if write:
            self.set(path, value)
        before = self.value(target)
        kept: LossStatus = "carried" if type(before) is type(value) and before == value else "mapped"
        self._book(target, path, status or kept, value, note)

    def aside(self, target: str, note: str, status: LossStatus = "carried") -> None:
        """A part that decides nothing a preset holds, or that holds already."""
        self._book(target, "", status, None, note)

    def lose(self, target: str, code: str, path: str, message: str, hint: str = "") -> None:
        """A part that changes the video and has no place in a preset."""
        if self.has(target):
            self.aside(target, message, "dropped")
            self.trouble(code, "warning", path, message, hint, target)

    def assume(self, path: str, value: Any, note: str) -> None:
        """A leaf that the file does not say and that takes effect all the same."""
        self.set(path, value)
        self.losses.append(Loss(path, "defaulted", "", None, value, note))

    def trouble(self, code: str, severity: Severity, path: str, message: str, hint: str = "", target: str = "") -> None:
        line = self.source.lines.get(target)
        source = f"line {line} of the script" if line else SOURCE
        self.problems.append(Problem(code, severity, path, message, hint, source))

    def is_settled(self, target: str) -> bool:
        return all(path in self._settled for path, _ in leaves(self.value(target), target))

    def line(self, target: str) -> str:
        """ " (line 12)" for a part that a script says, "" otherwise."""
        line = self.source.lines.get(target)
        return f" (line {line})" if line else ""

    def _book(self, target: str, path: str, status: LossStatus, after: Any, note: str) -> None:
        if not self.has(target):
            return
        for inner, value in leaves(self.value(target), target):
            where = self.source.where(inner) or inner
            if inner not in self._settled:
                self._settled.add(inner)
                told = f"{note}{self.line(inner) or self.line(target)}".strip()
                self.losses.append(Loss(path, status, where, after, value, told))

    def closed(self, came_from: str) -> Imported:
        """Settle what nothing asked for, and hand the books over."""
        for path, _ in leaves(self.source.form):
            if path and path not in self._settled:
                where = self.source.where(path) or path
                note = f"{_NO_PLACE}{self.line(path)}"
                self.losses.append(Loss("", "dropped", where, None, None, note))
        told = {loss.target_path for loss in self.losses}
        unread = [path for path, _ in leaves(self.source.file) if path and path not in told]
        self.losses.extend(Loss("", "dropped", path, None, None, _NO_PLACE) for path in unread)
        strays = [loss.target_path for loss in self.losses if loss.note.startswith(_NO_PLACE)]
        self._name_strays([path for path in strays if value_at(self.source.file, path) is not None])
        return self._without_secrets(came_from)

    def _name_strays(self, strays: list[str]) -> None:
        for where in strays[:_MOST_NAMED]:
            last = parts_of(where)[-1]
            text = f"The field {shown(last)} is not carried over: a preset has no such part."
            self.trouble("field_not_in_preset", "note", "", text, "Check whether it changes the video.")
        if len(strays) > _MOST_NAMED:
            text = f"{len(strays) - _MOST_NAMED} more fields are not carried over; the table of losses lists them."
            self.trouble("field_not_in_preset", "note", "", text, "Check whether they change the video.")

    def _without_secrets(self, came_from: str) -> Imported:
        """No loss repeats a secret of the file; one in the document is a finding, and the document is withheld."""
        hidden = paths(dict(self.source.file))
        losses = [self._speakable(loss, hidden) for loss in self.losses]
        found = find(self.document)
        if hidden and not found:
            where = ", ".join(sorted(hidden)[:3])
            text = f"The file holds what looks like a secret ({where}); it is not carried over."
            self.trouble("secret_left_out", "warning", "", text, "Take it out of the file, and replace the secret.")
        if found:
            return Imported(None, losses, found, came_from)
        return Imported(self.document, losses, self.problems, came_from)

    def _speakable(self, loss: Loss, hidden: frozenset[str]) -> Loss:
        values = (loss.before, loss.after)
        secret = any(isinstance(value, str) and is_secret(value) for value in values) or loss.target_path in hidden
        if secret:
            return Loss(loss.path, loss.status, loss.target_path, None, None, "Withheld: it looks like a secret.")
        return loss
