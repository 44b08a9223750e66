"""The queue: one prompt at a time, a history that lasts as long as the process, events to whoever asked."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from presets_app.core.canonical import digest
from runner.standins.comfyui import rendering
from runner.standins.comfyui.events import Events
from runner.standins.comfyui.validation import links, outputs, reachable

_BAD_NAMES = {
    "traversal": {"filename": "../../x.mp4", "subfolder": "", "type": "output"},
    "absolute": {"filename": "/etc/passwd.mp4", "subfolder": "", "type": "output"},
    "subfolder": {"filename": "x.mp4", "subfolder": "../..", "type": "output"},
}
_RAISES = {
    "node-error": ("RuntimeError", "boom from node\n"),
    "oom": ("torch.OutOfMemoryError", "Allocation on device 0 would exceed allowed memory. (out of memory)"),
}


@dataclass
class Prompt:
    number: int
    prompt_id: str
    graph: dict[str, Any]
    extra: dict[str, Any]
    savers: list[str]
    messages: list[list[Any]] = field(default_factory=list)

    @property
    def client_id(self) -> str:
        return str(self.extra.get("client_id") or "")

    def entry(self) -> list[Any]:
        return [self.number, self.prompt_id, self.graph, self.extra, self.savers]


class Stopped(Exception):
    """The prompt was interrupted."""


class Raised(Exception):
    """A node raised."""


class Queue:
    """`slow` is seconds for each step of a sampler."""

    def __init__(self, folder: Path, known: Mapping[str, Any], events: Events, fault: str, slow: float) -> None:
        self.output = folder / "output"
        self.output.mkdir(parents=True, exist_ok=True)
        self.known, self.events, self.fault, self.slow = known, events, fault, slow
        self.pending: list[Prompt] = []
        self.running: Prompt | None = None
        self.history: dict[str, dict[str, Any]] = {}
        self.taken = 0
        self._stop = False
        self._made: dict[str, tuple[list[str], dict[str, Any]]] = {}
        self._turn = threading.Condition()

    def add(self, prompt_id: str, graph: dict[str, Any], extra: dict[str, Any]) -> int:
        with self._turn:
            savers = [] if self.fault == "partial" else outputs(graph, self.known)
            prompt = Prompt(self.taken, prompt_id, graph, {**extra, "create_time": _now()}, savers)
            self.taken += 1
            self.pending.append(prompt)
            self._turn.notify()
        self._status()
        return prompt.number

    def state(self) -> dict[str, Any]:
        with self._turn:
            running = [self.running.entry()] if self.running else []
            return {"queue_running": running, "queue_pending": [prompt.entry() for prompt in self.pending]}

    def remaining(self) -> int:
        return len(self.pending) + (self.running is not None)

    def delete(self, prompt_ids: list[str]) -> None:
        with self._turn:
            self.pending = [prompt for prompt in self.pending if prompt.prompt_id not in prompt_ids]
        self._status()

    def interrupt(self, prompt_id: str | None) -> None:
        with self._turn:
            if self.running and prompt_id in (None, self.running.prompt_id):
                self._stop = True

    def work(self) -> None:
        """Run prompts for ever."""
        while True:
            with self._turn:
                while not self.pending:
                    self._turn.wait()
                self.running, self._stop = self.pending.pop(0), False
                prompt = self.running
            self._status()
            self._run(prompt)

    def _run(self, prompt: Prompt) -> None:
        made: dict[str, Any] = {}
        self._say(prompt, "execution_start", {})
        try:
            made = self._executed(prompt)
            self._say(prompt, "execution_success", {})
        except (Stopped, Raised):
            made = {}
        fine = prompt.messages[-1][0] == "execution_success"
        status = {"status_str": "success" if fine else "error", "completed": fine, "messages": prompt.messages}
        with self._turn:
            if self.fault != "forgets":
                self.history[prompt.prompt_id] = {
                    "prompt": prompt.entry(),
                    "outputs": made,
                    "status": status,
                    "meta": {},
                }
            self.running = None
        self._status()
        self.events.send(prompt.client_id, "executing", {"node": None, "prompt_id": prompt.prompt_id})

    def _executed(self, prompt: Prompt) -> dict[str, Any]:
        key, order = digest(prompt.graph), reachable(prompt.graph, prompt.savers)
        if self.fault == "not-a-number":
            for held in prompt.graph.values():
                held["is_changed"] = [math.nan]
        if key in self._made:
            self._say(prompt, "execution_cached", {"nodes": self._made[key][0]})
            return self._made[key][1]
        self._say(prompt, "execution_cached", {"nodes": []})
        made: dict[str, Any] = {}
        for node in order:
            self._step_through(prompt, node)
            if node in prompt.savers:
                made[node] = self._saved(prompt, node)
                told = {"node": node, "display_node": node, "output": made[node], "prompt_id": prompt.prompt_id}
                self.events.send(prompt.client_id, "executed", told)
        self._made[key] = (order, made)
        return made

    def _step_through(self, prompt: Prompt, node: str) -> None:
        held = prompt.graph[node]
        about = {"node": node, "prompt_id": prompt.prompt_id}
        self.events.send(prompt.client_id, "executing", {**about, "display_node": node})
        count = rendering.steps(held)
        sampler = "Sampler" in held["class_type"] and held["class_type"] != "KSamplerSelect"
        for step in range(1, count + 1 if sampler else 1):
            time.sleep(self.slow)
            if self._stop or self.fault == "interrupted":
                told = {"node_id": node, "node_type": held["class_type"], "executed": []}
                self._say(prompt, "execution_interrupted", told)
                raise Stopped
            self.events.send(prompt.client_id, "progress", {"value": step, "max": count, **about})
            if sampler:
                self.events.show(prompt.client_id, rendering.preview(prompt.graph), about)
        if sampler and self.fault in _RAISES:
            self._raise(prompt, node)

    def _raise(self, prompt: Prompt, node: str) -> None:
        kind, message = _RAISES[self.fault]
        about = {"node_id": node, "node_type": prompt.graph[node]["class_type"], "executed": []}
        words = {"exception_message": message, "exception_type": kind, "traceback": ['  File "/srv/execution.py"\n']}
        inputs = {"current_inputs": {"latent": ["tensor([[0.2000, 0.4000]])"] * len(links(prompt.graph[node]))}}
        self._say(prompt, "execution_error", {**about, **words, **inputs, "current_outputs": []})
        raise Raised

    def _saved(self, prompt: Prompt, node: str) -> dict[str, Any]:
        if self.fault in _BAD_NAMES:
            return {"images": [_BAD_NAMES[self.fault]], "animated": [True]}
        prefix = str(prompt.graph[node]["inputs"].get("filename_prefix", "ComfyUI"))
        subfolder, _, stem = prefix.rpartition("/")
        folder = self.output / subfolder
        folder.mkdir(parents=True, exist_ok=True)
        names = rendering.save(prompt.graph, node, folder, stem)
        listed = [{"filename": name, "subfolder": subfolder, "type": "output"} for name in names]
        key = self.fault if self.fault in ("gifs", "video") else "images"
        moves = not names[0].endswith(".png")
        return {key: listed, **({"animated": [True]} if key == "images" and moves else {})}

    def _say(self, prompt: Prompt, kind: str, told: dict[str, Any]) -> None:
        whole = {"prompt_id": prompt.prompt_id, **told, "timestamp": _now()}
        prompt.messages.append([kind, whole])
        self.events.send(None if kind == "execution_interrupted" else prompt.client_id, kind, whole)

    def _status(self) -> None:
        self.events.send(None, "status", {"status": {"exec_info": {"queue_remaining": self.remaining()}}})


def _now() -> int:
    return time.time_ns() // 1_000_000
