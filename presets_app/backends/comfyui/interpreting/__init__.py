"""What a graph renders, as a preset document: the one way in is `interpret`."""

from __future__ import annotations

from presets_app.backends.base import Imported
from presets_app.backends.comfyui.graph import Graph
from presets_app.backends.comfyui.interpreting import accounts, remarks
from presets_app.backends.comfyui.interpreting.draft import Draft
from presets_app.backends.comfyui.interpreting.found import named
from presets_app.backends.comfyui.interpreting.outputs import Output, choices, outputs_of, upstream
from presets_app.backends.comfyui.interpreting.services import read_service
from presets_app.backends.comfyui.interpreting.stages import read_video
from presets_app.backends.comfyui.interpreting.values import Values

__all__ = ["interpret"]
_CAME_FROM = "comfyui"


def interpret(graph: Graph) -> Imported:
    """The document of the one video that a graph makes, what became of each literal, and what is to be said.

    There is no document where nothing is rendered, and where several videos are that do not depend on each other:
    which one is meant is asked in a problem."""
    values, draft = Values(graph), Draft(graph)
    draft.problems += graph.problems
    every = outputs_of(values)
    meant = choices(values, every)
    if len(meant) != 1:
        _nothing_meant(draft, meant, every)
        return Imported(None, accounts.losses_of(draft, set()), draft.problems, _CAME_FROM)
    output = meant[0]
    chain = output.chain
    if chain is not None and chain.service is not None:
        read_service(values, draft, output)
    else:
        read_video(values, draft, output)
    remarks.about_the_rest(values, draft, every, output)
    if output.loose:
        _loose(draft, output, every)
    losses = accounts.losses_of(draft, upstream(graph, output.node.id))
    return Imported(draft.ordered(), losses, draft.problems, _CAME_FROM)


def _loose(draft: Draft, output: Output, every: list[Output]) -> None:
    saves = [named(other.node) for other in every if not other.loose]
    told = f" ({'; '.join(saves[:6])} takes nothing that is rendered)" if saves else ""
    text = f"No node saves the video of {named(output.node)}{told}; the document describes it all the same."
    draft.trouble("output_not_connected", "warning", "/output", text, "Connect the save node to it.", output.node)


def _nothing_meant(draft: Draft, meant: list[Output], every: list[Output]) -> None:
    if meant:
        listed = "; ".join(named(output.node) for output in meant[:12])
        text = f"The graph makes {len(meant)} videos that do not depend on each other: {listed}."
        hint = "Mute all but one of these nodes (or leave one in the file), and import again."
        draft.trouble("outputs_unrelated", "error", "", text, hint, meant[0].node)
    elif every:
        listed = "; ".join(named(output.node) for output in every[:6])
        text = f"Nothing in the graph is rendered by a model: its outputs ({listed}) only pass files on."
        draft.trouble("nothing_rendered", "error", "", text, "Import a graph with a sampler.", every[0].node)
    else:
        text = "The graph has no node that saves or shows a video or picture."
        hint = "Switch the save node on, or add one; parts of a graph cannot be imported."
        draft.trouble("output_missing", "error", "", text, hint)
