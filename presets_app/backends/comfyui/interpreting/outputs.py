"""Which node's video the document is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from presets_app.backends.comfyui.graph import Graph, Link, Node
from presets_app.backends.comfyui.interpreting.chains import Chain, chains_to, main_chains
from presets_app.backends.comfyui.interpreting.values import Values

# Output nodes with the input that holds what they save, the most telling first: files before previews, videos
# before pictures.
_SAVED_VIDEO = {
    "SaveVideo": "video",
    "VHS_VideoCombine": "images",
    "SaveWEBM": "images",
    "SaveAnimatedWEBP": "images",
    "SaveAnimatedPNG": "images",
    "SaveVideoKJ": "images",
    "Video Combine": "images",
}
_PREVIEWED = {"PreviewVideo": "video", "PreviewAnimation": "images"}
_PICTURES = {"SaveImage": "images", "SaveImageWebsocket": "images", "PreviewImage": "images", "Image Save": "images"}
_PLAIN = frozenset({"CreateVideo", "SaveVideo", "GetVideoComponents", "PreviewImage"})
_FEW = 20  # outputs that are compared in depth
_RANKS = (_SAVED_VIDEO, _PREVIEWED, _PICTURES)


@dataclass
class Output:
    """One output node with the chains behind it. `rank` 0 is a saved video, 1 a preview, 2 a picture; `loose` marks
    a video that no node saves."""

    node: Node
    link: Link | None
    chains: Sequence[Chain]
    rank: int
    loose: bool = False

    @property
    def chain(self) -> Chain | None:
        return self.chains[0] if self.chains else None

    @cached_property
    def ids(self) -> frozenset[str]:
        return frozenset(name for chain in self.chains for name in chain.ids)

    @property
    def detour(self) -> int:
        """How many nodes change the video on its way from the decoder."""
        passed = self.chains[0].pictures if self.chains else []
        return sum(node.class_type not in _PLAIN for node in passed)


def outputs_of(values: Values) -> list[Output]:
    """Every output node of the graph, saved videos first. Where none of them leads to a sampler, videos that no node
    saves count too: the graph may come from a place that takes them."""
    nodes = list(values.graph.nodes.values())
    known: dict[Link | None, list[Chain]] = {}
    found = [_output(values, node, rank, known) for node in nodes if (rank := _rank(node)) is not None]
    if not any(output.ids for output in found):
        made = [_output(values, node, 0, known) for node in nodes if node.class_type == "CreateVideo"]
        found += [replace(output, loose=True) for output in made if output.ids]
    order = list(_SAVED_VIDEO)
    return sorted(found, key=lambda output: (output.rank, _place(output.node, order)))


def _output(values: Values, node: Node, rank: int, known: dict[Link | None, list[Chain]]) -> Output:
    link = values.origin(node.link(_RANKS[rank].get(node.class_type, "images")))
    if link not in known:
        known[link] = main_chains(chains_to(values, link))
    return Output(node, link, known[link], _temporary(node, rank))


def _rank(node: Node) -> int | None:
    return next((rank for rank, names in enumerate(_RANKS) if node.class_type in names), None)


def _temporary(node: Node, rank: int) -> int:
    return 1 if node.class_type == "VHS_VideoCombine" and node.inputs.get("save_output") is False else rank


def _place(node: Node, order: list[str]) -> int:
    return order.index(node.class_type) if node.class_type in order else len(order)


def choices(values: Values, outputs: Sequence[Output]) -> list[Output]:
    """The outputs a person may have meant: one for each chain that is no part of a longer one. Pictures and
    previews count only where no video is saved, outputs that nothing is sampled for only where nothing is."""
    sampled = [output for output in outputs if output.ids]
    best = min((output.rank for output in sampled), default=0)
    weighed: dict[frozenset[str], Output] = {}
    for output in sampled:
        if output.rank == best and (output.ids not in weighed or output.detour < weighed[output.ids].detour):
            weighed[output.ids] = output
    apart = [output for ids, output in weighed.items() if not any(ids < others for others in weighed)]
    return apart if not 1 < len(apart) <= _FEW else _last(values, apart)


def _last(values: Values, outputs: list[Output]) -> list[Output]:
    """Without those whose video another one is made from."""
    behind = {id(output): upstream(values.graph, output.node.id) for output in outputs}
    return [
        output
        for output in outputs
        if not any(output.ids <= behind[id(other)] for other in outputs if other is not output)
    ]


def upstream(graph: Graph, node: str) -> set[str]:
    """Every node that a node depends on, itself included."""
    waiting, found = [node], {node}
    while waiting:
        here = graph.nodes.get(waiting.pop())
        for held in here.inputs.values() if here is not None else ():
            if isinstance(held, Link) and held.node not in found:
                found.add(held.node)
                waiting.append(held.node)
    return found
