"""The way of a preset to a release, command by command, for tests that begin where it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from presets_app.models import Project
from presets_app.queries import projects
from tests.management.conftest import Manage
from tests.support.rendered import judge

ADA, GRACE = ("--as", "ada"), ("--as", "grace")
PRESET = "puppet-at-dusk"


def checked(manage: Manage, project: Project, folder: Path, *, same: bool = True) -> str:
    """Pin both sides, render one input on each and judge it; the check's id."""
    for target in ("local", "second"):
        assert manage("manifests", "capture", PRESET, target, "--no-probe", *ADA).code == 0
    sides = ("--left", "local", "--right", "second", "--inputs", "batch")
    started = manage("parity", "check", PRESET, *sides, "--override", "1", "--reason", "A test", *GRACE)
    assert started.code == 0, started
    judge(projects.check(project, started.value["id"]), folder, same=same)
    return str(started.value["id"])


def opened(manage: Manage, check: str) -> str:
    """A migration with its checklist answered; its id."""
    answered = manage("preset_migrations", "open", PRESET, "--from", "local", "--to", "second", "--check", check, *ADA)
    assert answered.code == 0, answered
    for row in ("hardware", "who"):
        manage("preset_migrations", "tick", answered.value["id"], row, "--words", "Looked at it", *ADA)
    return str(answered.value["id"])


def published(manage: Manage, project: Project, folder: Path) -> dict[str, Any]:
    """The newest revision live on both sides; the release."""
    migration = opened(manage, checked(manage, project, folder))
    given = manage("approvals", "give", migration, *GRACE)
    assert given.code == 0, given
    done = manage("releases", "publish", migration, *GRACE)
    assert done.code == 0, done
    return done.value
