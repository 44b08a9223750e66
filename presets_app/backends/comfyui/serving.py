"""ComfyUI as a place that renders: a document as a graph under our own name, and the client that runs it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from presets_app.backends.base import Compiled, Document, ServerBackend, Upload
from presets_app.backends.comfyui.client import open_client
from presets_app.backends.comfyui.compiling.whole import compile_graph
from presets_app.backends.comfyui.uploading import uploads

MODEL = "graph"
_NAMES = uuid.UUID("5f0f1f6e-6d0f-5b52-9d1a-0d2f5c9a7b31")  # the space that prompt ids are made in
_SEED_FIELDS = ("/inputs/seed", "/inputs/noise_seed")


def compile_work(document: Document, described: Mapping[str, Any] | None, *, run_name: str = "") -> Compiled:
    """The body to submit: graph, client id, the files it needs, and where each stage's seed stands. `described` is
    what the server said of itself (its `nodes`); without it stock ComfyUI's schemas are asked."""
    files = uploads(document)
    nodes = (described or {}).get("nodes")
    names = {key: upload.name for key, upload in files.items()}
    made = compile_graph(document, run_name=run_name, assets=names, object_info=nodes or None)
    seeds = [
        {"stage": _role(document, loss.path), "place": loss.target_path, "sent": loss.after}
        for loss in made.losses
        if loss.path.endswith("/seed") and loss.target_path.endswith(_SEED_FIELDS)
    ]
    body = {
        "prompt": made.output,
        "client_id": _named(f"run {run_name}").replace("-", "") if run_name else "",
        "uploads": [asdict(upload) for upload in files.values()],
        "seeds": seeds,
    }
    return Compiled(MODEL, body, made.losses, made.problems)


def work_id(item: str, attempt: int) -> str:
    """The prompt id of an attempt: the same each time it is asked for, and no other attempt's."""
    return _named(f"{item} {attempt}")


def wanted_uploads(body: Mapping[str, Any]) -> list[Upload]:
    return [Upload(**held) for held in body.get("uploads", ())]


def _role(document: Document, path: str) -> str:
    index = path.split("/")[2]
    stages = document.get("stages") or []
    known = index.isdecimal() and int(index) < len(stages)
    return str(stages[int(index)].get("role", index)) if known else index


def _named(words: str) -> str:
    return str(uuid.uuid5(_NAMES, words))


BACKEND = ServerBackend("comfyui", open_client, compile_work, work_id, wanted_uploads)
