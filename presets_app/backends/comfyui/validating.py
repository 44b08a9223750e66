"""Checks a graph the way a server does before it runs one: ComfyUI's execution.py, validate_prompt.

Codes are the server's own words, so that what is found here and what a server answers read alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from presets_app.backends.comfyui.stock import schemas
from presets_app.core.problems import Problem, Severity

Graph = Mapping[str, Mapping[str, Any]]
_LISTED = 12  # choices that are shown
_ANY = "*"
_WIDGETS = {"INT": int, "FLOAT": float, "STRING": str, "BOOLEAN": bool}
# Combos that the server checks by looking for the file itself, not by their list.
_UPLOADS = ("image_upload", "audio_upload", "video_upload", "animated_image_upload")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a graph. `name` is the input concerned, "" when it is the whole node or graph."""

    code: str
    node: str
    name: str
    message: str
    hint: str
    severity: Severity = "error"

    def as_problem(self, path: str) -> Problem:
        source = f"node {self.node}, {self.name}" if self.name else f"node {self.node}" if self.node else "the graph"
        return Problem(self.code, self.severity, path, self.message, self.hint, source)


def faults(graph: Graph, object_info: Mapping[str, Any] | None = None) -> list[Fault]:
    """Everything a server would refuse, in the order of the nodes. Without `object_info` a stock server's schemas
    are asked, and a sampler or scheduler they do not list is a warning: a node pack may bring it."""
    known = object_info if object_info is not None else schemas()
    found: list[Fault] = []
    for node, held in graph.items():
        class_type = str(held.get("class_type"))
        schema = known.get(class_type)
        if not isinstance(schema, Mapping):
            found.append(_no_class(node, class_type, live=object_info is not None))
            continue
        found.extend(_inputs(graph, known, node, live=object_info is not None))
    found.extend(_whole(graph, known))
    return found


def _no_class(node: str, class_type: str, *, live: bool) -> Fault:
    who = "The server has" if live else "Stock ComfyUI is not known to have"
    text = f"{who} no node {class_type}, which this preset needs."
    return Fault("missing_node_type", node, "", text, "Update ComfyUI, or install the node pack that brings it.")


def _inputs(graph: Graph, known: Mapping[str, Any], node: str, *, live: bool) -> Iterator[Fault]:
    held, class_type = graph[node].get("inputs", {}), str(graph[node]["class_type"])
    declared = known[class_type].get("input", {})
    for part in ("required", "optional"):
        for name, spec in (declared.get(part) or {}).items():
            if name not in held:
                if part == "required" and not _grows(spec):
                    text = f"{class_type} requires the input {name}, and nothing is given."
                    yield Fault("required_input_missing", node, name, text, "State it in the preset.")
            elif isinstance(held[name], list):
                yield from _link(graph, known, node, name, spec)
            else:
                yield from _literal(node, class_type, name, held[name], spec, live=live)


def _grows(spec: Any) -> bool:
    return isinstance(_kind(spec), str) and _kind(spec).startswith("COMFY_AUTOGROW")


def _kind(spec: Any) -> Any:
    return spec[0] if isinstance(spec, (list, tuple)) and spec else _ANY


def _rules(spec: Any) -> Mapping[str, Any]:
    return spec[1] if isinstance(spec, (list, tuple)) and len(spec) > 1 and isinstance(spec[1], Mapping) else {}


def _link(graph: Graph, known: Mapping[str, Any], node: str, name: str, spec: Any) -> Iterator[Fault]:
    value = graph[node]["inputs"][name]
    if len(value) != 2 or str(value[0]) not in graph or not isinstance(value[1], int):
        text = f"The input {name} is not connected to any node of the graph."
        yield Fault("bad_linked_input", node, name, text, "Report this: the graph was put together wrongly.")
        return
    maker = str(graph[str(value[0])]["class_type"])
    outputs = (known.get(maker) or {}).get("output") or ()
    if known.get(maker) is None:
        return
    given = outputs[value[1]] if 0 <= value[1] < len(outputs) else None
    if given is None or not _fits(given, _kind(spec)):
        taken = _kind(spec) if isinstance(_kind(spec), str) else "a choice"
        text = f"The input {name} takes {taken}, and output {value[1]} of {maker} gives {given or 'nothing'}."
        yield Fault("return_type_mismatch", node, name, text, "Report this: the graph was put together wrongly.")


def _fits(given: Any, taken: Any) -> bool:
    """Whether one of the types an output may have is one that the input takes."""
    if _ANY in (given, taken) or any(str(kind).startswith("COMFY_MATCHTYPE") for kind in (given, taken)):
        return True
    if isinstance(given, list) or isinstance(taken, list):
        return given == taken or given in ("STRING", "COMBO") or taken in ("STRING", "COMBO")
    offered = {kind.strip() for kind in str(given).split(",")}
    return bool(offered & {kind.strip() for kind in str(taken).split(",")})


def _literal(node: str, class_type: str, name: str, value: Any, spec: Any, *, live: bool) -> Iterator[Fault]:
    kind, rules = _kind(spec), _rules(spec)
    choices = kind if isinstance(kind, list) else rules.get("options") if kind == "COMBO" else None
    if isinstance(choices, list):
        if not any(rules.get(flag) for flag in _UPLOADS):
            yield from _choice(node, class_type, name, value, choices, live=live)
    elif isinstance(kind, str) and kind.startswith("COMFY_DYNAMICCOMBO"):
        keys = [item.get("key") for item in rules.get("options") or () if isinstance(item, Mapping)]
        yield from _choice(node, class_type, name, value, keys, live=live)
    elif kind in _WIDGETS:
        yield from _widget(node, class_type, name, value, spec)
    elif kind not in ("FILE", "COMBO", _ANY) and not str(kind).startswith("COMFY_"):
        text = f"{class_type} takes {kind} from another node for {name}, and a plain value is given."
        yield Fault("invalid_input_type", node, name, text, "Report this: the graph was put together wrongly.")


def _choice(node: str, class_type: str, name: str, value: Any, choices: list[Any], *, live: bool) -> Iterator[Fault]:
    if value in choices:
        return
    listed = ", ".join(str(choice)[:60] for choice in choices[:_LISTED]) + (", ..." if len(choices) > _LISTED else "")
    who = "The server" if live else "A stock server"
    text = f"{who} has no {str(value)[:120]!r} for {name} of {class_type}; it has {listed or 'nothing to choose from'}."
    hint = "Put the file into the server's folder, or name one it has."
    if name in ("sampler_name", "scheduler"):
        hint = "Choose one of these, or a server with the node pack that brings it."
    yield Fault("value_not_in_list", node, name, text, hint, "error" if live else "warning")


def _widget(node: str, class_type: str, name: str, value: Any, spec: Any) -> Iterator[Fault]:
    kind, rules = _kind(spec), _rules(spec)
    try:
        taken = _WIDGETS[kind](value)
    except (TypeError, ValueError, OverflowError):
        text = f"{class_type} takes {kind} for {name}, and the value is something else."
        yield Fault("invalid_input_type", node, name, text, "Change the value in the preset.")
        return
    low, high = rules.get("min"), rules.get("max")
    if isinstance(low, (int, float)) and kind in ("INT", "FLOAT") and taken < low:
        text = f"{class_type} takes no less than {low} for {name}, and the preset asks for {taken}."
        yield Fault("value_smaller_than_min", node, name, text, "Change the value in the preset.")
    if isinstance(high, (int, float)) and kind in ("INT", "FLOAT") and taken > high:
        text = f"{class_type} takes no more than {high} for {name}, and the preset asks for {taken}."
        yield Fault("value_bigger_than_max", node, name, text, "Change the value in the preset.")


def _whole(graph: Graph, known: Mapping[str, Any]) -> Iterator[Fault]:
    kinds = [known.get(str(held.get("class_type"))) for held in graph.values()]
    if all(isinstance(kind, Mapping) for kind in kinds) and not any(kind.get("output_node") for kind in kinds if kind):
        yield Fault("prompt_no_outputs", "", "", "Nothing in the graph saves anything.", "Add a node that saves.")
    circle = _circle(graph)
    if circle:
        text = "The graph runs in a circle: each of these nodes waits for the other."
        yield Fault("dependency_cycle", circle, "", text, "Report this: the graph was put together wrongly.")


def _circle(graph: Graph) -> str:
    """A node of a circle, "" when there is none: nodes whose inputs are all there are taken off until none is left."""
    waits = {node: {str(link[0]) for link in _links(held) if str(link[0]) in graph} for node, held in graph.items()}
    users: dict[str, list[str]] = {}
    for node, behind in waits.items():
        for other in behind:
            users.setdefault(other, []).append(node)
    ready = [node for node, behind in waits.items() if not behind]
    while ready:
        done = ready.pop()
        waits.pop(done, None)
        for node in users.get(done, ()):
            waits[node].discard(done)
            if not waits[node]:
                ready.append(node)
    return next(iter(waits), "")


def _links(held: Mapping[str, Any]) -> list[list[Any]]:
    return [value for value in held.get("inputs", {}).values() if isinstance(value, list) and len(value) == 2]
