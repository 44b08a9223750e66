"""A document as a RunPod job: {"input": ...} for a public endpoint, or a ComfyUI graph for worker-comfyui."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from presets_app.backends.base import Exported
from presets_app.backends.forms import writer_of
from presets_app.backends.request_exporting import Envelope, exported, refused, unusable
from presets_app.backends.runpod.capability import choose_model, route
from presets_app.backends.runpod.compiling import compile_request
from presets_app.core.ledger import leaves
from presets_app.core.losses import Loss
from presets_app.core.problems import Problem

WORKER = "worker-comfyui"
WORKER_PATH = "/v2/{endpoint_id}/run"
_GRAPH = "/body/input/workflow"


def to_form(document: Mapping[str, Any]) -> Exported:
    """`POST /v2/<endpoint>/run`. For worker-comfyui the endpoint's id is left to fill in, and pictures go along as
    `input.images`, which needs their bytes: they are named as problems here."""
    faults = unusable(document)
    if faults:
        return refused(document, faults)
    model = choose_model(document)
    if isinstance(model, Problem):
        return refused(document, [model])
    if model is None:
        return _worker(document)
    compiled = compile_request(document, model)
    whole = replace(compiled, problems=[*compiled.problems, route(model)])
    return exported(whole, Envelope(f"/v2/{model.model_id}/run", below="input"))


def _worker(document: Mapping[str, Any]) -> Exported:
    graph = writer_of("comfyui")(document)
    problems = [*graph.problems, *_files(document), route(None)]
    if not graph.output:
        return Exported({}, graph.losses, problems)
    body = {"input": {"workflow": graph.output}}
    output = {"model": WORKER, "method": "POST", "path": WORKER_PATH, "body": body}
    losses = [replace(loss, target_path=_below(loss.target_path)) for loss in graph.losses]
    told = "How a request is sent."
    sent = [Loss("", "defaulted", f"/{name}", None, output[name], told) for name in ("model", "method", "path")]
    return Exported(output, [*losses, *_structure(graph.output), *sent], problems)


def _below(target: str) -> str:
    return f"{_GRAPH}{target}" if target else ""


def _structure(graph: Mapping[str, Any]) -> list[Loss]:
    """Nodes, titles and links, which say how a graph is built and hold no value of the preset."""
    note = "How the graph is built."
    return [
        Loss("", "mapped", f"{_GRAPH}{pointer}", None, value, note)
        for pointer, value in leaves(dict(graph))
        if "/inputs/" not in pointer or _is_link(value)
    ]


def _is_link(value: Any) -> bool:
    return isinstance(value, list) and [type(part) for part in value] == [str, int]


def _files(document: Mapping[str, Any]) -> list[Problem]:
    """Inputs that the worker must be given as bytes; a local-only one may not leave."""
    inputs = document.get("inputs")
    held = inputs if isinstance(inputs, Mapping) else {}
    found = [_file(f"/inputs/{role}", value) for role, value in held.items()]
    references = document.get("references")
    found += [_file(f"/references/{place}", value) for place, value in enumerate(references or ())]
    return found


def _file(path: str, value: Any) -> Problem:
    if isinstance(value, Mapping) and value.get("local_only") is True:
        text = "The input is marked as local-only and must not be sent to a service."
        return Problem("input_local_only", "error", path, text, "Render it locally.", WORKER)
    text = "The worker needs the file itself, as base64 in `input.images` under the name that the graph loads."
    hint = "Add {name, image} to `input.images`, or keep the file on the worker's volume."
    return Problem("input_not_uploaded", "error", path, text, hint, WORKER)
