"""The sheets laid out: every instance of a subgraph or an old group is a scope of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from presets_app.backends.comfyui.graph import Mode
from presets_app.backends.comfyui.reading.findings import called
from presets_app.backends.comfyui.reading.hosts import Hosts, HostValues
from presets_app.backends.comfyui.reading.literals import Stated
from presets_app.backends.comfyui.reading.recognising import MOST_NODES
from presets_app.backends.comfyui.reading.sheets import Drawn, Sheet
from presets_app.backends.comfyui.reading.workflows import Workflow

DEEPEST = 64


@dataclass(eq=False)
class Scope:
    """`prefix` stands before the ids of its nodes, as in `128:`. `values` is what the instance sets."""

    number: int
    sheet: Sheet
    prefix: str = ""
    parent: Scope | None = None
    host: Drawn | None = None
    mode: Mode = "active"
    depth: int = 0
    values: HostValues = field(default_factory=HostValues)
    children: dict[str, Scope] = field(default_factory=dict)

    def mode_of(self, node: Drawn) -> Mode:
        """The node's own mode; a muted or bypassed instance takes all its inner nodes with it."""
        return self.mode if self.mode != "active" else node.mode

    def id_of(self, node: Drawn) -> str:
        return self.prefix + node.id

    def overrides(self, node: Drawn) -> Mapping[str, Stated]:
        """What the instance sets of a node inside, by widget."""
        return self.values.inner.get(node.id, {})

    def upwards(self) -> Iterator[Scope]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent


@dataclass
class Layout:
    root: Scope
    placed: list[tuple[Scope, Drawn]]
    instances: list[tuple[Scope, Drawn]]
    hosts: Hosts


def lay_out(workflow: Workflow) -> Layout:
    root = Scope(0, workflow.root)
    layout = Layout(root, [], [], Hosts(workflow))
    waiting, numbers = [root], 0
    while waiting:
        scope = waiting.pop()
        if len(layout.placed) + len(scope.sheet.nodes) > MOST_NODES:
            said = f"With its subgraphs laid out, the workflow has more than {MOST_NODES:,} nodes."
            workflow.findings.add("graph_too_large", "error", said, "Check whether this is the file you meant.")
            break
        for node in scope.sheet.nodes.values():
            sheet = workflow.sheet_for(node)
            if sheet is None:
                layout.placed.append((scope, node))
                _say_missing(workflow, scope, node)
                continue
            layout.instances.append((scope, node))
            if _can_open(workflow, scope, node, sheet):
                numbers += 1
                waiting.append(_open(layout.hosts, scope, node, sheet, numbers))
    return layout


def _open(hosts: Hosts, scope: Scope, node: Drawn, sheet: Sheet, number: int) -> Scope:
    values = hosts.values(node, sheet)
    child = Scope(
        number, sheet, f"{scope.id_of(node)}:", scope, node, scope.mode_of(node), scope.depth + 1, values=values
    )
    scope.children[node.id] = child
    return child


def _can_open(workflow: Workflow, scope: Scope, node: Drawn, sheet: Sheet) -> bool:
    name = called(scope.id_of(node), "subgraph", node.title or sheet.name)
    if any(outer.sheet is sheet for outer in scope.upwards()):
        said, hint = f"The subgraph of {name} contains itself.", "Replace the inner copy with what was meant."
        workflow.findings.add("graph_subgraph_in_itself", "error", said, hint, node.pointer)
        return False
    if scope.depth >= DEEPEST:
        said = f"Subgraphs are nested more than {DEEPEST} deep, down to {name}."
        workflow.findings.add("graph_too_deep", "error", said, "Unpack some of them in ComfyUI.", node.pointer)
        return False
    return True


def _say_missing(workflow: Workflow, scope: Scope, node: Drawn) -> None:
    if not workflow.lacks_definition(node) or scope.mode_of(node) != "active":
        return
    name = called(scope.id_of(node), node.class_type, node.title)
    said = f"The definition of the subgraph of {name} is not in the file."
    hint = "Save the whole workflow again, or add the subgraph's definition."
    workflow.findings.add("graph_subgraph_missing", "error", said, hint, node.pointer)
