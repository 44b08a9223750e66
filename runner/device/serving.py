"""The child's loop: one request at a time, pipelines kept resident between them."""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import IO, Any, TypeVar

from presets_app.core.generation import GenerationRequest
from presets_app.core.problems import Failure
from runner import determinism, memory_faults
from runner.device import messages
from runner.device.job import Job
from runner.device.probing import probe
from runner.device.residents import Residents
from runner.failures import Cancelled, CannotRender
from runner.progress import Progress, Report

Answer = dict[str, Any]
Finish = Callable[[], Answer]
Made = TypeVar("Made")
PROGRESS_EVERY = 0.05  # seconds between two messages within one phase
# What a library may raise; anything else ends the process, and the parent says so.
UNEXPECTED = (ArithmeticError, AttributeError, ImportError, LookupError, OSError, RuntimeError, TypeError, ValueError)


def serve(source: IO[bytes], sink: IO[bytes], began: float) -> int:
    """Answer requests until the parent closes the pipe. What was rendered is hashed and encoded in a thread of its own,
    while the next request, if it has come already, is rendered in this one."""
    determinism.settle()
    outbox, inbox, residents = Outbox(sink), Requests(source), Residents()
    outbox.put({"type": "ready", "pid": os.getpid(), "seconds": time.perf_counter() - began})
    with ThreadPoolExecutor(max_workers=1) as finishing:
        while (request := inbox.next()) is not None:
            job = int(request.get("job", 0))
            report = _reporter(outbox, inbox, job)
            answer = _guarded(partial(_begun, request, residents, report), residents)
            if callable(answer):
                finishing.submit(_finished, answer, outbox, job).add_done_callback(_ended)
            else:
                outbox.put({**answer, "job": job})
    return 0


class Outbox:
    """The pipe to the parent, for two threads."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink, self._lock = sink, threading.Lock()

    def put(self, message: dict[str, Any]) -> None:
        with self._lock:
            messages.write(self._sink, message)


class Requests:
    """Reads the parent's messages in a thread of its own, so that a cancel arrives while the main one computes."""

    def __init__(self, source: IO[bytes]) -> None:
        self.cancelled: set[int] = set()
        self._waiting: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._read, args=(source,), daemon=True).start()

    def next(self) -> dict[str, Any] | None:
        message = self._waiting.get()
        return None if message.get("type") == "close" else message

    def _read(self, source: IO[bytes]) -> None:
        while (message := messages.read(source)) is not None:
            if message.get("type") == "cancel":
                self.cancelled.add(int(message.get("job", 0)))
            else:
                self._waiting.put(message)
        os._exit(0)  # the parent is gone: nobody waits for what is being rendered


def _reporter(outbox: Outbox, inbox: Requests, job: int) -> Report:
    told, last = 0.0, ""

    def report(progress: Progress) -> None:
        nonlocal told, last
        if job in inbox.cancelled:
            raise Cancelled
        now = time.monotonic()
        ends = progress.step == progress.steps or progress.warm is not None
        if progress.phase == last and now - told < PROGRESS_EVERY and not ends:
            return  # telling every step of a quick model costs more than two percent of it
        told, last = now, progress.phase
        outbox.put({"type": "progress", "job": job, **asdict(progress)})

    return report


def _begun(request: dict[str, Any], residents: Residents, report: Report) -> Answer | Finish:
    """The whole answer to a probe; of a render what is still to do."""
    root = Path(request["weights"])
    if request["type"] == "probe":
        return {"type": "done", **probe(root, request["repositories"], residents, report)}
    if request["type"] == "step":
        from runner.recipes.doing import do  # noqa: PLC0415  # most renderers never do one

        if request["asked"]["kind"] == "expand_prompt" and determinism.device() == "cuda":
            residents.clear()  # a language model seldom fits beside a video model
        made = do(request["asked"], root, Path(request["folder"]), residents.hashes, report)
        return {"type": "done", "values": made, "resident": residents.told()}
    finish = Job(GenerationRequest.from_json(request["request"]), root, Path(request["video"])).run(residents, report)
    told = residents.told()
    return lambda: {"type": "done", **finish(), "resident": told}


def _finished(finish: Finish, outbox: Outbox, job: int) -> None:
    outbox.put({**_guarded(finish, None), "job": job})


def _ended(finished: Future[None]) -> None:
    """An error that is no library's ends the process, as it does in the main thread."""
    if (error := finished.exception()) is not None:
        traceback.print_exception(error, file=sys.stderr)
        os._exit(1)


def _guarded(work: Callable[[], Made], residents: Residents | None) -> Made | Answer:
    """What `work` gives, or the answer that says why it did not; `residents` are let go of where it used them."""
    try:
        return work()
    except Cancelled:
        return {"type": "cancelled"}
    except CannotRender as refused:
        return _failed(refused.failure)
    except (MemoryError, *UNEXPECTED) as error:
        traceback.print_exc(file=sys.stderr)
        if memory_faults.is_out_of_memory(error):
            return _failed(memory_faults.found(error, determinism.device()))  # the parent ends this process
        if residents is not None:
            residents.clear()  # a pipeline that failed half-way is not trusted again
        return _failed(_unexpected(error))


def _failed(failure: Failure) -> dict[str, Any]:
    return {"type": "failed", "failure": failure.as_json()}


def _unexpected(error: BaseException) -> Failure:
    text = f"Rendering stopped with an error that the runner does not know ({type(error).__name__})."
    return Failure("ours", "render_crashed", "later", text, "The log of this attempt has the details.")
