"""The child's loop: one request at a time, pipelines kept resident between them."""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from presets_app.core.generation import GenerationRequest
from presets_app.core.problems import Failure
from runner import determinism, memory_faults
from runner.device import messages
from runner.device.job import Job
from runner.device.probing import probe
from runner.device.residents import Residents
from runner.failures import Cancelled, CannotRender
from runner.progress import Progress

# What a library may raise; anything else ends the process, and the parent says so.
UNEXPECTED = (ArithmeticError, AttributeError, ImportError, LookupError, OSError, RuntimeError, TypeError, ValueError)


def serve(source: IO[bytes], sink: IO[bytes], began: float) -> int:
    """Answer requests until the parent closes the pipe."""
    determinism.settle()
    inbox = Requests(source)
    residents = Residents()
    messages.write(sink, {"type": "ready", "pid": os.getpid(), "seconds": time.perf_counter() - began})
    while (request := inbox.next()) is not None:
        inbox.stop.clear()
        messages.write(sink, _answer(request, residents, sink, inbox.stop))
    return 0


class Requests:
    """Reads the parent's messages in a thread of its own, so that a cancel arrives while the main one computes."""

    def __init__(self, source: IO[bytes]) -> None:
        self.stop = threading.Event()
        self._waiting: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._read, args=(source,), daemon=True).start()

    def next(self) -> dict[str, Any] | None:
        message = self._waiting.get()
        return None if message.get("type") == "close" else message

    def _read(self, source: IO[bytes]) -> None:
        while (message := messages.read(source)) is not None:
            if message.get("type") == "cancel":
                self.stop.set()
            else:
                self._waiting.put(message)
        os._exit(0)  # the parent is gone: nobody waits for what is being rendered


def _answer(request: dict[str, Any], residents: Residents, sink: IO[bytes], stop: threading.Event) -> dict[str, Any]:
    def report(progress: Progress) -> None:
        if stop.is_set():
            raise Cancelled
        messages.write(sink, {"type": "progress", **asdict(progress)})

    try:
        if request["type"] == "probe":
            body = probe(Path(request["weights"]), request["repositories"], residents, report)
        else:
            job = Job(GenerationRequest.from_json(request["request"]), Path(request["weights"]), Path(request["video"]))
            body = job.run(residents, report)
        return {"type": "done", **body}
    except Cancelled:
        return {"type": "cancelled"}
    except CannotRender as refused:
        return _failed(refused.failure)
    except (MemoryError, *UNEXPECTED) as error:
        traceback.print_exc(file=sys.stderr)
        if memory_faults.is_out_of_memory(error):
            return _failed(memory_faults.found(error, determinism.device()))  # the parent ends this process
        residents.clear()  # a pipeline that failed half-way is not trusted again
        return _failed(_unexpected(error))


def _failed(failure: Failure) -> dict[str, Any]:
    return {"type": "failed", "failure": failure.as_json()}


def _unexpected(error: BaseException) -> Failure:
    text = f"Rendering stopped with an error that the runner does not know ({type(error).__name__})."
    return Failure("ours", "render_crashed", "later", text, "The log of this attempt has the details.")
