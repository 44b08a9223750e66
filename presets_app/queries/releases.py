"""What is live, what made it so, and which presets are held after a rollback."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from presets_app.core.canonical import digest
from presets_app.core.permissions import Actor
from presets_app.models import Live, Preset, Project, Release, Snapshot, Target
from presets_app.queries import people
from presets_app.queries.paging import by_id

PAGE = 20
HELD_SHOWN = 20
STATES = {"publish": "published", "rollback": "rolled_back"}
Sides = dict[str, dict[str, str]]
LiveSides = dict[int, Sides]


def sides(preset: Preset) -> Sides:
    """What is live now: {target: {revision, digest, manifest}}."""
    return {row.target: plain(row) for row in Live.objects.filter(preset=preset)}


def plain(row: Live) -> dict[str, str]:
    return {"revision": row.revision, "digest": row.digest, "manifest": row.manifest}


def version(live: Sides) -> str:
    """One digest over what is live: what a form carries, so that nobody moves what they have not seen."""
    return digest(live)


def history(project: Project, actor: Actor, asked: dict[str, str]) -> dict[str, Any]:
    """Releases as rows of shared/timeline.html, newest first; six queries, however many rows."""
    later = Release.objects.filter(preset=OuterRef("preset"), pk__gt=OuterRef("pk")).order_by("pk")
    rows = Release.objects.filter(project=project).select_related("preset")
    rows = rows.annotate(ended=Subquery(later.values("at")[:1]), ended_by=Subquery(later.values("commit")[:1]))
    page = by_id(rows, {key: value for key, value in asked.items() if is_number(value)}, size=PAGE)
    names = people.names({row.by for row in page.rows})
    targets = dict(Target.objects.filter(project=project).values_list("slug", "name"))
    kept = _kept(project, page.rows) if actor.may("release.roll_back") else {}
    return {"releases": [_row(project, row, names, targets, kept) for row in page.rows], "pages": page.pages}


def is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


def _kept(project: Project, releases: list[Release]) -> dict[str, str]:
    """{commit that ended a release: the snapshot it took of it}, without those that are live as they are."""
    ends = {row.ended_by for row in releases if row.ended_by}  # type: ignore[attr-defined]
    found = list(Snapshot.objects.filter(project=project, commit__in=ends, automatic=True))
    live = live_sides(found)
    return {row.commit: row.id for row in found if not is_current(row, live)}


def live_sides(snapshots: Iterable[Snapshot]) -> LiveSides:
    """{preset's key: {target: what is live}} of these snapshots' presets, in one query."""
    found: LiveSides = {}
    for row in Live.objects.filter(preset__in={row.preset_id for row in snapshots}):
        found.setdefault(row.preset_id, {})[row.target] = plain(row)
    return found


def is_current(snapshot: Snapshot, live: LiveSides) -> bool:
    """Whether everything that a snapshot holds is live now."""
    now = live.get(snapshot.preset_id, {})
    keys = ("revision", "digest", "manifest")
    return all(now.get(target) == {key: side[key] for key in keys} for target, side in snapshot.sides.items())


def _row(
    project: Project, row: Any, names: dict[str, str], targets: dict[str, str], kept: dict[str, str]
) -> dict[str, Any]:
    snapshot = kept.get(row.ended_by or "")
    moved = [target for target, side in row.after.items() if row.before.get(target) != side]
    return {
        "state": STATES[row.kind],
        "sentence": f"{_verb(row)} {row.preset.name} on {_listed([targets.get(name, name) for name in moved])}",
        "when": row.at,
        "person": names[row.by],
        "reason": row.reason,
        "url": address(project, row),
        "digest": row.after[moved[0]]["digest"] if moved else "",
        "active_for": ((row.ended or timezone.now()) - row.at).total_seconds(),
        "action": {"url": rollback_url(project, snapshot), "word": "Roll back to this"} if snapshot else None,
    }


def _verb(release: Release) -> str:
    return "Published" if release.kind == "publish" else "Rolled back"


def _listed(names: list[str]) -> str:
    return " and ".join(sorted(names)) or "no target"


def address(project: Project, release: Release) -> str:
    """Where a release is explained: its proof after a rollback, the migration it rests on else."""
    if release.kind == "publish" and release.migration_id:
        return reverse("migrations.detail", kwargs={"project": project.slug, "migration": release.migration_id})
    return proof_url(project, release)


def proof_url(project: Project, release: Release) -> str:
    return reverse("releases.proof", kwargs={"project": project.slug, "release": release.commit})


def rollback_url(project: Project, snapshot: str) -> str:
    return f"{reverse('releases.rollback', kwargs={'project': project.slug})}?to={snapshot}"


def holds(project: Project, actor: Actor) -> list[dict[str, Any]]:
    """Presets whose updates are held after a rollback: [{preset, sentence, person, when, reason, url, can_lift}]."""
    rows = list(Preset.objects.filter(project=project).exclude(held={}).order_by("-pk")[:HELD_SHOWN])
    names = people.names({row.held["by"] for row in rows})
    newest = _newest_rollbacks(rows)
    return [{**_hold(row, names, actor), "url": newest.get(row.pk)} for row in rows]


def hold_of(preset: Preset, actor: Actor) -> dict[str, Any] | None:
    """The same of one preset; None when nothing is held."""
    return _hold(preset, people.names({preset.held["by"]}), actor) if preset.held else None


def _hold(preset: Preset, names: dict[str, str], actor: Actor) -> dict[str, Any]:
    person = names[preset.held["by"]]
    return {
        "preset": {"slug": preset.slug, "name": preset.name},
        "sentence": f"{preset.name} was rolled back by {person}: updates are held",
        "person": person,
        "when": parse_datetime(preset.held["at"]),
        "reason": preset.held["reason"],
        "can_lift": actor.may("release.publish"),
        "form": f"lift-{preset.slug}",
    }


def _newest_rollbacks(presets: list[Preset]) -> dict[int, str]:
    """{preset's key: the address of the proof of its newest rollback}."""
    rows = Release.objects.filter(preset__in=presets, kind="rollback").select_related("project").order_by("-pk")
    return {row.preset_id: proof_url(row.project, row) for row in reversed(rows[: HELD_SHOWN * 10])}
