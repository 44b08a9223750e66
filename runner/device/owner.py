"""The parent's side: starts the child, asks it, notices when it dies or hangs, ends it. Imports no torch."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from presets_app.core.generation import GenerationRequest
from runner import switches
from runner.device import messages
from runner.device.ahead import Ahead, key_of
from runner.progress import Progress, Report

TICK = 0.2  # seconds between looks at whether to stop
STOP_EVERY = 0.1  # seconds between two looks while messages come faster than that; each asks Redis
START_LIMIT = 180.0  # seconds for the child to import torch and diffusers on a busy machine
HANG_LIMIT = 1800.0  # seconds without a word from a working child
CANCEL_GRACE = 3.0  # seconds for a step to end by itself; the phases without steps end with the process
_LOG_TAIL = 16_384
_FINAL = ("done", "failed", "cancelled")


class ChildDied(Exception):
    """The child ended without an answer: `phase` it was in, `status` of its process, the end of its `log`."""

    def __init__(self, phase: str, status: int | None, log: str) -> None:
        self.phase, self.status, self.log = phase, status, log
        super().__init__(f"the rendering process ended in the phase {phase} (status {status})")


class ChildHung(ChildDied):
    """The child said nothing for so long that it was ended."""


class Stopped(Exception):
    """Somebody asked to stop, and it has stopped; `reason` is what `stop()` said."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Answer:
    """The child's last message, and how long its start took when this request started it (0 when it was warm). `video`
    is where the mp4 lies, and `since` when the child was given the work, by time.perf_counter."""

    message: Mapping[str, Any]
    start_seconds: float
    log: str
    video: Path
    since: float


def _never() -> str | None:
    return None


@dataclass
class Device:
    """One device, one child. `listen` is called for every progress; `stop` every tick, and its text ends the work."""

    weights: Path
    hang_limit: float = HANG_LIMIT
    cancel_grace: float = CANCEL_GRACE
    _child: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _inbox: messages.Inbox | None = field(default=None, repr=False)
    _log: IO[bytes] | None = field(default=None, repr=False)
    _settings: dict[str, str] = field(default_factory=lambda: switches.of_process({}))
    _phase: str = "start"
    _start_seconds: float = 0.0
    _job: int = 0
    _ahead: Ahead | None = field(default=None, repr=False)
    _unread: list[dict[str, Any]] = field(default_factory=list, repr=False)
    _resident: list[dict[str, Any]] = field(default_factory=list)
    _ready: bool = False
    _busy: bool = False

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    @property
    def resident(self) -> list[dict[str, Any]]:
        """What the child said last that it keeps loaded: {repository, revision, bytes, seconds} each."""
        return self._resident if self.pid is not None else []

    @property
    def phase(self) -> str:
        """The last one that the child was heard in."""
        return self._phase

    def render(
        self, request: GenerationRequest, video: Path, listen: Report, stop: Callable[[], str | None] = _never
    ) -> Answer:
        """Raises ChildDied, ChildHung, Stopped. A document that needs another process-wide setting gets a process of
        its own."""
        needed = switches.of_process(request.document)
        if needed != self._settings:
            self._settings = needed
            self.kill()
        message = {"type": "render", "request": request.as_json(), "video": str(video)}
        return self._ask(message, listen, stop, key_of(request))

    def begin(self, request: GenerationRequest, video: Path) -> bool:
        """Give the child what will probably be asked for next, while it writes what it rendered last; `video` in a
        folder of its own. False where it would need another process, or has one such already."""
        fitting = self._ready and self._busy and self._settings == switches.of_process(request.document)
        if not fitting or self._ahead is not None or self.pid is None:
            return False
        self._job += 1
        self._ahead = Ahead(key_of(request), self._job, video)
        message = {"type": "render", "request": request.as_json(), "video": str(video)}
        self._send({**message, "weights": str(self.weights), "job": self._job})
        return True

    def probe(self, repositories: list[str], stop: Callable[[], str | None] = _never) -> Answer:
        """Raises ChildDied, ChildHung, Stopped."""
        return self._ask({"type": "probe", "repositories": repositories}, lambda _progress: None, stop)

    def step(
        self, asked: dict[str, Any], folder: Path, listen: Report, stop: Callable[[], str | None] = _never
    ) -> Answer:
        """A step of a recipe; what it reads and makes lies in `folder`. Raises ChildDied, ChildHung, Stopped."""
        return self._ask({"type": "step", "asked": asked, "folder": str(folder)}, listen, stop)

    def prepare(self) -> None:
        """Start the child if there is none, without waiting for it: it can load its libraries before work comes."""
        if self.pid is None:
            self._start()

    def close(self, grace: float = 2.0) -> None:
        """End the child: asked first, then made to. Nothing is left behind."""
        child, self._child, self._inbox = self._child, None, None
        if self._ahead is not None:
            self._ahead.forget()
            self._ahead = None
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                _quietly_close(pipe)  # the end of its input is the child's sign to leave
        try:
            child.wait(grace)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def kill(self) -> None:
        """End the child now, in whatever phase it is."""
        if self._child is not None:
            self._child.kill()
        self.close()

    def _ask(self, message: dict[str, Any], listen: Report, stop: Callable[[], str | None], key: str = "") -> Answer:
        self.prepare()
        fresh, self._busy = not self._ready, True
        video, since = Path(message.get("video", "")), time.perf_counter()
        try:
            if fresh:
                self._wait(("ready",), START_LIMIT, listen, stop)
            if (ahead := self._taken(key)) is not None:
                video, since, final = ahead.video, ahead.since, self._caught_up(ahead, listen, stop)
            else:
                self._phase = "load"
                self._job += 1
                self._send({**message, "weights": str(self.weights), "job": self._job})
                final = self._wait(_FINAL, self.hang_limit, listen, stop, self._job)
        except messages.Garbled:
            log = self.log_tail()
            self.kill()
            raise ChildDied(self._phase, None, log) from None
        except BaseException:
            # Whatever ended the wait (a job's time limit, Ctrl-C): half-done work must not answer the next request.
            if self._busy:
                self.kill()
            raise
        return Answer(final, self._start_seconds if fresh else 0.0, self.log_tail(), video, since)

    def _taken(self, key: str) -> Ahead | None:
        """What was begun ahead, when it is this work; anything else that was is given up."""
        ahead, self._ahead = self._ahead, None
        if ahead is None or (key and ahead.key == key):
            return ahead
        self._send({"type": "cancel", "job": ahead.job})
        ahead.forget()
        return None

    def _caught_up(self, ahead: Ahead, listen: Report, stop: Callable[[], str | None]) -> dict[str, Any]:
        self._phase = ahead.progress.phase
        listen(ahead.progress)
        if ahead.answer is not None:
            return self._finish(dict(ahead.answer), "")
        return self._wait(_FINAL, self.hang_limit, listen, stop, ahead.job)

    def _start(self) -> None:
        self.close()
        if self._log is None:
            self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the device
        self._phase, self._ready, self._resident = "start", False, []
        self._unread.clear()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "runner.device"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**_environment(), **self._settings},
            cwd=Path(__file__).resolve().parents[2],
        )
        if self._child.stdout is not None:
            self._inbox = messages.Inbox(self._child.stdout.fileno())

    def _send(self, message: dict[str, Any]) -> None:
        if self._child is not None and self._child.stdin is not None:
            try:
                messages.write(self._child.stdin, message)
            except OSError:
                raise self._died() from None

    def _wait(
        self, wanted: tuple[str, ...], limit: float, listen: Report, stop: Callable[[], str | None], job: int = 0
    ) -> dict[str, Any]:
        """The message that ends `job`; those of what was begun ahead are kept, those of what was given up are not."""
        heard, ending, reason, looked = time.monotonic(), 0.0, "", 0.0
        while True:
            self._unread += self._messages()
            while self._unread:
                message, heard = self._unread.pop(0), time.monotonic()
                if message.get("job", job) != job:
                    if self._ahead is not None and message["job"] == self._ahead.job:
                        self._ahead.hear(message)
                    continue
                kind = message.get("type")
                if kind in wanted or kind == "cancelled":
                    return self._finish(message, reason)
                listen(self._progress(message))
            if not reason and time.monotonic() - looked > STOP_EVERY:
                looked, reason = time.monotonic(), stop() or ""
                if reason:
                    ending = time.monotonic() + self.cancel_grace
                    self._send({"type": "cancel", "job": job})
            if reason and (time.monotonic() > ending or self._phase == "start"):
                self.kill()
                raise Stopped(reason)
            if time.monotonic() - heard > limit:
                log = self.log_tail()
                self.kill()
                raise ChildHung(self._phase, None, log)

    def _progress(self, message: Mapping[str, Any]) -> Progress:
        self._phase = str(message.get("phase", self._phase))
        return Progress(self._phase, int(message.get("step", 0)), int(message.get("steps", 0)), message.get("warm"))

    def _finish(self, message: dict[str, Any], reason: str) -> dict[str, Any]:
        if message["type"] == "ready":
            self._ready, self._start_seconds = True, float(message["seconds"])
        else:
            self._busy = False  # it answered, so it stays warm for the next request
            self._resident = message.get("resident", self._resident)
        if reason:
            raise Stopped(reason)
        return message

    def _messages(self) -> list[dict[str, Any]]:
        """What has come within one tick; at once where something is still to be read."""
        if self._unread:
            return []
        if self._child is None or self._child.stdout is None or self._inbox is None:
            raise self._died()
        ready, _, _ = select.select([self._child.stdout], [], [], TICK)
        if not ready:
            return []
        found = self._inbox.take()
        if found is None:
            raise self._died()
        return found

    def _died(self) -> ChildDied:
        status = None
        if self._child is not None:
            try:
                status = self._child.wait(1.0)
            except subprocess.TimeoutExpired:
                self._child.kill()
                status = self._child.wait()
        return ChildDied(self._phase, status, self.log_tail())

    def log_tail(self) -> str:
        """The end of what the child wrote to stderr since it was first started."""
        if self._log is None:
            return ""
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), _LOG_TAIL, max(0, size - _LOG_TAIL)).decode("utf-8", "replace")


def _environment() -> dict[str, str]:
    """Only what rendering needs: no address, no secret of the parent's."""
    kept = {name: os.environ[name] for name in switches.PASSED_ON if name in os.environ}
    return {**kept, **switches.OFFLINE, **switches.DETERMINISM}


def _quietly_close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:
        return
