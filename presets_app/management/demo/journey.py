"""One preset's whole way, from import to rollback, through the same services as the pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction

from presets_app.core import checklist
from presets_app.core.canonical import digest
from presets_app.core.documents import slug_of
from presets_app.core.errors import Unavailable
from presets_app.management.demo import documents
from presets_app.management.demo.project import CLOUD, LOCAL, Demo
from presets_app.queries import projects
from presets_app.services import (
    approvals,
    manifests,
    parity,
    parity_outcome,
    preset_migrations,
    presets,
    releases,
    snapshots,
    targets,
)

PATIENCE = 600.0  # seconds for one check on one slow core
Say = Callable[[str], None]
OLDER = "A close-up of a cheerful puppet with curly auburn yarn hair"


@dataclass
class Journey:
    """`tend` is called while waiting, to keep the other processes running. `steps` fills as the journey goes."""

    demo: Demo
    say: Say
    tend: Callable[[], None]
    steps: list[dict[str, Any]] = field(default_factory=list)
    told: tuple[str, int] = ("", 0)

    def ask_targets(self) -> None:
        """Ask both targets what they are, and wait for their answers."""
        for slug in (LOCAL, CLOUD):
            target = projects.target(self.demo.project, slug)
            asked = target.probed_at
            with transaction.atomic():
                targets.ask(target)
            self._wait(partial(self._answered, slug, asked), f"{target.name} to answer", 120)

    def _answered(self, slug: str, asked: Any) -> bool:
        target = projects.target(self.demo.project, slug)
        if target.probed_at != asked and target.probe_failure:
            raise Unavailable(f"{target.name}: {target.probe_failure['message']}", code="target_silent")
        return target.probed_at != asked and bool(target.probe)

    def import_preset(self, document: dict[str, Any], message: str) -> Any:
        known = projects.Project.objects.filter(pk=self.demo.project.pk, presets__name=document["name"]).exists()
        slug = slug_of(document["name"]) if known else ""
        saved = presets.save(self.demo.project, self.demo.ada, document, message=message, slug=slug)
        self._done("import", document=saved.digest, revision=saved.commit)
        return saved.preset

    def pin(self, preset: Any) -> None:
        pinned = {
            slug: manifests.pin(preset, projects.target(self.demo.project, slug), self.demo.ada).digest
            for slug in (LOCAL, CLOUD)
        }
        self._done("pin", **pinned)

    def check(self, preset: Any, seed: int) -> Any:
        """Render the sample on both targets, judge it, and answer the judged check."""
        project = self.demo.project
        sets = {name: projects.input_set(project, name) for name in ("autumn-batch", "edge-cases")}
        wish = parity.Wish(
            preset,
            projects.target(project, LOCAL),
            projects.target(project, CLOUD),
            sets["autumn-batch"],
            preview=sets["edge-cases"],
            standard="smoke",
            seed=seed,
        )
        check = parity.start(wish, self.demo.ada)
        self._wait(lambda: self._progress(check), "the renders and the verdict", PATIENCE)
        check.refresh_from_db()
        self._done("run", inputs=sets["autumn-batch"].digest, sample=digest(check.plan["drawn"]))
        self._done("judge", evidence=check.evidence)
        self.say(f"verdict: {check.verdict}. {check.sentence}")
        return check

    def _progress(self, check: Any) -> bool:
        check.refresh_from_db()
        check.left.refresh_from_db()
        check.right.refresh_from_db()
        counts = [(run.done + run.failed, run.total) for run in (check.left, check.right)]
        tenth = (check.state, sum(done for done, _ in counts) * 10 // max(1, sum(total for _, total in counts)))
        if tenth != self.told:
            self.told = tenth
            names = (check.left.target.name, check.right.target.name)
            sides = [f"{name} {done} of {total}" for name, (done, total) in zip(names, counts, strict=True)]
            self.say(f"{check.state}: {', '.join(sides)}")
        if check.state == "failed":
            raise Unavailable(check.sentence, code="judging_failed")
        return bool(check.state == "judged")

    def migrate(self, preset: Any, check: Any) -> Any:
        """Ada opens the migration and answers her rows; Grace, who made none of it, approves."""
        project, demo = self.demo.project, self.demo
        sides = projects.target(project, LOCAL), projects.target(project, CLOUD)
        preset.refresh_from_db()
        migration = preset_migrations.open_migration(preset, demo.ada, *sides, check=check)
        for row in checklist.ROWS:
            if row.by == "person":
                preset_migrations.tick(
                    migration, demo.ada, row.key, done=True, words="Demo: both sides run on this computer."
                )
        reason = "" if check.verdict == "pass" else "The pairs in question were looked at one by one."
        approval = approvals.approve(migration, demo.grace, seen=approvals.current_digests(migration), reason=reason)
        self._done("approve", **_flat(approval.digests))
        return migration

    def publish(self, migration: Any) -> Any:
        release = releases.publish(migration, self.demo.grace)
        self._done("publish", commit=release.commit)
        return release

    def roll_back(self, preset: Any, note: str) -> Any:
        """Back to the snapshot that publishing took; waits until both sides have been rendered again and compared."""
        snapshot = preset.snapshots.filter(good=True).order_by("-id").first()
        if snapshot is None:
            raise Unavailable("There is no last known good to go back to.", code="no_known_good")
        release = releases.roll_back(snapshot, self.demo.grace, note)
        proofs = [projects.check(self.demo.project, proof.check_id) for proof in release.proofs.all() if proof.check_id]
        for proof in proofs:
            self._wait(partial(self._progress, proof), "the restore proof", PATIENCE)
        self._done("rollback", commit=release.commit, **{proof.right.target.slug: proof.evidence for proof in proofs})
        for proof in proofs:
            self.say(f"restore proof on {proof.right.target.name}: {proof.verdict}")
        return release

    def live(self, preset: Any) -> dict[str, str]:
        return {target: side["digest"] for target, side in sorted(releases.sides(preset).items())}

    def release(self, document: dict[str, Any], message: str, seed: int) -> tuple[Any, Any]:
        """Everything up to publishing; stops after the verdict when a person would have to decide, or it failed."""
        preset = self.import_preset(document, message)
        self.ask_targets()  # again each time: what is pinned is what is there now
        self.pin(preset)
        check = self.check(preset, seed)
        if check.outcome in parity_outcome.GOOD:
            self.publish(self.migrate(preset, check))
        return preset, check

    def keep(self, preset: Any, note: str) -> Any:
        return snapshots.take(preset, self.demo.ada, note)

    def _done(self, name: str, **digests: str) -> None:
        self.steps.append({"name": name, "digests": digests})
        self.say(f"{name}: " + ", ".join(f"{key} {value[:12]}" for key, value in digests.items()))

    def _wait(self, ready: Callable[[], bool], what: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                raise Unavailable(f"Waited {seconds:g} s for {what} in vain.", code="took_too_long")
            self.tend()
            time.sleep(0.2)


def older() -> dict[str, Any]:
    return documents.ltx2(prompt=OLDER)


def _flat(digests: dict[str, Any]) -> dict[str, str]:
    manifest = {f"manifest {target}": value for target, value in digests["manifests"].items()}
    return {**{key: value for key, value in digests.items() if isinstance(value, str) and value}, **manifest}
