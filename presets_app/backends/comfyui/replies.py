"""Reading a ComfyUI server's replies: nothing in them is trusted, and what is not as documented is left out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from presets_app.backends.base import Watched
from presets_app.backends.comfyui import failures, outputs, phases
from presets_app.core.pointers import joined
from presets_app.core.problems import Failure

_SEEDS = ("seed", "noise_seed")
_LOADERS = ("Loader", "LoaderSimple", "LoaderModelOnly")
_MOST_LINES = 400


@dataclass(frozen=True)
class Waiting:
    """A place in the queue: `ahead` counts what is before it, None while it runs; `client_id` is whom events go to."""

    ahead: int | None
    client_id: str


def queued(queue: Any, prompt_id: str) -> Waiting | None:
    """Where a prompt stands in /queue; None when it is not there. Pending ones run in the order of their numbers."""
    running = list(_entries(queue, "queue_running"))
    for entry in running:
        if entry[1] == prompt_id:
            return Waiting(None, _client_of(entry))
    pending = sorted(_entries(queue, "queue_pending"), key=lambda entry: _number(entry[0]))
    for place, entry in enumerate(pending):
        if entry[1] == prompt_id:
            return Waiting(place + len(running), _client_of(entry))
    return None


def graph_in(queue: Any, prompt_id: str) -> Any:
    """The graph of a prompt in the queue, None when it is not there."""
    entries = [*_entries(queue, "queue_running"), *_entries(queue, "queue_pending")]
    return next((entry[2] for entry in entries if entry[1] == prompt_id and len(entry) > 2), None)


def history_entry(history: Any, prompt_id: str) -> Mapping[str, Any] | None:
    """One prompt's record in /history; None when it has none yet."""
    found = history.get(prompt_id) if isinstance(history, Mapping) else None
    return found if isinstance(found, Mapping) else None


def ended(entry: Mapping[str, Any], address: str, seconds: Mapping[str, float] | None = None) -> Watched:
    """A record of the history as a state; `address` is where /view is asked, `seconds` the time of each node."""
    graph, messages = _graph_of(entry), list(_messages(entry))
    timings = _timings(messages) | phases.seconds(graph, seconds or {})
    about: dict[str, Any] = {"timings": timings, "log": _log(messages, graph), "seeds": _seeds(graph)}
    failure = _failure(entry, messages)
    if failure is not None:
        return Watched("failed", failure=failure, **about)
    try:
        found = outputs.made(entry.get("outputs"), graph)
    except outputs.BadName:
        return Watched("failed", failure=failures.bad_name(), **about)
    if found is None:
        return Watched("failed", failure=failures.no_output(outputs.kinds(entry.get("outputs"))), **about)
    addresses = [f"{address}?{file.query}" for file in found.files]
    return Watched("done", addresses, warm=_warm(messages, graph), pictures=found.pictures, **about)


def stats(value: Any) -> Mapping[str, Any] | None:
    """/system_stats of a ComfyUI server; None for what any other server sends."""
    system = value.get("system") if isinstance(value, Mapping) else None
    known = isinstance(system, Mapping) and isinstance(system.get("comfyui_version"), str)
    return value if known and isinstance(value.get("devices"), list) else None


def _failure(entry: Mapping[str, Any], messages: list[tuple[str, Mapping[str, Any]]]) -> Failure | None:
    """Only the messages tell an interruption from an error; the status word of both is `error`."""
    for kind, told in messages:
        if kind == "execution_error":
            return failures.of_execution(told)
        if kind == "execution_interrupted":
            return failures.interrupted(told)
    status = entry.get("status")
    fine = not isinstance(status, Mapping) or (
        status.get("status_str") != "error" and status.get("completed") is not False
    )
    return None if fine else failures.no_reason()


def _messages(entry: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    status = entry.get("status")
    listed = status.get("messages") if isinstance(status, Mapping) else None
    for item in listed[:_MOST_LINES] if isinstance(listed, list) else ():
        if isinstance(item, list) and len(item) == 2 and isinstance(item[0], str) and isinstance(item[1], Mapping):
            yield item[0], item[1]


def _timings(messages: list[tuple[str, Mapping[str, Any]]]) -> dict[str, float]:
    """Seconds from the start of the execution to its end, by the server's clock."""
    times = {kind: told["timestamp"] for kind, told in messages if isinstance(told.get("timestamp"), (int, float))}
    start = times.get("execution_start")
    end = next((at for kind, at in times.items() if kind in ("execution_success", "execution_error")), None)
    return {} if start is None or end is None or end < start else {"total": (end - start) / 1000}


def _log(messages: list[tuple[str, Mapping[str, Any]]], graph: Mapping[str, Any]) -> tuple[str, ...]:
    """The server's account without times of day, so that two runs can be compared line by line."""
    lines = []
    for kind, told in messages:
        cached = told.get("nodes")
        named = cached if isinstance(cached, list) else [told["node_id"]] if told.get("node_id") is not None else []
        nodes = ", ".join(f"{failures.line(node)} {_class(graph, node)}".strip() for node in named)
        words = failures.line(told.get("exception_message"))
        lines.append(": ".join(part for part in (failures.line(kind), nodes, words) if part))
    return tuple(lines)


def _seeds(graph: Mapping[str, Any]) -> dict[str, int]:
    """Every seed in the graph as the server says it ran it, by its pointer in the graph."""
    return {
        joined((str(node), "inputs", name)): value
        for node, held in graph.items()
        for name, value in _inputs(held).items()
        if name in _SEEDS and isinstance(value, int) and not isinstance(value, bool)
    }


def _warm(messages: list[tuple[str, Mapping[str, Any]]], graph: Mapping[str, Any]) -> bool:
    """Whether every loader's result was still there from an earlier render."""
    cached = next((told.get("nodes") for kind, told in messages if kind == "execution_cached"), None)
    loaders = [str(node) for node in graph if _class(graph, node).endswith(_LOADERS)]
    return bool(loaders) and isinstance(cached, list) and set(loaders) <= {str(node) for node in cached}


def _graph_of(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    prompt = entry.get("prompt")
    graph = prompt[2] if isinstance(prompt, list) and len(prompt) > 2 else None
    return graph if isinstance(graph, Mapping) else {}


def _class(graph: Mapping[str, Any], node: Any) -> str:
    held = graph.get(str(node))
    return failures.line(held.get("class_type")) if isinstance(held, Mapping) else ""


def _inputs(held: Any) -> Mapping[str, Any]:
    inputs = held.get("inputs") if isinstance(held, Mapping) else None
    return inputs if isinstance(inputs, Mapping) else {}


def _entries(queue: Any, key: str) -> Iterator[list[Any]]:
    listed = queue.get(key) if isinstance(queue, Mapping) else None
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, list) and len(entry) > 1 and isinstance(entry[1], str):
            yield entry


def _client_of(entry: list[Any]) -> str:
    extra = entry[3] if len(entry) > 3 and isinstance(entry[3], Mapping) else {}
    named = extra.get("client_id")
    return named if isinstance(named, str) and len(named) <= 100 else ""


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
