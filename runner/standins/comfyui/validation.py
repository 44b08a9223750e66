"""Whether a graph can run: the refusals of ComfyUI's execution.py, in its own words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Graph = dict[str, dict[str, Any]]
Schemas = Mapping[str, Mapping[str, Any]]
_KINDS: dict[str, Callable[[Any], Any]] = {"INT": int, "FLOAT": float, "STRING": str, "BOOLEAN": bool}


def refusal(graph: Any, known: Schemas, inputs: set[str]) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """(the reply's error, its node errors); (None, {}) for a graph that runs."""
    if not isinstance(graph, dict):
        return _error("no_prompt", "No prompt provided", "No prompt provided"), {}
    for node, held in graph.items():
        class_type = held.get("class_type") if isinstance(held, dict) else None
        if class_type not in known:
            extra = {"node_id": node, "class_type": class_type, "node_title": class_type}
            text = f"Node '{class_type}' not found. The custom node may not be installed."
            return _error("missing_node_type", text, f"Node ID '#{node}'", extra), {}
    savers = outputs(graph, known)
    if not savers:
        return _error("prompt_no_outputs", "Prompt has no outputs", ""), {}
    errors = {node: found for node in reachable(graph, savers) if (found := list(_faults(graph, known, node, inputs)))}
    if not errors:
        return None, {}
    told = {
        node: {"errors": found, "dependent_outputs": savers, "class_type": graph[node]["class_type"]}
        for node, found in errors.items()
    }
    return _error("prompt_outputs_failed_validation", "Prompt outputs failed validation", ""), told


def outputs(graph: Graph, known: Schemas) -> list[str]:
    return [node for node, held in graph.items() if known[held["class_type"]]["output_node"]]


def reachable(graph: Graph, savers: list[str]) -> list[str]:
    """What the outputs need, in the order it is worked off."""
    done: dict[str, None] = {}

    def visit(node: str, above: frozenset[str]) -> None:
        if node in done or node in above or node not in graph:
            return
        for link in links(graph[node]):
            visit(str(link[0]), above | {node})
        done[node] = None

    for saver in savers:
        visit(saver, frozenset())
    return list(done)


def links(held: Mapping[str, Any]) -> list[list[Any]]:
    return [value for value in held.get("inputs", {}).values() if isinstance(value, list) and len(value) == 2]


def _faults(graph: Graph, known: Schemas, node: str, inputs: set[str]) -> Iterator[dict[str, Any]]:
    held, schema = graph[node].get("inputs", {}), known[graph[node]["class_type"]]["input"]
    for part in ("required", "optional"):
        for name, spec in schema[part].items():
            if name not in held:
                if part == "required":
                    yield _fault("required_input_missing", "Required input is missing", name, {"input_name": name})
            elif isinstance(held[name], list):
                yield from _link(graph, known, held[name], name, spec)
            else:
                yield from _literal(held[name], name, spec, inputs)


def _link(graph: Graph, known: Schemas, link: list[Any], name: str, spec: list[Any]) -> Iterator[dict[str, Any]]:
    source = graph.get(str(link[0]))
    if source is None:
        extra = {"exception_type": "KeyError", "traceback": []}
        yield _fault("exception_during_validation", "Exception when validating node", repr(str(link[0])), extra)
        return
    offered = known[source["class_type"]]["output"]
    given = offered[link[1]] if link[1] < len(offered) else None
    if given != spec[0]:
        details = f"{name}, received_type({given}) mismatch input_type({spec[0]})"
        told: dict[str, Any] = {"input_name": name, "input_config": spec, "received_type": given, "linked_node": link}
        yield _fault("return_type_mismatch", "Return type mismatch between linked nodes", details, told)


def _literal(value: Any, name: str, spec: list[Any], inputs: set[str]) -> Iterator[dict[str, Any]]:
    extra = {"input_name": name, "input_config": spec, "received_value": value}
    if spec[1].get("image_upload"):
        if value not in inputs:
            details = f"{name} - Invalid image file: {value}"
            yield _fault("custom_validation_failed", "Custom validation failed for node", details, extra)
    elif isinstance(spec[0], list):
        if value not in spec[0]:
            yield _fault("value_not_in_list", "Value not in list", f"{name}: {value!r} not in {spec[0]}", extra)
    elif spec[0] in _KINDS:
        yield from _number(value, name, spec, extra)


def _number(value: Any, name: str, spec: list[Any], extra: dict[str, Any]) -> Iterator[dict[str, Any]]:
    try:
        taken = _KINDS[spec[0]](value)
    except (TypeError, ValueError) as error:
        text = f"Failed to convert an input value to a {spec[0]} value"
        yield _fault("invalid_input_type", text, f"{name}, {value}, {error}", extra)
        return
    low, high = spec[1].get("min"), spec[1].get("max")
    if low is not None and taken < low:
        yield _fault("value_smaller_than_min", f"Value {taken} smaller than min of {low}", name, extra)
    if high is not None and taken > high:
        yield _fault("value_bigger_than_max", f"Value {taken} bigger than max of {high}", name, extra)


def _error(kind: str, message: str, details: str, extra: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"type": kind, "message": message, "details": details, "extra_info": extra or {}}


_fault = _error
