"""What the runner will probably be asked next: the first render of its queue, begun while the one before is written.

A guess changes nothing in the queue: when its turn comes the work is there already, or on its way; when another runner
takes it, or it is cancelled, what was begun is thrown away. So it is made only where one runner serves the queue.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.exceptions import DeserializationError, NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from presets_app.core.errors import MatchframeError
from presets_app.core.generation import GenerationRequest
from runner import limits, logs, pictures, rendering_jobs
from runner.failures import CannotRender
from runner.room import CANCEL_KEY, Room

RENDER = "runner.worker.render"
Refusal = Callable[[Job], str]


def begin(room: Room, queues: list[Queue], connection: Redis, refusal: Refusal) -> bool:
    """Whether the next render was begun; `refusal` says why a job would not be run. Never raises for what the queue or
    the request holds."""
    try:
        request = _next(room, queues, connection, refusal)
        if request is None or connection.exists(CANCEL_KEY + request.item):
            return False
        limits.check(request.document)
        limits.check_output(request.document)
        folder = Path(tempfile.mkdtemp(dir=room.scratch, prefix="ahead-"))
        pictures.hand_over(room.store, request.document, folder)
    except (CannotRender, MatchframeError, RedisError, OSError, ValueError):
        return False  # its own turn will tell
    begun = room.device.begin(request, folder / "video.mp4")
    if begun:
        logs.note("begun ahead", item=request.item)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return begun


def _next(room: Room, queues: list[Queue], connection: Redis, refusal: Refusal) -> GenerationRequest | None:
    for queue in queues:
        waiting = queue.get_job_ids(0, 1)
        if not waiting:
            continue
        if Worker.count(queue=queue) > 1:
            return None
        try:
            job = Job.fetch(waiting[0], connection=connection, serializer=JSONSerializer)
            if refusal(job) or job.func_name != RENDER or len(job.args) != 2:
                return None
            return rendering_jobs.read_request(room, str(job.args[0]), str(job.args[1]))
        except (NoSuchJobError, DeserializationError):
            return None
    return None
