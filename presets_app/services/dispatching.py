"""The cloud side of a run: a bounded number of paid requests in flight, each intended in the database first.

The order for every item: commit the intent, send, commit the vendor's id. A process that dies in between leaves an
intent without an id; such a request is looked for in the vendor's history and never sent again blindly.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.backends.base import CloudClient, Polled
from presets_app.backends.errors import BackendFailed, FetchFailed, MayHaveBeenCharged
from presets_app.core.errors import LocalOnly, MatchframeError
from presets_app.core.generation import GenerationResult, SeedUsed, StoredFile
from presets_app.core.problems import Failure
from presets_app.models import Attempt, Item, Run
from presets_app.services import finishing, serving, targets
from presets_app.services.speaking import speakable

IN_FLIGHT = 3  # what a new WaveSpeed account may run at once; a target's setting `in_flight` says otherwise
POLL_SECONDS = (0.2, 2.0)  # from quick to calm; the vendor's own clients poll every 1 to 2 s
VIDEO_LIMIT = 512 * 1024 * 1024  # bytes of one output
PATIENCE_SECONDS = 3600  # of polling one piece of work before it counts as lost at the service


@dataclass
class Dispatcher:
    """One run on one cloud target, until nothing of it is open."""

    run: Run
    client: CloudClient

    def work(self) -> None:
        self._look_for_lost()
        pause = POLL_SECONDS[0]
        while True:
            moved = self._fill() + self._collect()
            if not self._open_attempts() and not self._waiting():
                return
            pause = POLL_SECONDS[0] if moved else min(pause * 1.5, POLL_SECONDS[1])
            time.sleep(pause)

    def _waiting(self) -> bool:
        return Run.objects.get(pk=self.run.pk).state != "cancelled" and self.run.items.filter(state="waiting").exists()

    def _open_attempts(self) -> list[Attempt]:
        return list(Attempt.objects.filter(item__run=self.run, state="sent").select_related("item").order_by("id"))

    def _fill(self) -> int:
        """Send what waits, up to the target's limit; returns how many were sent or refused."""
        room = int(self.run.target.settings.get("in_flight", IN_FLIGHT)) - len(self._open_attempts())
        if room <= 0 or not self._waiting():
            return 0
        items = list(self.run.items.filter(state="waiting").order_by("position")[:room])
        for item in items:
            self._send(item)
        return len(items)

    def _send(self, item: Item) -> None:
        request = get_json(wiring.artifacts(), item.request)
        attempt = self._intend(item, request)
        if attempt is None:
            return
        try:
            if item.local_only:
                raise LocalOnly(f"Input {item.key} is local-only and may not reach {self.run.target.name}.")
            sent = self.client.submit(request["model"], request["body"])
        except MayHaveBeenCharged as error:
            self._to_look(attempt, error.failure)
        except BackendFailed as error:
            self._end(attempt, error.failure)
        except LocalOnly as error:
            self._end(attempt, Failure("preset", error.code, "never", str(error), error.problems[0].hint))
        else:
            Attempt.objects.filter(pk=attempt.pk).update(state="sent", vendor_id=sent.vendor_id, sent_at=timezone.now())

    def _intend(self, item: Item, request: dict[str, Any]) -> Attempt | None:
        """Commit the intent to pay before anything leaves; None when somebody else has this item."""
        quote = self._quote(request)
        with transaction.atomic():
            taken = Item.objects.filter(pk=item.pk, state="waiting").update(
                state="running", attempts=max(item.attempts, 1)
            )
            if not taken:
                return None
            Run.objects.filter(pk=self.run.pk, state="waiting").update(state="running", started_at=timezone.now())
            Run.objects.filter(pk=self.run.pk).update(version=F("version") + 1)
            return Attempt.objects.create(
                item=item,
                number=max(item.attempts, 1),
                vendor_model=request["model"],
                quote=quote[0],
                currency=quote[1],
            )

    def _quote(self, request: dict[str, Any]) -> tuple[Decimal | None, str]:
        try:
            quote = self.client.quote(request["model"], request["body"])
        except MatchframeError:
            return None, ""  # a missing price is shown as "-"; sending is what decides
        return Decimal(quote.amount), quote.currency

    def _collect(self) -> int:
        """Poll what is out; returns how many ended."""
        ended = 0
        for attempt in self._open_attempts():
            try:
                polled = self.client.poll(attempt.vendor_id)
            except FetchFailed as error:
                ended += self._out_of_patience(attempt, error.failure)
                continue
            except BackendFailed as error:
                self._end(attempt, error.failure)
                ended += 1
                continue
            if polled.status == "failed":
                self._end(attempt, polled.failure or _no_reason())
            elif polled.status == "done":
                self._fetch(attempt, polled)
            else:
                ended += self._out_of_patience(attempt, None)
                continue
            ended += 1
        return ended

    def _fetch(self, attempt: Attempt, polled: Polled) -> None:
        with tempfile.TemporaryDirectory(prefix="matchframe-") as folder:
            place = Path(folder) / "output"
            try:
                with place.open("wb") as sink:
                    got = self.client.download(polled.outputs[0], sink, limit=VIDEO_LIMIT)
            except BackendFailed as error:
                self._end(attempt, error.failure)
                return
            digest = wiring.artifacts().put_file(place)
        result = GenerationResult(
            attempt.item_id,
            attempt.number,
            "done",
            video=StoredFile(digest, got.size, got.media_type),
            seeds=(SeedUsed("all", self._seed_sent(attempt), polled.seed_returned),),
            timings=polled.timings,
        )
        if attempt.quote is not None:
            Run.objects.filter(pk=self.run.pk).update(spent=F("spent") + attempt.quote)
        finishing.finish(result)

    def _seed_sent(self, attempt: Attempt) -> int | None:
        seed = get_json(wiring.artifacts(), attempt.item.request)["body"].get("seed")
        return seed if isinstance(seed, int) else None

    def _end(self, attempt: Attempt, failure: Failure) -> None:
        finishing.finish(GenerationResult(attempt.item_id, attempt.number, "failed", failure=failure))

    def _out_of_patience(self, attempt: Attempt, failure: Failure | None) -> int:
        begun = attempt.sent_at or attempt.intent_at
        if timezone.now() - begun < timedelta(seconds=PATIENCE_SECONDS):
            return 0
        self._to_look(attempt, failure or _too_slow())
        return 1

    def _to_look(self, attempt: Attempt, failure: Failure) -> None:
        """May have been charged: a person looks, nothing is sent again."""
        failure = speakable(failure, self.run.project)
        with transaction.atomic():
            Attempt.objects.filter(pk=attempt.pk).update(state="look", failure=failure.as_json())
            moved = Item.objects.filter(pk=attempt.item_id, state="running").update(
                state="look", failure=failure.as_json(), finished_at=timezone.now()
            )
            if moved:
                finishing.count_finished(self.run.pk, "failed")

    def _look_for_lost(self) -> None:
        """Intents that a dead process left without the vendor's id: adopt the one entry of the vendor's history with
        the same body that nobody else holds, or leave it to a person."""
        for attempt in Attempt.objects.filter(item__run=self.run, state="intended").select_related("item"):
            request = get_json(wiring.artifacts(), attempt.item.request)
            since = (attempt.intent_at - timedelta(hours=1)).astimezone(UTC)
            try:
                found = self.client.find(request["model"], since.strftime("%Y-%m-%dT%H:%M:%SZ"))
            except BackendFailed as error:
                self._to_look(attempt, error.failure)
                continue
            named = [entry.vendor_id for entry in found]
            held = set(Attempt.objects.filter(vendor_id__in=named).values_list("vendor_id", flat=True))
            free = [entry for entry in found if entry.vendor_id not in held]
            ours = [entry.vendor_id for entry in free if entry.body and _holds(entry.body, request["body"])]
            if len(ours) == 1:
                Attempt.objects.filter(pk=attempt.pk).update(state="sent", vendor_id=ours[0], sent_at=timezone.now())
            elif not ours and all(entry.body for entry in free):
                self._send_again(attempt)
            else:
                self._to_look(attempt, _which())

    def _send_again(self, attempt: Attempt) -> None:
        """The vendor's history has no such request since the intent, so nothing was taken: it may be sent."""
        with transaction.atomic():
            Attempt.objects.filter(pk=attempt.pk).delete()
            Item.objects.filter(pk=attempt.item_id, state="running").update(state="waiting")


def _holds(body: dict[str, Any], sent: dict[str, Any]) -> bool:
    """Whether what the vendor says it was given is what we sent; it may have added defaults of its own."""
    return all(body.get(name) == value for name, value in sent.items())


def dispatch(run_id: str) -> None:
    """Work one run off; safe to call again after a crash. A target without a key fails every waiting item."""
    run = Run.objects.select_related("target__project", "project").get(pk=run_id)
    if run.target.is_served:
        serving.serve(run)
        return
    try:
        client = targets.cloud_client(run.target)
    except MatchframeError as error:
        for item in run.items.filter(state="waiting"):
            reason = Failure("account", error.code, "after_change", str(error), error.problems[0].hint)
            finishing.finish(GenerationResult(item.id, max(item.attempts, 1), "failed", failure=reason))
        return
    Dispatcher(run, client).work()


def _no_reason() -> Failure:
    return Failure(
        "service", "failed_without_reason", "later", "The service failed and gave no reason.", "Try again later."
    )


def _too_slow() -> Failure:
    hint = "Look it up in the vendor's history before sending it again."
    return Failure("service", "no_answer", "never", f"No answer within {PATIENCE_SECONDS // 60} minutes.", hint)


def _which() -> Failure:
    hint = "Look at the vendor's history: several requests there could be this one."
    return Failure("ours", "may_have_been_charged", "never", "It is not certain which request this was.", hint)
