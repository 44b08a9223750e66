"""One step of a recipe, from its request artifact to its result; whatever happens becomes a result."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from rq.timeouts import JobTimeoutException

from presets_app.artifacts import get_json, put_json
from presets_app.core.errors import MatchframeError, NotFound
from presets_app.core.problems import Failure
from runner import logs
from runner.device import ChildDied, Stopped
from runner.failures import CannotRender, cannot
from runner.progress import Progress
from runner.recipes.places import MADE, SOURCE
from runner.room import CANCEL, Meter, Room

REQUEST_FORMAT = "matchframe/recipe-work/1"
RESULT_FORMAT = "matchframe/recipe-result/1"
KINDS = {"upscale": "video", "expand_prompt": ""}  # and the field that names the file each reads
LARGEST = 1 << 30  # bytes of a video that is handed over


def read_request(room: Room, work_id: str, digest: str) -> dict[str, Any]:
    """Raises NotFound for an artifact that is not here, ValueError for one that is not this work's request."""
    asked = get_json(room.store, digest)
    fits = isinstance(asked, dict) and asked.get("format") == REQUEST_FORMAT and asked.get("kind") in KINDS
    if not fits or asked.get("work") != work_id:
        raise ValueError(f"artifact {digest[:8]} is not a request for the step {work_id}")
    return dict(asked)


def attempt(room: Room, asked: dict[str, Any], meter: Meter) -> dict[str, Any]:
    """The result. Raises Stopped for a shutdown only."""
    work = str(asked["work"])
    try:
        if reason := room.reason_to_stop(work):
            raise Stopped(reason)
        meter(Progress("load"))
        with tempfile.TemporaryDirectory(dir=room.scratch, prefix="step-") as folder:
            _hand_over(room, asked, Path(folder))
            answer = room.device.step(asked, Path(folder), meter, lambda: room.reason_to_stop(work)).message
            if answer["type"] == "failed":
                return _result(asked, "failed", failure=answer["failure"])
            return _result(asked, "done", values=_made(room, asked, answer["values"], Path(folder)))
    except CannotRender as refused:
        return _result(asked, "failed", failure=refused.failure.as_json())
    except ChildDied as death:
        return _result(asked, "failed", failure=_death(death).as_json())
    except JobTimeoutException:
        text = "The step took longer than its job allows and was ended."
        failure = Failure("environment", "render_timed_out", "after_change", text, "Have less done at once.")
        return _result(asked, "failed", failure=failure.as_json())
    except Stopped as stopped:
        if stopped.reason != CANCEL:
            raise
        room.forget_cancel(work)
        return _result(asked, "cancelled")


def tell_lost(room: Room, work_id: str, digest: str) -> None:
    """Send the failure of work under which its runner ended twice, and which it could not send itself."""
    try:
        asked = read_request(room, work_id, digest)
    except (MatchframeError, OSError, ValueError) as error:
        logs.warn("the request of a lost step cannot be read", work=work_id, error=type(error).__name__)
        return
    text = "The runner itself ended twice while it did this step."
    hint = "Look at the machine's log for the time; out of memory is the usual reason."
    failure = Failure("environment", "runner_lost", "later", text, hint)
    send(room, asked, put_json(room.store, _result(asked, "failed", failure=failure.as_json())))


def send(room: Room, asked: dict[str, Any], result: str) -> None:
    """Tell the web side, by the digest of a result."""
    work, attempt = str(asked["work"]), int(asked["attempt"])
    room.send("presets_app.jobs.recipes.stepped", f"stepped-{work}-{attempt}", work, attempt, result)


def _result(
    asked: dict[str, Any], status: str, *, values: dict[str, Any] | None = None, failure: dict[str, Any] | None = None
) -> dict[str, Any]:
    told = {"work": asked["work"], "attempt": asked["attempt"], "status": status}
    return {"format": RESULT_FORMAT, **told, "values": values or {}, "failure": failure}


def _hand_over(room: Room, asked: dict[str, Any], folder: Path) -> None:
    """The file that the step reads, from the store into its folder: the rendering process knows no store."""
    field = KINDS[str(asked["kind"])]
    if not field:
        return
    digest = str(asked[field])
    try:
        if room.store.size(digest) > LARGEST:
            text = f"The video has more than {LARGEST} bytes."
            raise cannot("preset", "input_too_large", text, "Render it shorter.")
        with room.store.open(digest) as stream, (folder / SOURCE).open("wb") as sink:
            shutil.copyfileobj(stream, sink)
    except NotFound:
        text = f"The video {digest[:8]} is not kept here."
        raise cannot("preset", "input_not_kept", text, "Do the step before again.") from None


def _made(room: Room, asked: dict[str, Any], values: dict[str, Any], folder: Path) -> dict[str, Any]:
    if asked["kind"] != "upscale":
        return values
    video = {"sha256": room.store.put_file(folder / MADE), "media_type": "video/mp4"}
    return {**values, "video": video}


def _death(death: ChildDied) -> Failure:
    evidence = {"phase": death.phase, "status": death.status}
    text = f"The rendering process ended without an answer, last in the phase {death.phase}."
    hint = "Out of memory is the usual reason: look at the machine's kernel log, or have less done at once."
    return Failure("environment", "runner_child_died", "later", text, hint, evidence)
