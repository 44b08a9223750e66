"""What waits for one person: checks to decide, frames to choose, migrations to finish, to approve or to publish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.urls import reverse

from presets_app.core import checklist
from presets_app.core.permissions import POLICY, Actor
from presets_app.models import Check, Membership, Migration, Project, RecipeRun, Revision, Target
from presets_app.queries import parity_streak, people

# Checks that a person has something to say to. What a trial or a noise floor shows is read, not decided.
ASKING = (Q(undecided__gt=0) | Q(unticked__gt=0)) & ~Q(kind__in=("noise", "trial"))
LOOKED_AT = 50  # of each kind; more than anybody can do today
APPROVABLE = ("pass", "accepted", "inconclusive")
FEATURES = {
    "decide": "parity",
    "finish": "migrations",
    "approve": "migrations",
    "publish": "releases",
    "choose": "recipes",
}


def items(project: Project, actor: Actor) -> list[dict[str, Any]]:
    """[{state, verb, title, sentence, url, when}], oldest first; a bounded number of queries and rows."""
    found = [*_checks(project, actor), *_migrations(project, actor), *_recipes(project, actor)]
    return sorted(found, key=lambda item: item["when"])


def counts(project: Project, actor: Actor) -> dict[str, int]:
    """{feature: how many wait for this person}; zero is left out."""
    return dict(Counter(FEATURES[item["what"]] for item in items(project, actor)))


def by_project(user: Any) -> list[dict[str, Any]]:
    """The projects where a person has a role, with how many checks and migrations wait there for somebody of that
    role. Four queries, however many projects."""
    rows = list(Membership.objects.filter(user=user).select_related("project").order_by("project__name"))
    ids = [row.project_id for row in rows]
    undecided = _per_project(Check.objects.filter(ASKING, project__in=ids, state="judged"))
    approved = _per_project(Migration.objects.filter(project__in=ids, state="approved"))
    return [
        {
            "slug": row.project.slug,
            "name": row.project.name,
            "role": row.role,
            "local_only": row.project.local_only,
            "waiting": undecided[row.project_id] * (row.role in POLICY["pair.decide"])
            + approved[row.project_id] * (row.role in POLICY["release.publish"]),
        }
        for row in rows
    ]


def _per_project(rows: Any) -> Counter[int]:
    return Counter(rows.values_list("project_id", flat=True)[: LOOKED_AT * 20])


def _checks(project: Project, actor: Actor) -> Iterable[dict[str, Any]]:
    if not actor.may("pair.decide"):
        return
    rows = Check.objects.filter(ASKING, project=project, state="judged").select_related("preset")
    for check in rows.order_by("id")[:LOOKED_AT]:
        name = check.preset.name if check.preset else check.note or "clips brought in as files"
        yield {
            "what": "decide",
            "state": "inconclusive",
            "verb": "Decide",
            "title": f"{_asked(check)} of {name}",
            "sentence": f"{check.said.rstrip('.')}.",
            "url": reverse("parity.detail", kwargs={"project": project.slug, "check": check.id}),
            "when": check.judged_at or check.created_at,
        }


def _asked(check: Check) -> str:
    if check.undecided:
        return f"{check.undecided} {'pair' if check.undecided == 1 else 'pairs'}"
    return f"{check.unticked} {'tick' if check.unticked == 1 else 'ticks'} for the check"


def _recipes(project: Project, actor: Actor) -> Iterable[dict[str, Any]]:
    if not actor.may("recipe.choose"):
        return
    rows = RecipeRun.objects.filter(project=project, state="choosing").select_related("recipe")
    for run in rows.order_by("id")[:LOOKED_AT]:
        address = reverse("recipes.detail", kwargs={"project": project.slug, "recipe": run.recipe.slug})
        yield {
            "what": "choose",
            "state": "person",
            "verb": "Choose",
            "title": f"A frame for {run.recipe.name}",
            "sentence": "The steps after it wait for the frame.",
            "url": f"{address}?run={run.id}",
            "when": run.created_at,
        }


def _migrations(project: Project, actor: Actor) -> Iterable[dict[str, Any]]:
    if not (actor.may("migration.tick") or actor.may("migration.approve")):
        return
    rows = Migration.objects.filter(project=project, state__in=("open", "approved")).select_related("preset")
    found = list(rows.order_by("id")[:LOOKED_AT])
    checks = Check.objects.in_bulk([row.check_id for row in found if row.check_id])
    authors = dict(
        Revision.objects.filter(commit__in={row.revision for row in found}, preset__project=project).values_list(
            "commit", "author"
        )
    )
    targets = dict(Target.objects.filter(project=project).values_list("slug", "name"))
    names = people.names({row.opened_by for row in found})
    for row in found:
        what, state, sentence = _step(row, checks.get(row.check_id), actor, authors.get(row.revision, ""))
        if what:
            asker = names[row.opened_by]
            yield {
                "what": what,
                "state": state,
                "verb": what.capitalize(),
                "title": f"{row.preset.name} to {targets.get(row.to_target, row.to_target)}",
                "sentence": sentence.format(person=asker),
                "url": _address(project, row, what),
                "when": row.opened_at,
            }


def _step(row: Migration, check: Check | None, actor: Actor, author: str) -> tuple[str, str, str]:
    """(what this person can do now, its state, the sentence), or empty words when it is not their turn."""
    if row.state == "approved":
        done = ("publish", "approved", "It is approved and not live yet.")
        return done if actor.may("release.publish") else ("", "", "")
    missing = checklist.missing(row.checklist)
    judged = check is not None and check.state == "judged"
    current = row.digest == row.preset.digest
    ready = judged and check and not check.waits and check.outcome in APPROVABLE and current and not missing
    short = parity_streak.shortfall(check) if ready and check else ""
    if ready and check and not short:
        own = actor.username in (row.opened_by, author)
        said = "the check passed" if check.outcome == "pass" else "the check needs your word"
        sentence = f"{{person}} asks; all {len(checklist.ROWS)} rows are done and {said}."
        return ("approve", "ready", sentence) if actor.may("migration.approve") and not own else ("", "", "")
    return _to_finish(row, judged=judged, short=short) if actor.username == row.opened_by else ("", "", "")


def _to_finish(row: Migration, *, judged: bool, short: str) -> tuple[str, str, str]:
    """What the person who opened it has still to do; `short` is what its row of passes lacks."""
    if row.digest != row.preset.digest:
        return "finish", "stale", "The preset has a newer revision than this migration."
    if not judged:
        return "finish", "open", "It has no judged check yet."
    if short:
        return "finish", "open", f"{short[:1].upper()}{short[1:]}: check again with new seeds."
    done = len(checklist.ROWS) - len(checklist.missing(row.checklist))
    return "finish", "open", f"{done} of {len(checklist.ROWS)} rows of the checklist are done."


def _address(project: Project, row: Migration, what: str) -> str:
    if what == "publish":
        return f"{reverse('releases.publish', kwargs={'project': project.slug})}?migration={row.id}"
    name = "approvals.new" if what == "approve" else "migrations.detail"
    return reverse(name, kwargs={"project": project.slug, "migration": row.id})
