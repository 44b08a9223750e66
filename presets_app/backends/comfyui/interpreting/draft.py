"""The document while it is being put together: what went where, and what is to be said about it."""

from __future__ import annotations

import math
from typing import Any, Literal

from presets_app.backends.comfyui.graph import Graph, Node
from presets_app.backends.comfyui.interpreting.found import Place, Value, capital, is_number, named, tidy
from presets_app.core.pointers import parts_of
from presets_app.core.problems import Problem, Severity

Kind = Literal["whole", "number", "text", "flag", "file"]


class Draft:
    """`placed` tells for each literal of the graph where it went in the document; `remarks` why others went
    nowhere; `switch_fields` which fields each switch decides."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.document: dict[str, Any] = {"format": "matchframe/preset/1"}
        self.problems: list[Problem] = []
        self._said: set[Problem] = set()
        self.placed: dict[Place, list[str]] = {}
        self.remarks: dict[Place, str] = {}
        self.switch_fields: dict[str, list[str]] = {}

    def put(self, path: str, value: Value, kind: Kind, *, at_least: str = "") -> bool:
        """Enter a value at a pointer. A value that cannot be known is left out and becomes a problem that names
        why (nothing is said for an absent one unless `at_least` names what is missing)."""
        if not value.known:
            self._left_out(path, value, at_least)
            return False
        said, shaped = _shaped(value.value, kind)
        if not said:
            self.trouble(
                "value_strange",
                "error",
                path,
                f"The file holds {_shown(value.value)} where {_KINDS[kind]} belongs{self._by(value)}.",
                "Set it by hand.",
            )
            return False
        self.set(path, shaped)
        self.credit(path, value)
        for why in value.assumes:
            self.trouble("value_assumed", "note", path, f"The value holds if {why}.", "Compare it with the files used.")
        return True

    def set(self, path: str, value: Any) -> None:
        """Enter a value that no single literal decides."""
        *above, last = parts_of(path)
        holder: Any = self.document
        for depth, part in enumerate(above):
            following = above[depth + 1] if depth + 1 < len(above) else last
            holder = _entered(holder, part, [] if following.isdecimal() else {})
        if isinstance(holder, list):
            _entered(holder, last, {})
            holder[int(last)] = value
        else:
            holder[last] = value

    def credit(self, path: str, value: Value) -> None:
        """Note that the literals behind a value went to a field."""
        for place in value.trail:
            paths = self.placed.setdefault(place, [])
            if path not in paths:
                paths.append(path)
        for switch in value.switches:
            self.chosen(switch, path)

    def chosen(self, switch: str, path: str) -> None:
        fields = self.switch_fields.setdefault(switch, [])
        if path not in fields:
            fields.append(path)

    def ordered(self) -> dict[str, Any]:
        """The document with its fields in the order in which people read them."""
        known = [name for name in _ORDER if name in self.document]
        made = {name: self.document[name] for name in [*known, *(name for name in self.document if name not in known)]}
        stages = made.get("stages", [])
        return {**made, **({"stages": [_in_order(stage) for stage in stages]} if "stages" in made else {})}

    def remark(self, node: Node, text: str, *inputs: str) -> None:
        """Why literals of a node are not in the document; all of them when no input is named."""
        for name in inputs or tuple(node.inputs):
            self.remarks.setdefault(Place(node.id, name), text)

    def trouble(
        self, code: str, severity: Severity, path: str, message: str, hint: str = "", node: Node | None = None
    ) -> None:
        found = Problem(code, severity, path, message, hint, capital(named(node)) if node is not None else "")
        if found not in self._said:
            self._said.add(found)
            self.problems.append(found)

    def _left_out(self, path: str, value: Value, at_least: str) -> None:
        if value.absent:
            if at_least:
                text = f"The graph does not say the {at_least}."
                self.trouble("not_stated", "error", path, text, f"Set the {at_least} before saving.")
            return
        text = f"The value cannot be known from the file: {value.unknown}."
        self.trouble("value_not_in_file", "error" if at_least else "warning", path, text, "Set it by hand.")

    def _by(self, value: Value) -> str:
        node = self.graph.nodes.get(value.trail[0].node) if value.trail else None
        return f" ({named(node)}, {value.trail[0].input})" if node is not None else ""


_ORDER = (
    "format",
    "name",
    "description",
    "family",
    "variant",
    "task",
    "prompt",
    "negative_prompt",
    "prompt_expansion",
    "width",
    "height",
    "frames",
    "fps",
    "models",
    "stages",
    "audio",
    "inputs",
    "references",
    "output",
    "runtime",
)
_STAGE = (
    "role",
    "model",
    "loras",
    "scale",
    "seed",
    "add_noise",
    "steps",
    "start_step",
    "end_step",
    "guidance",
    "sampler",
)


def _in_order(stage: dict[str, Any]) -> dict[str, Any]:
    known = [name for name in _STAGE if name in stage]
    return {name: stage[name] for name in [*known, *(name for name in stage if name not in known)]}


_KINDS = {
    "whole": "a whole number",
    "number": "a number",
    "text": "text",
    "flag": "yes or no",
    "file": "a file's name",
}
_FLAGS = {"true": True, "false": False, "enable": True, "disable": False, "yes": True, "no": False}


def _shaped(value: Any, kind: Kind) -> tuple[bool, Any]:
    """(whether the value is of the kind, the value as a document holds it)."""
    if kind in ("text", "file"):
        named_file = isinstance(value, str) and bool(value.strip())
        return (isinstance(value, str), value) if kind == "text" else (named_file, portable(value))
    if kind == "flag":
        known = value if isinstance(value, bool) else _FLAGS.get(value) if isinstance(value, str) else None
        return known is not None, known
    number = _number(value)
    if number is None:
        return False, None
    return (True, math.floor(number)) if kind == "whole" else (True, tidy(number))


def portable(name: Any) -> Any:
    """A file's name with forward slashes, as every system reads it."""
    return name.strip().replace("\\", "/") if isinstance(name, str) else name


def _number(value: Any) -> int | float | None:
    if is_number(value):
        number: int | float = value
        return number
    text = value.strip() if isinstance(value, str) and len(value) < 40 else ""
    if text.isascii() and text.isdecimal():
        return int(text)
    try:
        read = float(text) if text else math.nan
    except ValueError:
        return None
    return read if math.isfinite(read) else None


def _entered(holder: Any, part: str, fresh: Any) -> Any:
    if isinstance(holder, list):
        while len(holder) <= int(part):
            holder.append(type(fresh)())
        return holder[int(part)]
    return holder.setdefault(part, fresh)


def _shown(value: Any) -> str:
    """What kind of thing a value is; never the value, which may be a secret in the wrong place."""
    names = {str: "text", bool: "yes or no", list: "a list", dict: "an object", type(None): "nothing"}
    return names.get(type(value), "a number out of range")
