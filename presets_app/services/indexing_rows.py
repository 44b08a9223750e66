"""One handler per kind of document in the store: what its table must say after this commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db.models import ProtectedError

from presets_app.core import inputs as input_sets
from presets_app.core import known_good, manifest
from presets_app.core.documents import document_digest
from presets_app.gitstore import CommitInfo, paths
from presets_app.models import (
    Approval,
    Check,
    Decision,
    InputSet,
    Live,
    Manifest,
    Migration,
    Pair,
    Preset,
    Project,
    Recipe,
    Release,
    Revision,
    Snapshot,
    Tick,
)
from presets_app.services import parity_outcome
from presets_app.services.recipes_indexing import index_recipe

Handler = Callable[[Project, CommitInfo, Any, Any], None]


def _actor(info: CommitInfo) -> str:
    return str(info.trailers.get("Matchframe-Actor", info.author.email))


def index_preset(project: Project, info: CommitInfo, located: Any, document: Any) -> None:
    digest, slug = document_digest(document), located.slug
    values = {
        "name": document["name"],
        "family": document["family"],
        "variant": document.get("variant", ""),
        "task": document["task"],
        "head": info.sha,
        "digest": digest,
        "changed_at": info.at,
        "changed_by": _actor(info),
    }
    preset, _ = Preset.objects.update_or_create(project=project, slug=slug, defaults=values)
    # Commits come in their own order here; by their times two could have one number, when a clock was set back.
    number = Revision.objects.filter(preset=preset).exclude(commit=info.sha).count() + 1
    Revision.objects.get_or_create(
        preset=preset,
        commit=info.sha,
        defaults={
            "digest": digest,
            "number": number,
            "author": _actor(info),
            "message": info.subject[:300],
            "at": info.at,
        },
    )
    preset.revisions = preset.history.count()
    preset.save(update_fields=["revisions"])


def index_manifest(project: Project, info: CommitInfo, located: Any, document: Any) -> None:
    values = {
        "project": project,
        "digest": manifest.digest(document),
        "document_digest": document["document_digest"],
        "commit": info.sha,
        "unknown": _unknown(document),
        "at": info.at,
        "by": _actor(info),
    }
    preset = Preset.objects.get(project=project, slug=located.preset)
    Manifest.objects.update_or_create(preset=preset, target=located.target, defaults=values)


def _unknown(document: Any) -> int:
    pins = [pin for section in manifest.SECTIONS for pin in document[section].values()]
    return sum(pin["status"] == "unknown" for pin in pins)


def index_inputs(project: Project, info: CommitInfo, located: Any, document: Any) -> None:
    items = document["items"]
    values = {
        "name": document["name"],
        "kind": document["kind"],
        "digest": input_sets.inputs_digest(document),
        "commit": info.sha,
        "items": len(items),
        "local_only": sum(bool(item.get("local_only")) for item in items),
        "labels": dict(Counter(label for item in items for label in item.get("labels", []))),
        "at": info.at,
        "by": _actor(info),
    }
    InputSet.objects.update_or_create(project=project, slug=located.slug, defaults=values)


def index_policy(project: Project, info: CommitInfo, located: Any, document: Any) -> None:
    project.policy = document
    project.save(update_fields=["policy"])


def index_migration(project: Project, info: CommitInfo, located: Any, document: Any) -> None:
    closed = document.get("closed") or {}
    values = {
        "project": project,
        "preset": Preset.objects.get(project=project, slug=document["preset"]),
        "revision": document["revision"],
        "digest": document["document_digest"],
        "from_target": document["from"],
        "to_target": document["to"],
        "check_id": document.get("check", ""),
        "state": document["state"],
        "checklist": document["checklist"],
        "manifests": document["manifests"],
        "note": document.get("note", ""),
        "opened_by": document["opened_by"],
        "opened_at": datetime.fromisoformat(document["opened_at"]),
        "closed_by": closed.get("by", ""),
        "closed_reason": closed.get("reason", ""),
        "commit": info.sha,
    }
    row, _ = Migration.objects.update_or_create(id=located.id, defaults=values)
    for number, approval in enumerate(document["approvals"], start=1):
        Approval.objects.update_or_create(
            migration=row,
            number=number,
            defaults={
                "by": approval["by"],
                "at": datetime.fromisoformat(approval["at"]),
                "reason": approval["reason"],
                "digests": approval["digests"],
            },
        )


def index_decisions(project: Project, info: CommitInfo, located: Any, document: Any) -> None:
    _index_ticks(project, located.check_id, document.get("ticks", []))
    latest: dict[str, str] = {}
    for number, decision in enumerate(document["decisions"], start=1):
        latest[decision["key"]] = "" if decision["choice"] == "undo" else decision["choice"]
        Decision.objects.update_or_create(
            project=project,
            check_id=located.check_id,
            number=number,
            defaults={
                "key": decision["key"],
                "choice": decision["choice"],
                "reason": decision["reason"],
                "by": decision["by"],
                "at": datetime.fromisoformat(decision["at"]),
            },
        )
    for key, choice in latest.items():
        Pair.objects.filter(check_of_id=located.check_id, check_of__project=project, key=key).update(decision=choice)
    check = Check.objects.filter(id=located.check_id, project=project).first()
    if check is not None:
        parity_outcome.refresh(check)


def _index_ticks(project: Project, check: str, ticks: list[dict[str, Any]]) -> None:
    for number, tick in enumerate(ticks, start=1):
        kept = {name: tick[name] for name in ("area", "done", "note", "evidence", "by")}
        values = {**kept, "at": datetime.fromisoformat(tick["at"])}
        Tick.objects.update_or_create(project=project, check_id=check, number=number, defaults=values)


def index_live(project: Project, info: CommitInfo, located: Any, document: Any) -> None:
    preset = Preset.objects.get(project=project, slug=located.preset)
    for target, side in document["targets"].items():
        current = Live.objects.filter(preset=preset, target=target).first()
        values = {"revision": side["revision"], "digest": side["digest"], "manifest": side["manifest"]}
        if current and all(getattr(current, name) == value for name, value in values.items()):
            continue
        since = {"project": project, "since": info.at, "commit": info.sha}
        Live.objects.update_or_create(preset=preset, target=target, defaults={**values, **since})
    Live.objects.filter(preset=preset).exclude(target__in=document["targets"]).delete()
    Preset.objects.filter(pk=preset.pk).update(held=document.get("held") or {})
    if document.get("lifted"):
        return  # this commit let revisions through again; the release it still names was made by an earlier one
    release = document["release"]
    Release.objects.update_or_create(
        preset=preset,
        commit=info.sha,
        defaults={
            "project": project,
            "kind": release["kind"],
            "migration_id": release.get("migration", ""),
            "snapshot_id": release.get("snapshot", ""),
            "before": release["before"],
            "after": document["targets"],
            "reason": release["reason"],
            "by": release["by"],
            "at": info.at,
        },
    )


def index_snapshot(project: Project, info: CommitInfo, located: Any, document: Any) -> None:
    Snapshot.objects.update_or_create(
        id=located.id,
        defaults={
            "project": project,
            "preset": Preset.objects.get(project=project, slug=document["preset"]),
            "note": document["note"],
            "automatic": document["automatic"],
            "sides": document["sides"],
            "good": known_good.is_known_good(document["sides"]),
            "by": document["by"],
            "at": info.at,
            "commit": info.sha,
        },
    )


HANDLERS: dict[str, Handler] = {
    "preset": index_preset,
    "manifest": index_manifest,
    "inputs": index_inputs,
    "policy": index_policy,
    "migration": index_migration,
    "decisions": index_decisions,
    "live": index_live,
    "snapshot": index_snapshot,
    "recipe": index_recipe,
}


def empty(project: Project) -> None:
    """Forget, before a rebuild, every row that Git alone decides and that nothing points to; the rest is brought in
    step by its handler. A handler only ever adds or updates, so a row that should not be there must go first."""
    for model in (Decision, Tick, Live, Manifest, Snapshot, Migration):
        model.objects.filter(project=project).delete()
    Revision.objects.filter(preset__project=project).delete()
    Pair.objects.filter(check_of__project=project).exclude(decision="").update(decision="")


def forget_stale(project: Project, seen: set[tuple[str, str]]) -> None:
    """Drop the rows whose document Git has never held, of those that `empty` leaves. A row that runs still point to
    is kept."""
    stale: list[Any] = [row for row in Release.objects.filter(project=project) if ("release", row.commit) not in seen]
    stale += [row for row in InputSet.objects.filter(project=project) if ("inputs", paths.inputs(row.slug)) not in seen]
    stale += [row for row in Recipe.objects.filter(project=project) if ("recipe", paths.recipe(row.slug)) not in seen]
    stale += [row for row in Preset.objects.filter(project=project) if ("preset", paths.preset(row.slug)) not in seen]
    for row in stale:
        with suppress(ProtectedError):
            row.delete()


def settle_checks(project: Project) -> None:
    """What each judged check amounts to, from its verdict and the decisions that are there now."""
    for check in Check.objects.filter(project=project, state="judged"):
        parity_outcome.refresh(check)
