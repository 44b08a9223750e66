"""A preset brought to a migration, an approval, a release, on two local targets and with drawn clips for renders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from presets_app.core import checklist
from presets_app.core.permissions import Actor
from presets_app.models import Check, Migration, Preset, Project, Release, Target
from presets_app.services import approvals, manifests, parity, preset_migrations, presets, releases
from tests.support import project as support
from tests.support.people import People
from tests.support.rendered import judge


def signed_in(username: str) -> Client:
    client = Client()
    user = get_user_model().objects.get(username=username)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@dataclass
class Studio:
    """A project with two local targets and a preset by Ada that is pinned on both."""

    project: Project
    people: People
    preset: Preset
    left: Target
    right: Target
    folder: Path
    batch: Any

    def revise(self, prompt: str) -> None:
        document = support.document(prompt=prompt)
        presets.save(self.project, self.people.ada, document, message="Another look", slug=self.preset.slug)
        self.preset.refresh_from_db()
        self.pin()

    def pin(self) -> None:
        for target in (self.left, self.right):
            manifests.pin(self.preset, target, self.people.ada)

    def check(self, *, same: bool = True) -> Check:
        wish = parity.Wish(self.preset, self.left, self.right, self.batch, override=2, reason="A test.", seed=3)
        return judge(parity.start(wish, self.people.grace), self.folder, same=same)

    def opened(self) -> Migration:
        """A migration that nothing was done for yet, and that no check stands behind."""
        return preset_migrations.open_migration(self.preset, self.people.ada, self.left, self.right)

    def migration(self, check: Check | None = None, *, ticked: bool = True) -> Migration:
        check = check or self.check()
        found = preset_migrations.open_migration(self.preset, self.people.ada, self.left, self.right, check=check)
        for row in checklist.ROWS if ticked else ():
            if row.by == "person":
                preset_migrations.tick(found, self.people.ada, row.key, done=True, words="Looked at it.")
        return found

    def approved(self, by: Actor | None = None) -> Migration:
        found = self.migration()
        approvals.approve(found, by or self.people.grace, seen=approvals.current_digests(found))
        found.refresh_from_db()
        return found

    def published(self) -> Release:
        return releases.publish(self.approved(), self.people.grace)

    def live(self) -> set[str]:
        return {side["digest"] for side in releases.sides(self.preset).values()}


def studio(project: Project, people: People, folder: Path) -> Studio:
    left = support.add_local(project, people.olu)
    right = support.add_local(project, people.olu, slug="second")
    preset = support.save(project, people.ada)
    made = Studio(project, people, preset, left, right, folder, support.freeze(project, people.ada, 20))
    made.pin()
    return made
