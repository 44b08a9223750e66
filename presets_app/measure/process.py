"""The parent's side of the measuring child: hand it pairs, take measurements, survive its end."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from presets_app.core.generation import RawDigests
from presets_app.measure.limits import Limits

ROOT = Path(__file__).resolve().parents[2]
Measurement = dict[str, Any]
MAX_ANSWER = 64 << 20  # a video's tags may hold 5 MiB of text, which JSON spells longer


@dataclass(frozen=True)
class PairFiles:
    """Two files to compare, with the raw digests their makers reported. `heatmaps` is a folder for pictures of the
    worst frames (a map of the differences; with `frames` both sides and the barcode too), `table` a file for per-frame
    numbers; None writes nothing. `extras` names further metrics: "xpsnr"."""

    left: Path
    right: Path
    left_raw: RawDigests | None = None
    right_raw: RawDigests | None = None
    heatmaps: Path | None = None
    table: Path | None = None
    frames: bool = False
    extras: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "left": str(self.left.absolute()),
            "right": str(self.right.absolute()),
            "left_raw": asdict(self.left_raw) if self.left_raw else None,
            "right_raw": asdict(self.right_raw) if self.right_raw else None,
            "heatmaps": str(self.heatmaps.absolute()) if self.heatmaps else None,
            "table": str(self.table.absolute()) if self.table else None,
            "frames": self.frames,
            "extras": list(self.extras),
        }


class ChildEnded(Exception):
    """The child gave no answer; the text says how it ended."""


class _Child:
    def __init__(self, limits: Limits) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed in `close`
        self.process = subprocess.Popen(
            [sys.executable, "-m", "presets_app.measure"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=ROOT,
            env=_environment(limits),
            start_new_session=True,
        )
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("the child was started without pipes")
        self._questions, self._answers = self.process.stdin, self.process.stdout
        self._unread = b""

    def ask(self, question: dict[str, Any], timeout: float) -> dict[str, Any]:
        """One question, one answer. Raises ChildEnded."""
        try:
            self._questions.write(json.dumps(question).encode("utf-8") + b"\n")
            self._questions.flush()
        except OSError as fault:
            raise ChildEnded(self._ending()) from fault
        answer: dict[str, Any] = json.loads(self._line(timeout))
        return answer

    def _line(self, timeout: float) -> bytes:
        deadline = time.monotonic() + timeout
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            parts, size = [self._unread], len(self._unread)
            while b"\n" not in parts[-1]:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise ChildEnded(f"no answer within {timeout:g} s")
                part = os.read(self._answers.fileno(), 1 << 16)
                if not part or size > MAX_ANSWER:
                    raise ChildEnded(self._ending())
                parts.append(part)
                size += len(part)
        line, _, self._unread = b"".join(parts).partition(b"\n")
        return line

    def _ending(self) -> str:
        try:
            code = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "the measuring process stopped answering"
        if code == -signal.SIGXCPU:
            return "the measuring process spent its processor time"
        if code < 0:
            return f"the measuring process was ended by {signal.Signals(-code).name}"
        return f"the measuring process ended with code {code}{self._last_words()}"

    def _last_words(self) -> str:
        """The name of the exception, without its text: that may hold a path or a file's content."""
        self._errors.seek(max(0, self._errors.tell() - 4096))
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return f" ({lines[-1].split(':')[0][:80]})" if lines else ""

    def close(self) -> None:
        for stream in (self._questions, self._answers):
            _close_quietly(stream)
        try:
            self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._errors.close()


def _close_quietly(stream: Any) -> None:
    try:
        stream.close()
    except OSError:
        return


def _environment(limits: Limits) -> dict[str, str]:
    """Nothing of this process's environment but what Python needs: no key can leak into a process that parses
    foreign files. One thread per library, so that cost is the pair's own."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR", "LANG") if name in os.environ}
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    own = {"PYTHONPATH": str(ROOT), "MEASURE_LIMITS": json.dumps(asdict(limits))}
    return {**kept, **single, **own}


@contextmanager
def _child_of(limits: Limits) -> Iterator[Callable[[dict[str, Any], float], dict[str, Any]]]:
    """A function that asks the child, starting a fresh one after each that ended."""
    running: list[_Child] = []

    def ask(question: dict[str, Any], timeout: float) -> dict[str, Any]:
        if not running:
            running.append(_Child(limits))
        try:
            return running[0].ask(question, timeout)
        except ChildEnded:
            ended = running.pop()
            ended.process.kill()
            ended.close()
            raise

    try:
        yield ask
    finally:
        for child in running:
            child.close()


def measure_pairs(
    pairs: Iterable[PairFiles],
    *,
    on_result: Callable[[int, Measurement], None] | None = None,
    timeout: float = 600.0,
    limits: Limits | None = None,
) -> list[Measurement]:
    """Measure pairs one after another in a sandboxed child; `timeout` in wall seconds per pair.

    A pair on which the child dies or hangs gets a measurement with the problem `measure_failed`; the rest go on in a
    fresh child. `on_result` is called with each pair's position and measurement as it comes.
    """
    results: list[Measurement] = []
    with _child_of(limits or Limits()) as ask:
        for index, pair in enumerate(pairs):
            try:
                measured = ask(pair.as_json(), timeout)
            except ChildEnded as ending:
                measured = _failed(str(ending))
            results.append(measured)
            if on_result is not None:
                on_result(index, measured)
    return results


def _failed(message: str) -> Measurement:
    return {
        "format": "matchframe/measurement/1",
        "problems": [{"code": "measure_failed", "kind": "ended", "side": None, "message": message}],
        "container": {"left": None, "right": None},
        "identical": False,
        "identical_by": None,
        "video": {},
        "audio": {},
        "cost": {"cpu_s": None, "peak_mb": None},
    }


def probe(path: Path, *, timeout: float = 60.0, limits: Limits | None = None) -> dict[str, Any]:
    """{"facts", "tags", "problems", "cost"} of one file's container; `facts` is None when it cannot be read."""
    with _child_of(limits or Limits()) as ask:
        try:
            return ask({"probe": str(path.absolute())}, timeout)
        except ChildEnded as ending:
            problem = {"code": "measure_failed", "kind": "ended", "message": str(ending)}
            return {"facts": None, "tags": {}, "problems": [problem], "cost": {"cpu_s": None, "peak_mb": None}}


def ask_once(
    question: dict[str, Any], nothing: dict[str, Any], *, timeout: float = 600.0, limits: Limits | None = None
) -> dict[str, Any]:
    """One question to a child of its own; `nothing` with the problem `measure_failed` when it ends on it."""
    with _child_of(limits or Limits()) as ask:
        try:
            return ask(question, timeout)
        except ChildEnded as ending:
            problem = {"code": "measure_failed", "kind": "ended", "message": str(ending)}
            return {**nothing, "problems": [problem], "cost": {"cpu_s": None, "peak_mb": None}}


def tags(path: Path, *, timeout: float = 6.0, limits: Limits | None = None) -> dict[str, Any]:
    """{"tags": {name: text}, "problems": [...], "cost"} of one MP4, WebM or Matroska file; `tags` is empty when it
    cannot be read."""
    bounds = limits or Limits(memory=768 << 20, cpu_s=4)
    with _child_of(bounds) as ask:
        try:
            return ask({"tags": str(path.absolute())}, timeout)
        except ChildEnded as ending:
            problem = {"code": "measure_failed", "kind": "ended", "message": str(ending)}
            return {"tags": {}, "problems": [problem], "cost": {"cpu_s": None, "peak_mb": None}}
