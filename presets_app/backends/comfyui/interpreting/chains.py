"""From a decoded video back to its first latent: the samplers in the order in which the data flows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from presets_app.backends.comfyui.graph import Link, Node
from presets_app.backends.comfyui.interpreting.values import Values

_FURTHEST = 5000  # nodes on one path
_LATENTS = (
    "samples",
    "latent",
    "latent_image",
    "latents",
    "av_latent",
    "video_latent",
    "samples1",
    "samples_to",
    "init_latent",
    "optional_cond_latents",
)
_PICTURES = re.compile(
    r"^(images?|input|video|videos|frames?|pixels|any|anything|image_?\w*|images\..*|\w*image|\w*_?frames|video_?\d)$"
)
_SERVICE = re.compile(r"^(Ltxv?Api|Wan\d?\w*Api$|Wan\w*Api)")


# Samplers of the WanVideoWrapper pack: their latent comes with what the video starts from.
WRAPPED = frozenset({"WanVideoSampler", "WanVideoSamplerv2"})
_EMBEDS = ("image_embeds", "embeds", "prev_embeds")


@dataclass
class Chain:
    """The way of one video through the graph. `samplers` are in the order of the data flow; `before[i]` are the
    latent nodes between sampler i and the one before it (or the source), nearest first; `after` those between the
    last sampler and the decoder; `source` is the node that the first latent comes from, with its output."""

    decoder: Node | None = None
    samplers: list[Node] = field(default_factory=list)
    before: list[list[Node]] = field(default_factory=list)
    after: list[Node] = field(default_factory=list)
    pictures: list[Node] = field(default_factory=list)
    source: Link | None = None
    joined: list[Node] = field(default_factory=list)
    service: Node | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        made = tuple(node.id for node in self.samplers)
        return made or ((self.service.id,) if self.service else ())


def is_sampler(node: Node) -> bool:
    """A node that denoises: a latent goes in, and a model (by itself or in a guider)."""
    names = node.inputs
    if node.class_type in WRAPPED:
        return True
    latent = any(name in names for name in ("latent_image", "latent", "samples", "latents"))
    driven = "guider" in names or ("model" in names and ("positive" in names or "steps" in names))
    return latent and driven and ("sampl" in node.class_type.lower() or "steps" in names)


def is_decoder(node: Node) -> bool:
    kind = node.class_type
    if "Audio" in kind or is_sampler(node):
        return False
    return "Decode" in kind and any(name in node.inputs for name in ("samples", "latents", "latent"))


def is_service(node: Node) -> bool:
    return bool(_SERVICE.match(node.class_type))


def chains_to(values: Values, link: Link | None) -> list[Chain]:
    """Every chain that the pictures at a link come from; several when a video is put together."""
    found: list[Chain] = []
    towards: dict[str, Node | None] = {}
    waiting: list[tuple[Link, Node | None]] = [(link, None)] if link else []
    while waiting and len(towards) < _FURTHEST:
        here, downstream = waiting.pop(0)
        node = values.node(here) or values.undecided(here)
        if node is None or node.id in towards:
            continue
        towards[node.id] = downstream
        if is_decoder(node):
            found.append(_latents(values, node, _passed(towards, node)))
        elif is_service(node):
            found.append(Chain(pictures=_passed(towards, node), service=node))
        else:
            waiting += [(before, node) for before in _picture_links(node)]
    return found


def _passed(towards: dict[str, Node | None], node: Node) -> list[Node]:
    """The picture nodes between an output and a node, nearest to the output first."""
    way: list[Node] = []
    here = towards[node.id]
    while here is not None:
        way.append(here)
        here = towards[here.id]
    return way[::-1]


def _picture_links(node: Node) -> list[Link]:
    """The inputs of a node that hold pictures: those with such a name, else all that may."""
    names = [name for name in node.inputs if node.link(name) and _PICTURES.match(name) and "mask" not in name]
    names = [name for name in names if not name.startswith(("image_ref", "reference", "ref_"))]
    names = names or [name for name in node.inputs if name not in _OTHER_KINDS]
    return [link for name in names if (link := node.link(name))]


_OTHER_KINDS = frozenset({"model", "clip", "vae", "audio", "positive", "negative", "conditioning", "width", "height"})


def _latents(values: Values, decoder: Node, pictures: list[Node]) -> Chain:
    chain = Chain(decoder=decoder, pictures=pictures)
    between: list[Node] = []
    link = _latent_link(decoder)
    seen: set[str] = set()
    while link is not None:
        link = values.origin(link)
        node = values.graph.nodes.get(link.node) if link else None
        if node is None or link is None or node.id in seen or len(seen) > _FURTHEST:
            break
        seen.add(node.id)
        if is_sampler(node):
            _step(chain, node, between)
            between = []
            if node.class_type in WRAPPED and _latent_link(node) is None:
                chain.source = _embedded(values, node, between)
                break
        elif _latent_link(node) is None:
            chain.source = link
            break
        else:
            between.append(node)
            if node.class_type in ("LatentConcat", "LatentBatch", "LatentBlend"):
                chain.joined.append(node)
        link = _latent_link(node)
    (chain.before if chain.samplers else [chain.after])[-1].extend(between)
    chain.samplers.reverse()
    chain.before.reverse()
    return chain


def _step(chain: Chain, sampler: Node, between: list[Node]) -> None:
    """Enter a sampler that was met on the way back, with what lies between it and the one met before."""
    (chain.before[-1] if chain.samplers else chain.after).extend(between)
    chain.samplers.append(sampler)
    chain.before.append([])


def _embedded(values: Values, sampler: Node, between: list[Node]) -> Link | None:
    """Where the pack's embeds start; the nodes on the way join `between`."""
    link, found = next((link for name in _EMBEDS if (link := sampler.link(name))), None), None
    while link is not None and len(between) < _FURTHEST:
        found = values.origin(link)
        node = values.graph.nodes.get(found.node) if found else None
        if node is None or node in between:
            break
        link = next((link for name in _EMBEDS if (link := node.link(name))), None)
        if link is not None:
            between.append(node)
    return found


def _latent_link(node: Node) -> Link | None:
    if node.class_type in ("LatentConcat", "LatentBatch"):
        return node.link("samples2") or node.link("samples1")
    return next((link for name in _LATENTS if (link := node.link(name))), None)


def main_chains(chains: Iterable[Chain]) -> list[Chain]:
    """The chains that are no part of a longer one, without those that nothing is sampled in."""
    made = [chain for chain in chains if chain.ids]
    return [
        chain
        for index, chain in enumerate(made)
        if not any(
            _within(chain, other) and (chain.ids != other.ids or position < index)
            for position, other in enumerate(made)
        )
    ]


def _within(chain: Chain, other: Chain) -> bool:
    return chain is not other and set(chain.ids) <= set(other.ids)
