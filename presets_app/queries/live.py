"""What is live on each side of a preset, and whether it still is what was approved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from presets_app import wiring
from presets_app.core import manifest
from presets_app.gitstore import Store
from presets_app.models import Live, Preset, Project, Release, Target
from presets_app.queries import drift
from presets_app.queries.sides import side

SHOWN = 50
RELEASES_LOOKED_AT = 500
Sides = dict[str, dict[str, Any] | None]
NOTHING: Sides = {"local": None, "cloud": None}


def rows(project: Project) -> list[dict[str, Any]]:
    """[{preset, local, cloud}] of the presets that are live somewhere, newest change of preset first."""
    found = Preset.objects.filter(project=project, live__isnull=False).distinct()
    presets = list(found.order_by("-changed_at", "-pk")[:SHOWN])
    sides = of_presets(project, presets)
    return [
        {"preset": {"slug": preset.slug, "name": preset.name}, **sides.get(preset.pk, NOTHING)} for preset in presets
    ]


def of_presets(project: Project, presets: Iterable[Preset]) -> dict[int, Sides]:
    """{preset's key: {"local": side, "cloud": side}}; a side is None or what shared/live_side.html shows. Four
    queries and one git process, however many presets."""
    known = {preset.pk: preset for preset in presets}
    live = list(Live.objects.filter(preset__in=known).order_by("since", "pk"))
    if not live:
        return {}
    answers = drift.answers(Target.objects.filter(project=project))
    releases = _releases(live)
    found: dict[int, Sides] = {}
    with wiring.store(project.slug) as store:
        for row in live:
            target = answers.get(row.target, (None, None))[0]
            kind = side(target)["kind"] if target else "local"
            sides = found.setdefault(row.preset_id, dict(NOTHING))
            preset = known[row.preset_id]
            about = _about(project, row, preset, target)
            state = _state(store, row, preset, answers, releases)
            why = {"why_url": f"{about['here']}?tab=targets"} if state["state"] == "drifted" else {}
            sides[kind] = {**state, **about, **why}
    return found


def _releases(live: list[Live]) -> list[Release]:
    return list(Release.objects.filter(preset__in={row.preset_id for row in live}).order_by("-id")[:RELEASES_LOOKED_AT])


def _about(project: Project, row: Live, preset: Preset, target: Target | None) -> dict[str, Any]:
    here = reverse("presets.detail", kwargs={"project": project.slug, "preset": preset.slug})
    return {
        "label": target.name if target else row.target,
        "revision": row.digest,
        "revision_url": f"{here}?revision={row.revision}",
        "here": here,
    }


def _state(store: Store, row: Live, preset: Preset, answers: drift.Answers, releases: list[Release]) -> dict[str, Any]:
    target, answer = answers.get(row.target, (None, None))
    pinned = _pins(store, row, preset, releases)
    if target is None or answer is None or pinned is None:
        return {"state": "unknown", "since": row.since}
    if drift.changes(pinned, target, answer):
        return {"state": "drifted", "since": target.probed_at}
    if any(release.kind == "rollback" and release.commit == row.commit for release in releases):
        return {"state": "rolled_back", "since": row.since}
    return {"state": "in_sync" if row.digest == preset.digest else "behind", "since": row.since}


def _pins(store: Store, row: Live, preset: Preset, releases: list[Release]) -> dict[str, Any] | None:
    """The manifest that went live with this row. It stands in the commit of the first release that named it: going
    back moves `live/` and leaves newer pins in place."""
    if not row.manifest:
        return None
    ours = [release for release in releases if release.preset_id == row.preset_id]
    named = [r.commit for r in ours if r.after.get(row.target, {}).get("manifest") == row.manifest]
    for commit in reversed(named):
        found = drift.pins_at(store, preset.slug, row.target, commit)
        if found is not None and manifest.digest(found) == row.manifest:
            return found
    return None
