"""What the home page of a project shows."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from presets_app.core.lifecycle import FINISHED_RUN
from presets_app.core.permissions import Actor
from presets_app.models import Check, Preset, Project, Run
from presets_app.queries import activity, live, releases, waiting
from presets_app.queries.sides import honest

SHOWN = 10


def index(project: Project, actor: Actor) -> dict[str, Any]:
    """What waits for this person, what is live where, what runs, what happened."""
    return {
        "waiting": waiting.items(project, actor),
        "live": live.rows(project),
        "running": running(project),
        "held": releases.holds(project, actor),
        "recent": activity.recent(project, SHOWN),
        "has_presets": Preset.objects.filter(project=project).exists(),
    }


def running(project: Project) -> list[dict[str, Any]]:
    """Unfinished runs and checks being judged, newest first."""
    rows = Run.objects.filter(project=project).exclude(state__in=FINISHED_RUN).select_related("preset", "target")
    judging = Check.objects.filter(project=project, state="judging").select_related("preset")
    return [
        *(_run(project, run) for run in rows.order_by("-id")[:SHOWN]),
        *(_check(project, check) for check in judging.order_by("-id")[:SHOWN]),
    ]


def _run(project: Project, run: Run) -> dict[str, Any]:
    name = run.preset.name if run.preset else run.name
    words = f"{run.done} of {run.total} rendered"
    words += f", {run.failed} failed" if run.failed else ""
    return {
        "title": f"{name} on {run.target.name}, {run.kind}",
        "url": reverse("runs.detail", kwargs={"project": project.slug, "run": run.id}),
        "state": run.state,
        "done": run.done + run.failed + run.cancelled,
        "total": run.total,
        "sentence": ", ".join([words, *honest(run.target)]),
    }


def _check(project: Project, check: Check) -> dict[str, Any]:
    name = check.preset.name if check.preset else check.note or "clips brought in as files"
    return {
        "title": f"Check of {name}",
        "url": reverse("parity.detail", kwargs={"project": project.slug, "check": check.id}),
        "state": "judging",
        "done": None,
        "total": None,
        "sentence": "The pairs are being measured.",
    }
