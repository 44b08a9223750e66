"""The value of any input: follows links to literals, through switches and through nodes that compute."""

from __future__ import annotations

from presets_app.backends.comfyui.graph import Graph, Link, Node
from presets_app.backends.comfyui.interpreting import numbers, pictures, texts
from presets_app.backends.comfyui.interpreting.found import (
    ABSENT,
    Place,
    Rule,
    Value,
    is_number,
    named,
    unknowable,
)

_RULES: dict[str, Rule] = {**numbers.RULES, **texts.RULES, **pictures.RULES}
_DEEPEST = 80  # nodes behind one another in one computation
# Switches with a yes-or-no input, and the names of the branches for no and yes.
_SWITCHES = {
    "ComfySwitchNode": ("switch", "on_false", "on_true"),
    "ComfySoftSwitchNode": ("switch", "on_false", "on_true"),
    "easy ifElse": ("boolean", "on_false", "on_true"),
    "ImpactConditionalBranch": ("cond", "ff_value", "tt_value"),
    "LazySwitchKJ": ("switch", "on_false", "on_true"),
    "Switch any [Crystools]": ("boolean", "on_false", "on_true"),
    "If ANY return A else B": ("ANY", "IF_FALSE", "IF_TRUE"),
}
# Switches by number: what decides, and the prefix of their branches.
_NUMBERED = {
    "ImpactSwitch": ("select", "input"),
    "easy anythingIndexSwitch": ("index", "value"),
    "CR Model Input Switch": ("Input", "model"),
    "CR Text Input Switch": ("Input", "text"),
}
_FIRST = frozenset({"Any Switch (rgthree)"})  # the first branch that is connected
_THROUGH = {
    "Reroute": "",
    "ImpactExecutionOrderController": "value",
    "easy cleanGpuUsed": "anything",
    "VRAM_Debug": "any_input",
    "LayerUtility: PurgeVRAM V2": "anything",
}


class Values:
    """Answers for one graph, each worked out once. `branches` tells for every switch that was passed which branch
    it takes: its input, and the inputs that are off."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.branches: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._known: dict[tuple[str, int], Value] = {}
        self._origins: dict[Link, tuple[Link | None, tuple[Value, ...]]] = {}
        self._path: list[tuple[str, int]] = []
        self._undecided: dict[Link, Node] = {}

    def of(self, node: Node, name: str) -> Value:
        """The value of a node's input, ABSENT when the node has none."""
        found = node.inputs.get(name)
        if isinstance(found, Link):
            return self.at(found)
        if found is None:
            return ABSENT
        from_file = Value(found, (Place(node.id, name),))
        return from_file if not isinstance(found, dict) else unknowable(f"{named(node)} holds an object", from_file)

    def at(self, link: Link) -> Value:
        """The value of an output; an unknown value says which node stands in the way."""
        origin, passed = self._behind(link)
        if origin is None:
            return unknowable(passed[-1].unknown if passed and passed[-1].unknown else "nothing is connected", *passed)
        key = (origin.node, origin.slot)
        if key not in self._known:
            self._known[key] = self._worked_out(origin, key)
        return self._known[key].with_history(passed)

    def origin(self, link: Link | None) -> Link | None:
        """The output that a link takes its value from, behind switches and nodes that only hand on."""
        return self._behind(link)[0] if link else None

    def node(self, link: Link | None) -> Node | None:
        """The node behind a link."""
        origin = self.origin(link)
        return self.graph.nodes.get(origin.node) if origin else None

    def undecided(self, link: Link) -> Node | None:
        """The switch at which the way back from a link ends, because nothing in the file says how it stands."""
        return self._undecided.get(link)

    def deciders(self, link: Link | None) -> tuple[Value, ...]:
        """The conditions of the switches between a link and its origin."""
        return self._behind(link)[1] if link else ()

    def size_at(self, link: Link | None) -> tuple[Value, Value]:
        node = self.node(link)
        if node is None or not self._enter(("size", hash(node.id))):
            why = unknowable("the size comes from a picture that is not connected, or from itself")
            return why, why
        try:
            return pictures.size_of(self, node)
        finally:
            self._path.pop()

    def count_at(self, link: Link | None) -> Value:
        node = self.node(link)
        if node is None or not self._enter(("count", hash(node.id))):
            return unknowable("the number of pictures comes from one that is not connected, or from itself")
        try:
            return pictures.count_of(self, node)
        finally:
            self._path.pop()

    def _worked_out(self, origin: Link, key: tuple[str, int]) -> Value:
        node = self.graph.nodes.get(origin.node)
        if node is None:
            return unknowable(f"it comes from node {origin.node}, which is not in the file or is muted")
        if not self._enter(key):
            return unknowable(f"{named(node)} depends on itself, or on too many nodes behind one another")
        try:
            if node.id in self.branches:  # the branch that is taken holds a literal
                return self.of(node, self.branches[node.id][0])
            rule = _RULES.get(node.class_type)
            return rule(self, node, origin.slot) if rule else self._guessed(node)
        finally:
            self._path.pop()

    def _guessed(self, node: Node) -> Value:
        """A node that nobody knows and that holds one plain literal and no link can only give that literal."""
        names = list(node.inputs)
        if len(names) == 1 and isinstance(node.inputs[names[0]], (bool, int, float, str)):
            return self.of(node, names[0])
        return unknowable(f"{named(node)} is not a node that is known here")

    def _enter(self, key: tuple[str, int]) -> bool:
        if len(self._path) >= _DEEPEST or key in self._path:
            return False
        self._path.append(key)
        return True

    def _behind(self, link: Link | None) -> tuple[Link | None, tuple[Value, ...]]:
        """(origin, conditions of the switches passed). The origin is None when a switch cannot be decided."""
        if link is None:
            return None, ()
        if link not in self._origins:
            self._origins[link] = self._followed(link)
        return self._origins[link]

    def _followed(self, link: Link) -> tuple[Link | None, tuple[Value, ...]]:
        passed: list[Value] = []
        seen: set[Link] = set()
        here: Link | None = link
        while here is not None and here not in seen:
            seen.add(here)
            node = self.graph.nodes.get(here.node)
            if node is None:
                return here, tuple(passed)
            name, condition = self._branch(node)
            if condition is not None:
                passed.append(condition)
            if name is None and condition is not None:
                self._undecided[link] = node
                return None, tuple(passed)
            if name is None:
                return here, tuple(passed)
            if node.link(name) is None:
                return (here if name in node.inputs else None), tuple(passed)
            here = node.link(name)
        return None, (*passed, unknowable("the links run in a circle"))

    def _branch(self, node: Node) -> tuple[str | None, Value | None]:
        """(the input that a node hands on, what decided that); (None, None) for a node that makes its own value."""
        kind = node.class_type
        if kind in _SWITCHES:
            return self._switched(node, *_SWITCHES[kind])
        if kind in _NUMBERED:
            return self._numbered(node, *_NUMBERED[kind])
        if kind in _FIRST:
            return next((name for name in sorted(node.inputs) if node.link(name)), None), None
        if kind in _THROUGH:
            return _THROUGH[kind] or next((name for name in node.inputs if node.link(name)), None), None
        return None, None

    def _switched(self, node: Node, condition: str, no: str, yes: str) -> tuple[str | None, Value]:
        decided = self._decided(node, condition)
        if not decided.known:
            return None, decided
        taken, other = (yes, no) if decided.value not in (False, 0, "", "false") else (no, yes)
        self.branches[node.id] = (taken, (other,) if other in node.inputs else ())
        return taken, decided

    def _numbered(self, node: Node, condition: str, prefix: str) -> tuple[str | None, Value]:
        decided = self._decided(node, condition)
        if not decided.known or not is_number(decided.value):
            return None, decided
        taken = f"{prefix}{int(decided.value)}"
        others = tuple(name for name in node.inputs if name.startswith(prefix) and name not in (taken, condition))
        self.branches[node.id] = (taken, others)
        return taken if taken in node.inputs else None, decided

    def _decided(self, node: Node, condition: str) -> Value:
        if not self._enter((node.id, -1)):
            return unknowable(f"{named(node)} depends on itself")
        try:
            decided = self.of(node, condition)
        finally:
            self._path.pop()
        if not decided.known:
            return unknowable(f"which way {named(node)} goes is not in the file ({decided.unknown})", decided)
        return decided.with_history([Value(switches=(node.id,))])
