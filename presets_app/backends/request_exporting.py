"""A compiled request in the envelope that exports share: model, method, path, headers and body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from presets_app.backends.base import Compiled, Exported
from presets_app.core.ledger import BOOKKEEPING, DESCRIBES, leaves
from presets_app.core.losses import Loss
from presets_app.core.pointers import joined
from presets_app.core.problems import Problem, has_errors
from presets_app.core.schema import validate

_SENDING = "How a request is sent."


@dataclass(frozen=True)
class Envelope:
    """Where a request goes. `places` says below which parent a flat field stands ("input"), `below` where the others
    do; `fixed` holds parts of the body that no field of the model decides. Never a key: the client adds it."""

    path: str
    below: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def target(self, pointer: str) -> str:
        """A pointer into the flat body, or the word "model", as a pointer into the output."""
        if not pointer.startswith("/"):
            return f"/{pointer}" if pointer else ""
        parent = self.places.get(pointer.split("/")[1], self.below)
        return f"/body/{parent}{pointer}" if parent else f"/body{pointer}"


def exported(compiled: Compiled, envelope: Envelope) -> Exported:
    """The whole output, with entries for the parts that say only how it is sent."""
    output: dict[str, Any] = {"model": compiled.model, "method": "POST", "path": envelope.path}
    if envelope.headers:
        output["headers"] = dict(envelope.headers)
    body: dict[str, Any] = {**envelope.fixed, **({envelope.below: {}} if envelope.below else {})}
    for name, value in compiled.body.items():
        parent = envelope.places.get(name, envelope.below)
        (body.setdefault(parent, {}) if parent else body)[name] = value
    output["body"] = body
    losses = [replace(loss, target_path=envelope.target(loss.target_path)) for loss in compiled.losses]
    return Exported(output, losses + _sending(output, losses, envelope), compiled.problems)


def refused(document: Mapping[str, Any], problems: list[Problem]) -> Exported:
    """No request at all, and why."""
    losses = [Loss(path, "dropped", "", value, None, _why(path)) for path, value in leaves(document)]
    return Exported({}, losses, problems)


def unusable(document: Mapping[str, Any]) -> list[Problem]:
    """What makes a document too odd to be compiled: parts of the wrong kind. A draft's gaps are no fault here."""
    found = validate(document, draft=True)
    return [problem for problem in found if problem.severity == "error"] if has_errors(found) else []


def _why(path: str) -> str:
    aside = path.split("/")[1:2] and path.split("/")[1] in BOOKKEEPING
    return DESCRIBES if aside else "No request could be made of the preset."


def _sending(output: dict[str, Any], losses: list[Loss], envelope: Envelope) -> list[Loss]:
    told = {loss.target_path for loss in losses}
    fixed = {pointer for pointer, _ in leaves(dict(envelope.fixed), "/body")} if envelope.fixed else set()
    chosen = {"/model", "/path", joined(("model",), "/body")} | fixed
    found = []
    for pointer, value in leaves(output):
        if pointer not in told and (pointer in chosen or value == {} or not pointer.startswith("/body/")):
            by_model = pointer in chosen and value != {}
            note = "Follows from the model." if by_model else _SENDING
            found.append(Loss("", "mapped" if by_model else "defaulted", pointer, None, value, note))
    return found
