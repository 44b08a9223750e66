"""Links that lead back to the node they come from: nobody can compute such a graph."""

from __future__ import annotations

from collections.abc import Mapping

from presets_app.backends.comfyui.graph import Link, Node
from presets_app.backends.comfyui.reading.findings import Findings, called, sentence

_SHOWN = 4


def without_cycles(nodes: Mapping[str, Node], findings: Findings) -> dict[str, Node]:
    """The same nodes; each link that closes a circle is said and left out."""
    closing = _closing_links(nodes)
    result = dict(nodes)
    for identifier, name, circle in closing:
        node = result[identifier]
        kept = {key: value for key, value in node.inputs.items() if key != name}
        result[identifier] = _with_inputs(node, kept)
        way = ", ".join(circle[:_SHOWN]) + (" and further ones" if len(circle) > _SHOWN else "")
        said = f"{called(identifier, node.class_type, node.title)} depends on its own result through nodes {way}."
        hint = "Remove one of the links of that circle."
        findings.add("graph_cycle", "error", sentence(said), hint, node.pointer)
    return result


def _with_inputs(node: Node, inputs: Mapping[str, object]) -> Node:
    return Node(
        node.id, node.class_type, node.title, inputs, node.pointer, node.fields, node.outputs, node.mode, node.pack
    )


def _closing_links(nodes: Mapping[str, Node]) -> list[tuple[str, str, list[str]]]:
    """(node, input, the circle's nodes) of links that a walk from the outputs back meets while still under way."""
    done: set[str] = set()
    found: list[tuple[str, str, list[str]]] = []
    for start in nodes:
        if start in done:
            continue
        under_way = {start: None}
        waiting = [(start, iter(_links(nodes[start])))]
        while waiting:
            current, links = waiting[-1]
            name, target = next(links, ("", ""))
            if not target:
                waiting.pop()
                under_way.pop(current)
                done.add(current)
            elif target in under_way:
                found.append((current, name, _from(target, under_way)))
            elif target not in done and target in nodes:
                under_way[target] = None
                waiting.append((target, iter(_links(nodes[target]))))
    return found


def _from(target: str, under_way: Mapping[str, None]) -> list[str]:
    """The circle: from where it is met to the end of the walk, as far as it is shown."""
    walk = list(under_way)[-200:]
    return walk[walk.index(target) :][: _SHOWN + 1] if target in walk else [target, *walk[:_SHOWN]]


def _links(node: Node) -> list[tuple[str, str]]:
    return [(name, value.node) for name, value in node.inputs.items() if isinstance(value, Link)]
