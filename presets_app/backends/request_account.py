"""The books of one compilation: every leaf of the document and every field of the request is entered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app.backends.base import CatalogueModel, Compiled
from presets_app.core.ledger import BOOKKEEPING, DESCRIBES, UNKNOWN, leaves
from presets_app.core.losses import Loss, LossStatus
from presets_app.core.problems import Problem, Severity

SOURCE = "the model's request schema"


class Account:
    """Collects the request's body, and one entry for each part of either side as it is settled.

    Targets are pointers into the flat body ("/prompt", "/loras/0/path"), or the word "model" for what is said by
    the choice of the model."""

    def __init__(self, document: Mapping[str, Any], model: CatalogueModel) -> None:
        self.document = document
        self.model = model
        self.body: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self._losses: list[Loss] = []
        self._leaves = dict(leaves(document))
        self._open_fields = dict(model.properties)

    def value(self, path: str) -> Any:
        """The leaf at a pointer, None when absent."""
        return self._leaves.get(path)

    def has(self, path: str) -> bool:
        return path in self._leaves

    def leaves_below(self, path: str) -> list[str]:
        """The pointer itself or what lies below it, of those that are not settled yet."""
        return [leaf for leaf in self.open_leaves() if leaf == path or leaf.startswith(f"{path}/")]

    def open_leaves(self) -> list[str]:
        """Pointers of the leaves that are not settled yet."""
        done = {loss.path for loss in self._losses}
        return [path for path in self._leaves if path not in done]

    def sent_paths(self) -> dict[str, str]:
        """Which field each leaf was put into."""
        return {loss.path: loss.target_path[1:] for loss in self._losses if loss.target_path.startswith("/")}

    def fact(self, name: str) -> Any:
        """What the built-in catalogue knows of the model beside its fields ("x-fps"); None in a live catalogue."""
        return self.model.request_schema.get(name)

    def spec(self, field: str) -> Mapping[str, Any]:
        return self.model.properties.get(field, {})

    def field(self, *names: str) -> str | None:
        """The first of the names that the request has and that is not settled yet."""
        return next((name for name in names if name in self._open_fields), None)

    def send(
        self,
        path: str,
        field: str,
        value: Any,
        *,
        status: LossStatus | None = None,
        note: str = "",
        before: Any = None,
        about: str = "",
    ) -> None:
        """Put a value into the request for a leaf. A value that the schema does not allow becomes an error at the
        leaf, or at `about` when no single leaf decides."""
        fault = misfit(self.spec(field), value)
        if fault:
            self.trouble("value_not_allowed", path or about, f"The field {field!r} {fault}.", "Change the value.")
        self.body[field] = value
        self._open_fields.pop(field, None)
        own = self.value(path) if before is None else before
        kept: LossStatus = "carried" if own == value else "mapped"
        self._losses.append(Loss(path, status or kept, f"/{field}", own, value, note))

    def put(self, field: str, value: Any) -> None:
        """Put a list into the request whose parts are entered one by one."""
        self.body[field] = value
        self._open_fields.pop(field, None)

    def share(self, path: str, field: str, status: LossStatus = "carried", note: str = "") -> None:
        """Settle a leaf by a field that is sent already."""
        self._losses.append(Loss(path, status, f"/{field}", self.value(path), self.body.get(field), note))

    def settle(self, path: str, status: LossStatus, note: str, target: str = "", after: Any = None) -> None:
        """Settle a leaf without a field of its own."""
        self._losses.append(Loss(path, status, target, self.value(path), after, note))

    def leave(self, field: str, note: str) -> None:
        """Settle a field that is not sent."""
        spec = self._open_fields.pop(field)
        self._losses.append(Loss("", "defaulted", f"/{field}", None, spec.get("default", UNKNOWN), note))

    def trouble(self, code: str, path: str, message: str, hint: str, severity: Severity = "error") -> None:
        source = self.fact("x-source")
        self.problems.append(Problem(code, severity, path, message, hint, source if source else SOURCE))

    def closed(self) -> Compiled:
        """Enter what is left on both sides and hand the books over."""
        for path in self.open_leaves():
            aside = path.split("/")[1] in BOOKKEEPING
            note = DESCRIBES if aside else "The service has no such field."
            self.settle(path, "dropped", note)
        for field in list(self._open_fields):
            self._default(field)
        return Compiled(self.model.model_id, self.body, self._losses, self.problems)

    def _default(self, field: str) -> None:
        if field in self.model.required and "default" not in self.spec(field):
            text = f"The service requires {field!r} and the preset does not state it."
            path = _STATED_BY.get(field, "")
            self.trouble("required_field_missing", path, text, "Complete the preset or choose another model.")
        self.leave(field, "Not stated: the service's default holds.")


_STATED_BY = {
    "prompt": "/prompt",
    "duration": "/frames",
    "resolution": "/width",
    "size": "/width",
    "image": "/inputs/image",
    "image_uri": "/inputs/image",
    "img_url": "/inputs/image",
    "audio": "/inputs/audio",
    "audio_uri": "/inputs/audio",
    "audio_url": "/inputs/audio",
}


def misfit(spec: Mapping[str, Any], value: Any) -> str:
    """How a value breaks a field's own rules, "" when it keeps them. Parts of a schema that are not as they should
    be are passed over: the schema comes from the service."""
    kinds: dict[str, type | tuple[type, ...]] = {
        "integer": int,
        "number": (int, float),
        "string": str,
        "boolean": bool,
        "array": list,
    }
    kind = kinds.get(str(spec.get("type")))
    if kind is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
        return f"takes a value of the type {spec['type']}"
    allowed = spec.get("enum")
    if isinstance(allowed, list) and value not in allowed:
        return "takes only " + ", ".join(str(item)[:40] for item in allowed[:12])
    return _beyond(spec, value)


def _beyond(spec: Mapping[str, Any], value: Any) -> str:
    size, words = (len(value), "Length") if isinstance(value, str) else (value, "imum")
    if isinstance(value, list):
        size, words = len(value), "Items"
    if isinstance(value, bool) or not isinstance(size, (int, float)):
        return ""
    low, high = spec.get(f"min{words}"), spec.get(f"max{words}")
    unit = {"Length": " characters", "Items": " entries", "imum": ""}[words]
    if isinstance(low, (int, float)) and size < low:
        return f"takes at least {low}{unit}"
    if isinstance(high, (int, float)) and size > high:
        return f"takes at most {high}{unit}"
    return ""
