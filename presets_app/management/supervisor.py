"""Starts the processes of one Matchframe, keeps them running, and ends all of them. One of the four places in the
project where processes are spawned."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from presets_app.core.errors import Unavailable
from presets_app.management.processes import Process, environment

PATIENCE = 12.0  # seconds for all processes to end by themselves before they are killed
RESTARTS = 5
_PR_SET_PDEATHSIG = 1


class Supervisor:
    """Ends what it started, in reverse order, when the block is left. Each process leads its own group, so that a
    Ctrl-C reaches this one alone; on Linux the kernel ends them too should this process be killed."""

    def __init__(self, logs: Path, say: Callable[[str], None]) -> None:
        self.logs, self.say = logs, say
        self.running: dict[str, tuple[Process, subprocess.Popen[bytes]]] = {}
        self.restarts: dict[str, int] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_all()

    def start(self, process: Process) -> subprocess.Popen[bytes]:
        with (self.logs / f"{process.name}.log").open("ab") as log:
            child = subprocess.Popen(
                process.argv,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads here
            )
        self.running[process.name] = (process, child)
        return child

    def wait_for(self, name: str, answers: Callable[[], bool], seconds: float) -> None:
        """Wait until `answers()`; raises Unavailable, with the end of the log, when the process ends or time is up."""
        deadline = time.monotonic() + seconds
        while not answers():
            ended = self.running[name][1].poll()
            if ended is not None or time.monotonic() > deadline:
                how = f"ended with code {ended}" if ended is not None else f"did not answer within {seconds:g} s"
                raise Unavailable(f"{name} {how}.", code="process_failed", hint=self._last_words(name))
            time.sleep(0.05)

    def tend(self) -> None:
        """Start again what has ended by itself; a process that keeps ending is left alone, with a word about it."""
        for name, (process, child) in list(self.running.items()):
            code = child.poll()
            if code is None or self.restarts.get(name, 0) > RESTARTS:
                continue
            if code == 0 and process.once:
                del self.running[name]
                continue
            self.restarts[name] = self.restarts.get(name, 0) + 1
            if self.restarts[name] > RESTARTS:
                self.say(f"{name} keeps ending (code {code}); see {self.logs / name}.log")
                continue
            self.say(f"{name} ended (code {code}); starting it again")
            self.start(process)

    def stop(self, name: str, seconds: float = PATIENCE) -> None:
        found = self.running.pop(name, None)
        if found is not None:
            _end(found[1], seconds)

    def stop_all(self) -> None:
        """End everything, Redis last, because the others still report to it."""
        deadline = time.monotonic() + PATIENCE
        order = [name for name in reversed(self.running) if name != "redis"]
        for name in order:
            _signal(self.running[name][1], signal.SIGTERM)
        for name in [*order, "redis"]:
            self.stop(name, max(0.2, deadline - time.monotonic()))

    def _last_words(self, name: str) -> str:
        try:
            lines = (self.logs / f"{name}.log").read_text("utf-8", "replace").strip().splitlines()
        except OSError:
            return ""
        return " / ".join(lines[-3:])[:600]


def run_once(argv: list[str], logs: Path, name: str, seconds: float) -> None:
    """Run a step to its end. Raises Unavailable with the end of its log when it fails."""
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"
    with log.open("wb") as sink:
        try:
            code = subprocess.run(
                argv,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                timeout=seconds,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            code = -1
    if code:
        last = " / ".join(log.read_text("utf-8", "replace").strip().splitlines()[-3:])[:600]
        raise Unavailable(f"The step {name} failed.", code="step_failed", hint=last)


def become(argv: list[str], extra: dict[str, str]) -> None:
    """Go on as another command line with further environment; does not return."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(argv[0], argv, {**os.environ, **extra})  # noqa: S606 - our own interpreter and manage.py


def _end(child: subprocess.Popen[bytes], seconds: float) -> None:
    _signal(child, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(timeout=seconds)
    # The whole group: whatever a process left behind ends with it.
    _signal_group(child, signal.SIGKILL)
    child.wait()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if child.poll() is None:
        child.send_signal(number)


def _signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
