"""What Matchframe adds around a pipeline call, against a bare script: `python -m tests.benchmarks.bench_runner`.

The script loads the same checkpoint through the same library, calls it in a loop and writes the same mp4. The runner is
its own process behind a real Redis, as in use: queue, protocol, verifying, hashing, storing and the news are all in its
time. Writing the mp4 is taken out of both. Both are warm, one thread each, alternating. Goal: 5% of a 2-second call.
On a busy machine the processor's seconds say more than the clock's.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from presets_app.artifacts import LocalStore, get_json, put_json
from runner.tiny.__main__ import main as make_tiny
from tests.runner.presets import WAN, ltx, request, snapshot, wan, with_stage
from tests.support.redis_server import running_redis

ROUNDS, AIM, QUEUE = 7, 2.0, "gpu:bench"
SCRIPT = """
import json, sys, time
from pathlib import Path
import torch
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True, warn_only=True)
began = time.perf_counter()
from runner import encode, limits, pipelines
document, folder = json.loads(sys.argv[1]), Path(sys.argv[2])
imported = time.perf_counter()
loaded = pipelines.load(document, folder)
print(imported - began, time.perf_counter() - imported, flush=True)
for line in sys.stdin:
    document = json.loads(line)
    wall, cpu = time.perf_counter(), time.process_time()
    made = loaded.render(document, lambda _progress: None)
    wall, cpu, encoding = time.perf_counter() - wall, time.process_time() - cpu, time.process_time()
    encode.encode(iter(made.frames), limits.fps_of(document), Path(sys.argv[3]))
    print(wall, cpu, time.process_time() - encoding, flush=True)
"""


class Bare:
    """The script; `call` gives seconds by the clock and of the processor, and of the processor for the mp4."""

    def __init__(self, document: dict[str, Any], folder: Path, place: Path) -> None:
        argv = [sys.executable, "-c", SCRIPT, json.dumps(document), str(folder), str(place / "bare.mp4")]
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.imported, self.loaded = self._numbers()

    def call(self, document: dict[str, Any]) -> list[float]:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(document) + "\n")
        self.process.stdin.flush()
        return self._numbers()

    def _numbers(self) -> list[float]:
        assert self.process.stdout
        return [float(word) for word in self.process.stdout.readline().split()]


class Ours:
    """The runner; `call` gives the seconds from the queue to the news, of its processes, and of the encoder in them."""

    def __init__(self, url: str, weights: Path, folder: Path) -> None:
        self.redis, self.store, self.weights = (
            Redis.from_url(url, socket_timeout=400),
            LocalStore(folder / "artifacts"),
            weights,
        )
        places = {"REDIS_URL": url, "MATCHFRAME_ARTIFACTS": str(self.store.root), "MATCHFRAME_WEIGHTS": str(weights)}
        argv = [sys.executable, "-m", "runner", "--queue", QUEUE]
        self.process = psutil.Popen(argv, env={**os.environ, **places}, stderr=subprocess.DEVNULL)
        self.queue = Queue(QUEUE, connection=self.redis, serializer=JSONSerializer)
        self.calls = 0

    def call(self, document: dict[str, Any]) -> tuple[float, float, dict[str, Any]]:
        before, began = self._processor(), time.perf_counter()
        self.put(document)
        timings = self.take()
        return time.perf_counter() - began, self._processor() - before, timings

    def put(self, document: dict[str, Any]) -> None:
        self.calls += 1
        item = f"item-{self.calls}"
        digest = put_json(self.store, request(self.weights, document, item).as_json())
        self.queue.enqueue_call("runner.worker.render", args=(item, digest))

    def take(self) -> dict[str, float]:
        """The timings of the next render that ends."""
        _key, name = self.redis.blpop(["rq:queue:results"], timeout=300)  # type: ignore[misc]
        news = Job.fetch(name.decode(), connection=self.redis, serializer=JSONSerializer)
        result = get_json(self.store, news.args[-1])
        news.delete()
        assert result["status"] == "done", result
        timings: dict[str, float] = result["timings"]
        return timings

    def _processor(self) -> float:
        found = [self.process, *self.process.children(recursive=True)]
        return float(sum(sum(one.cpu_times()[:2]) for one in found))


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, running_redis(Path(folder) / "redis") as url:
        weights = Path(folder) / "weights"
        make_tiny(["--out", str(weights)])
        document = wan()
        bare = Bare(document, snapshot(weights, WAN), Path(folder))
        ours = Ours(url, weights, Path(folder))
        try:
            _measure(bare, ours, document)
            _overlap(ours, with_stage(ltx(width=384, height=256, frames=33), steps=2, guidance=1.0))
        finally:
            bare.process.kill()
            ours.process.terminate()
            ours.process.wait()
    return 0


def _measure(bare: Bare, ours: Ours, document: dict[str, Any]) -> None:
    cold, _, timings = ours.call(document)
    sys.stdout.write(
        f"cold: from the queue to the news {cold:.2f} s, of which starting the renderer {timings['start']:.2f},"
        f" verifying {timings['verify']:.2f}, loading {timings['load']:.2f} s; script: importing {bare.imported:.2f},"
        f" loading {bare.loaded:.2f} s\n"
    )
    document = _of_two_seconds(bare, document)
    pairs = [(bare.call(document), ours.call(document)) for _ in range(ROUNDS + 1)][1:]
    script, script_cpu, mp4 = (statistics.median(one[place] for one, _ in pairs) for place in range(3))
    clock = statistics.median(wall - timings["encode"] - one[0] for one, (wall, _cpu, timings) in pairs)
    processor = statistics.median(cpu - one[2] - one[1] for one, (_wall, cpu, _timings) in pairs)
    timings = pairs[-1][1][2]
    sys.stdout.write(
        f"warm: the script's call takes {script:.3f} s ({script_cpu:.3f} s of processor); the runner adds"
        f" {clock * 1000:.0f} ms by the clock ({clock / script:+.1%}) and {processor * 1000:.0f} ms of processor"
        f" ({processor / script_cpu:+.1%}); goal 5% of {AIM:.0f} s, {AIM * 50:.0f} ms\n"
        f"warm: loading {timings['load'] * 1000:.1f} ms, verifying {timings['verify'] * 1000:.1f}, storing"
        f" {timings['store'] * 1000:.1f}; not counted: writing the mp4, {mp4 * 1000:.0f} ms of processor\n"
    )


def _overlap(ours: Ours, document: dict[str, Any], count: int = 3) -> None:
    """Renders whose mp4 takes long, one by one and all put into the queue at once, in turn."""
    ours.call(document)
    single, queued, writing = [], [], []
    for _ in range(3):
        calls = [ours.call(document) for _ in range(count)]
        single.append(sum(wall for wall, _, _ in calls))
        writing.append(sum(timings["encode"] for _, _, timings in calls))
        began = time.perf_counter()
        for _ in range(count):
            ours.put(document)
        for _ in range(count):
            ours.take()
        queued.append(time.perf_counter() - began)
    one, all_, mp4 = (statistics.median(times) for times in (single, queued, writing))
    sys.stdout.write(
        f"queue: {count} renders one by one {one:.2f} s, of which writing mp4s {mp4:.2f}; all waiting in the queue"
        f" {all_:.2f} s ({all_ / one - 1:+.1%}): writing overlaps the next render\n"
    )


def _of_two_seconds(bare: Bare, document: dict[str, Any]) -> dict[str, Any]:
    """The document with as many steps as take about two seconds here, of the processor: a busy machine would make the
    calls too short."""
    steps = (6, 24)
    few, many = (bare.call(_steps(document, count))[1] for count in steps)
    each = max((many - few) / (steps[1] - steps[0]), 1e-3)
    return _steps(document, max(6, round(6 + (AIM - few) / each)))


def _steps(document: dict[str, Any], count: int) -> dict[str, Any]:
    high, low = document["stages"]
    stages = [{**high, "steps": count, "end_step": count // 2}, {**low, "steps": count, "start_step": count // 2}]
    return {**document, "stages": stages}


if __name__ == "__main__":
    sys.exit(main())
