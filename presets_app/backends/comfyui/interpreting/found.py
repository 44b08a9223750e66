"""Values with their history: what a field holds, which literals it was made from, and why it cannot be known."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from presets_app.backends.comfyui.graph import Graph, Link, Node

_DIGITS = 12  # what a float still means after a browser has held it


@dataclass(frozen=True)
class Place:
    """One literal of the graph: an input of a node."""

    node: str
    input: str


@dataclass(frozen=True)
class Value:
    """What an input holds. `trail` names every literal that decided it. `unknown` says in words why there is no
    value, "" when there is one; `absent` means that nobody states it. `switches` are the nodes that chose a branch
    on the way, `enhancers` those that will write the text anew when the graph runs. `assumes` names what must be
    true for the value to hold."""

    value: Any = None
    trail: tuple[Place, ...] = ()
    unknown: str = ""
    absent: bool = False
    switches: tuple[str, ...] = ()
    enhancers: tuple[str, ...] = ()
    assumes: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        return not self.unknown

    def with_history(self, others: Iterable[Value]) -> Value:
        """This value, made from others too."""
        told = list(others)
        return replace(
            self,
            trail=_once(self.trail, *(other.trail for other in told)),
            switches=_once(self.switches, *(other.switches for other in told)),
            enhancers=_once(self.enhancers, *(other.enhancers for other in told)),
            assumes=_once(self.assumes, *(other.assumes for other in told)),
        )


ABSENT = Value(unknown="it is not stated", absent=True)


def unknowable(why: str, *others: Value) -> Value:
    return Value(unknown=why).with_history(others)


def first_unknown(values: Iterable[Value]) -> Value | None:
    return next((value for value in values if not value.known), None)


def named(node: Node) -> str:
    """A node as a person finds it: its title, its class when that says more, and its id."""
    title = node.title or node.class_type
    kind = "" if title == node.class_type else f" ({node.class_type})"
    return f"node {node.id} \u201c{title[:60]}\u201d{kind}"


def capital(text: str) -> str:
    """A sentence that starts with a node's name."""
    return text[:1].upper() + text[1:]


def tidy(value: Any) -> Any:
    """A float as it was typed: 12 significant digits, and a whole number without a point."""
    if not isinstance(value, float) or not math.isfinite(value):
        return value
    rounded = float(f"{value:.{_DIGITS}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 2**53 else rounded


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _once(*groups: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(item for group in groups for item in group))


class Asks(Protocol):
    """What the rules of single nodes may ask of the graph."""

    graph: Graph

    def of(self, node: Node, name: str) -> Value:
        """The value of a node's input, ABSENT when the node has none."""

    def at(self, link: Link) -> Value:
        """The value of an output."""

    def origin(self, link: Link | None) -> Link | None:
        """The output that a link takes its value from, behind switches; None when there is none."""

    def size_at(self, link: Link | None) -> tuple[Value, Value]:
        """Width and height of a picture or video, in pixels."""

    def count_at(self, link: Link | None) -> Value:
        """The number of pictures at a link."""


Rule = Callable[[Asks, Node, int], Value]
