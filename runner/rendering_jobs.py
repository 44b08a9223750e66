"""One attempt, from its request artifact to its result artifact; whatever happens becomes a result."""

from __future__ import annotations

import json
import shutil
import signal
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rq.timeouts import JobTimeoutException

from presets_app.artifacts import get_json, put_json
from presets_app.core.generation import (
    GenerationRequest,
    GenerationResult,
    Geometry,
    RawDigests,
    SeedUsed,
    StoredFile,
)
from presets_app.core.problems import Failure
from runner import limits, logs, memory_faults, pictures
from runner.device import Answer, ChildDied, Stopped
from runner.device.owner import ChildHung
from runner.failures import CannotRender
from runner.progress import Progress
from runner.room import CANCEL, Meter, Room

DEATHS = 2  # the child may die once; a request it dies of twice is not tried a third time


def attempt(room: Room, request: GenerationRequest, meter: Meter) -> GenerationResult:
    """Render once, and once more when the child was killed. Raises Stopped for a shutdown only."""
    began = time.perf_counter()
    try:
        limits.check(request.document)
        limits.check_output(request.document)
        if reason := room.reason_to_stop(request.item):
            raise Stopped(reason)
        meter(Progress("load"))
        with tempfile.TemporaryDirectory(dir=room.scratch, prefix="render-") as folder:
            video = Path(folder) / "video.mp4"
            pictures.hand_over(room.store, request.document, Path(folder))
            answer = _ask(room, request, video, meter)
            try:
                return _made(room, request, answer, meter=meter, began=min(began, answer.since))
            finally:
                if answer.video != video:
                    shutil.rmtree(answer.video.parent, ignore_errors=True)
    except CannotRender as refused:
        return _ended(room, request, "failed", refused.failure, "")
    except ChildDied as death:
        return _ended(room, request, "failed", _death(death, request.document), death.log)
    except JobTimeoutException:
        text = "The render took longer than its job allows and was ended."
        failure = Failure("environment", "render_timed_out", "after_change", text, "Raise the limit or render less.")
        return _ended(room, request, "failed", failure, room.device.log_tail())
    except Stopped as stopped:
        if stopped.reason != CANCEL:
            meter(Progress("waiting"))
            raise
        room.forget_cancel(request.item)
        return _ended(room, request, "cancelled", None, "")


def read_request(room: Room, item_id: str, digest: str) -> GenerationRequest:
    """Raises NotFound for an artifact that is not here, ValueError for one that is not this item's request."""
    try:
        request = GenerationRequest.from_json(get_json(room.store, digest))
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"artifact {digest[:8]} is not a generation request") from error
    if request.item != item_id:
        raise ValueError(f"the request {digest[:8]} is for item {request.item}, not {item_id}")
    return request


def keep(room: Room, result: GenerationResult) -> str:
    """The result's digest in the store."""
    return put_json(room.store, result.as_json())


def _ask(room: Room, request: GenerationRequest, video: Path, meter: Meter) -> Answer:
    begun: list[object] = []

    def listen(progress: Progress) -> None:
        if progress.phase == "encode" and not begun:
            meter.preview = room.show(request.item, pictures.preview_place(video, request.item))
        meter(progress)
        if progress.phase == "encode" and not begun and not room.stopping:
            begun.append(room.look_ahead())

    for death in range(1, DEATHS + 1):
        try:
            return room.device.render(request, video, listen, lambda: room.reason_to_stop(request.item))
        except ChildHung:
            raise
        except ChildDied as died:
            logs.warn(
                "the rendering process died", item=request.item, phase=died.phase, status=died.status, times=death
            )
            if death == DEATHS:
                raise
    raise AssertionError("the loop returns or raises")


def _made(room: Room, request: GenerationRequest, answer: Answer, *, meter: Meter, began: float) -> GenerationResult:
    body = answer.message
    if body["type"] == "failed":
        return _ended(room, request, "failed", _failed(room, request, body["failure"]), answer.log)
    meter(Progress("store"))
    stored = time.perf_counter()
    kept = StoredFile(room.store.put_file(answer.video), answer.video.stat().st_size, "video/mp4")
    timings = {
        **body["timings"],
        "start": round(answer.start_seconds, 4),
        "store": round(time.perf_counter() - stored, 4),
        "total": round(time.perf_counter() - began, 4),
    }
    return GenerationResult(
        item=request.item,
        attempt=request.attempt,
        status="done",
        video=kept,
        digests=RawDigests(**body["digests"]),
        geometry=Geometry(**body["geometry"]),
        seeds=tuple(SeedUsed(**seed) for seed in body["seeds"]),
        timings=timings,
        warm=bool(body["warm"]),
        peak_memory=body["peak_memory"],
        fingerprint=body["fingerprint"],
        log=_log(room, {"call": body["call"], "timings": timings}, answer.log),
    )


def _failed(room: Room, request: GenerationRequest, told: dict[str, Any]) -> Failure:
    """A process that ran out of memory is ended: fragments of its heap would make the next render fail too."""
    failure = Failure.from_json(told)
    if failure.code != memory_faults.CODE:
        return failure
    explained = memory_faults.explained(failure, room.device.phase, request.document)
    logs.warn("out of memory", item=request.item, phase=room.device.phase, missing=explained.evidence["missing"])
    room.device.kill()
    room.device.prepare()
    return explained


def _ended(room: Room, request: GenerationRequest, status: Any, failure: Failure | None, log: str) -> GenerationResult:
    result = GenerationResult(item=request.item, attempt=request.attempt, status=status, failure=failure)
    return replace(result, log=_log(room, {}, log)) if log else result


def _log(room: Room, facts: dict[str, Any], text: str) -> str:
    """What was called and what the process said, for the person who looks into an attempt."""
    head = json.dumps(facts, indent=1, sort_keys=True, default=str) + "\n" if facts else ""
    return room.store.put((head + text).encode())


def _death(death: ChildDied, document: Mapping[str, Any]) -> Failure:
    evidence: dict[str, Any] = {"phase": death.phase, "status": death.status}
    if isinstance(death, ChildHung):
        text = f"The rendering process said nothing for too long in the phase {death.phase} and was ended."
        return Failure("environment", "runner_child_hung", "later", text, "Look at the GPU and its driver.", evidence)
    text = f"The rendering process ended {DEATHS} times without an answer, last in the phase {death.phase}."
    hint = "Out of memory is the usual reason: look at the machine's kernel log."
    if death.status == -signal.SIGKILL:
        hint += f" {memory_faults.advice(memory_faults.next_plan(document, death.phase, None))}"
    return Failure("environment", "runner_child_died", "later", text, hint, evidence)
