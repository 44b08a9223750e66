"""The side of a run that renders on a server of the team's own: few pieces of work out at once, each named by us.

The order for every item: commit the intent with the name, hand its files in, submit. A process that dies in between
leaves a name; the server is asked for it, and only what it does not know is submitted again.
"""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from redis.exceptions import RedisError

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.backends import registry
from presets_app.backends.base import ServerBackend, ServerClient, Watched
from presets_app.backends.errors import BackendFailed, FetchFailed, VendorFailed
from presets_app.core.errors import LocalOnly, MatchframeError
from presets_app.core.generation import GenerationResult, SeedUsed
from presets_app.core.problems import Failure
from presets_app.models import Attempt, Item, Run
from presets_app.queries import progress
from presets_app.services import finishing, served_outputs, servers

IN_FLIGHT = 2  # one renders, one waits, so that fetching an output leaves no gap; a target's `in_flight` says otherwise
PAUSES = (0.2, 2.0)  # seconds, from quick to calm; the websocket ends a pause early


@dataclass
class Server:
    """One run on one server, until nothing of it is open."""

    run: Run
    client: ServerClient
    backend: ServerBackend
    told: dict[str, dict[str, Any]] = field(default_factory=dict)

    def work(self) -> None:
        pause = PAUSES[0]
        while True:
            moved = self._adopt() + self._fill() + self._collect()
            if not self._open("sent", "intended") and not self._waiting():
                return
            pause = PAUSES[0] if moved else min(pause * 1.5, PAUSES[1])
            self.client.wait(pause)

    def _waiting(self) -> bool:
        return Run.objects.get(pk=self.run.pk).state != "cancelled" and self.run.items.filter(state="waiting").exists()

    def _open(self, *states: str) -> list[Attempt]:
        held = Attempt.objects.filter(item__run=self.run, state__in=states)
        return list(held.select_related("item").order_by("id"))

    def _adopt(self) -> int:
        """Take up what a process that died was about to send: the server says whether it got there."""
        moved = 0
        for attempt in self._open("intended"):
            try:
                known = self.client.knows(attempt.vendor_id)
            except (FetchFailed, VendorFailed):
                return moved
            except BackendFailed as error:
                self._end(attempt, error.failure)
                moved += 1
                continue
            self._sent(attempt) if known else self._put_back(attempt)
            moved += 1
        return moved

    def _fill(self) -> int:
        """Send what waits, up to the target's limit; returns how many were sent or refused."""
        room = int(self.run.target.settings.get("in_flight", IN_FLIGHT)) - len(self._open("sent", "intended"))
        if room <= 0 or not self._waiting():
            return 0
        waiting = list(self.run.items.filter(state="waiting").order_by("position")[:room])
        return sum(self._send(item) for item in waiting)

    def _send(self, item: Item) -> int:
        request = get_json(wiring.artifacts(), item.request)
        attempt = self._intend(item, request)
        if attempt is None:
            return 0
        try:
            self._submit(attempt, request["body"])
        except FetchFailed as error:
            if not error.sent:
                self._put_back(attempt)
                return 0
            self._stop(attempt)
            self._end(attempt, error.failure)
        except BackendFailed as error:
            self._end(attempt, error.failure)
        except MatchframeError as error:
            self._end(attempt, Failure("preset", error.code, "after_change", str(error), error.problems[0].hint))
        else:
            self._sent(attempt)
        return 1

    def _submit(self, attempt: Attempt, body: dict[str, Any]) -> None:
        if attempt.item.local_only and self.run.target.is_outside:
            raise LocalOnly(f"Input {attempt.item.key} is local-only and may not reach {self.run.target.name}.")
        for upload in self.backend.uploads(body):
            self.client.give(upload, wiring.artifacts().get(upload.sha256))
        self.client.submit(attempt.vendor_id, body)

    def _intend(self, item: Item, request: dict[str, Any]) -> Attempt | None:
        """Commit the name before anything leaves; None when somebody else has this item."""
        number = max(item.attempts, 1)
        with transaction.atomic():
            taken = Item.objects.filter(pk=item.pk, state="waiting").update(state="running", attempts=number)
            if not taken:
                return None
            Run.objects.filter(pk=self.run.pk, state="waiting").update(state="running", started_at=timezone.now())
            Run.objects.filter(pk=self.run.pk).update(version=F("version") + 1)
            name = self.backend.work_id(item.id, number)
            return Attempt.objects.create(item=item, number=number, vendor_model=request["model"], vendor_id=name)

    def _sent(self, attempt: Attempt) -> None:
        Attempt.objects.filter(pk=attempt.pk).update(state="sent", sent_at=timezone.now())

    def _put_back(self, attempt: Attempt) -> None:
        """The server has nothing of it, so it waits again; what was cancelled meanwhile stays cancelled."""
        with transaction.atomic():
            Attempt.objects.filter(pk=attempt.pk).delete()
            Item.objects.filter(pk=attempt.item_id, state="running").update(state="waiting")

    def _collect(self) -> int:
        """Look after what is out; returns how many ended."""
        ended = 0
        for attempt in self._open("sent"):
            try:
                ended += self._looked_after(attempt)
            except (FetchFailed, VendorFailed):
                break  # it does not answer now: the client says when that has lasted too long
            except BackendFailed as error:
                self._end(attempt, error.failure)
                ended += 1
        return ended

    def _looked_after(self, attempt: Attempt) -> int:
        if attempt.item.state == "cancelled":
            self.client.cancel(attempt.vendor_id)
            self._close(attempt, "cancelled")
            return 1
        watched = self.client.poll(attempt.vendor_id)
        if watched.status == "failed":
            self._end(attempt, watched.failure or _no_reason(), watched)
        elif watched.status == "done":
            self._fetch(attempt, watched)
        else:
            self._tell(attempt.item_id, watched.progress, watched.preview)
            return 0
        return 1

    def _fetch(self, attempt: Attempt, watched: Watched) -> None:
        document = get_json(wiring.artifacts(), attempt.item.request)["document"]
        began = time.perf_counter()
        try:
            kept = served_outputs.keep(self.client, watched, document)
        except served_outputs.Unkept as error:
            self._end(attempt, error.failure, watched)
            return
        timings = {**watched.timings, "store": round(time.perf_counter() - began, 4)}
        about = {"digests": kept.digests, "geometry": kept.geometry, "originals": kept.originals}
        self._finish(attempt, replace(watched, timings=timings), "done", video=kept.video, **about)

    def _end(self, attempt: Attempt, failure: Failure, watched: Watched | None = None) -> None:
        self._finish(attempt, watched or Watched("failed"), "failed", failure=failure)

    def _finish(self, attempt: Attempt, watched: Watched, status: Any, **more: Any) -> None:
        request = get_json(wiring.artifacts(), attempt.item.request)
        log = "".join(f"{line}\n" for line in watched.log)
        result = GenerationResult(
            attempt.item_id,
            attempt.number,
            status,
            seeds=_seeds(request["body"], watched),
            timings=watched.timings,
            warm=watched.warm,
            log=wiring.artifacts().put(log.encode()) if log else None,
            **more,
        )
        finishing.finish(result)
        self._close(attempt, status)

    def _close(self, attempt: Attempt, state: str) -> None:
        """Nothing is open any more, whatever became of the item meanwhile."""
        open_ones = Attempt.objects.filter(pk=attempt.pk, state__in=("sent", "intended"))
        open_ones.update(state=state, ended_at=timezone.now())
        with suppress(RedisError, OSError):
            wiring.redis().delete(progress.key(attempt.item_id), progress.preview_key(attempt.item_id))

    def _stop(self, attempt: Attempt) -> None:
        """Do not leave behind what may have got there after all."""
        with suppress(BackendFailed):
            self.client.cancel(attempt.vendor_id)

    def _tell(self, item_id: str, words: dict[str, Any], preview: bytes = b"") -> None:
        """Keep where the work is, for whoever looks."""
        if preview:
            words = {**words, "preview": hashlib.sha256(preview).hexdigest()[:16]}
        if self.told.get(item_id) == words:
            return
        self.told[item_id] = words
        with suppress(RedisError, OSError):
            if preview:
                wiring.redis().set(progress.preview_key(item_id), preview, ex=progress.PREVIEW_SECONDS)
            wiring.redis().set(progress.key(item_id), json.dumps(words), ex=progress.KEPT_SECONDS)
        Run.objects.filter(pk=self.run.pk).update(version=F("version") + 1)


def serve(run: Run) -> None:
    """Work one run off; safe to call again after a crash."""
    client = servers.client(run.target)
    try:
        Server(run, client, registry.load_server(run.target.kind)).work()
    finally:
        client.close()


def _seeds(body: dict[str, Any], watched: Watched) -> tuple[SeedUsed, ...]:
    """Each stage's seed as sent and as the server says it ran it; ComfyUI draws noise on the CPU."""
    return tuple(
        SeedUsed(str(held["stage"]), held["sent"], watched.seeds.get(held["place"]), "cpu")
        for held in body.get("seeds", ())
    )


def _no_reason() -> Failure:
    text = "The server failed and gave no reason."
    return Failure("service", "failed_without_reason", "later", text, "Look at the server's own log.")
