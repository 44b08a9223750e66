"""What happened in a project, as sentences with their person and reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from presets_app.models import AuditEvent, Membership, Project
from presets_app.queries import muting
from presets_app.queries.activity_names import Names, names_of
from presets_app.queries.activity_words import KINDS, sentence, state
from presets_app.queries.paging import by_id

ITSELF = "matchframe"  # how the product signs what it does without being asked
PAGES = {
    "preset": ("presets.detail", "preset"),
    "manifest": ("presets.detail", "preset"),
    "inputs": ("inputs.detail", "input_set"),
    "run": ("runs.detail", "run"),
    "recipe": ("recipes.detail", "recipe"),
    "check": ("parity.detail", "check"),
    "pair": ("parity.detail", "check"),
    "migration": ("migrations.detail", "migration"),
    "target": ("targets.detail", "target"),
}
Row = dict[str, Any]


def listed(project: Project, asked: dict[str, str]) -> dict[str, Any]:
    """A page of events, newest first. `asked` may hold person (a user name), kind (of KINDS), before and after (ids);
    what is not understood is left out."""
    known = _understood(asked)
    found = AuditEvent.objects.filter(project=project)
    found = found.filter(by=known["person"]) if known.get("person") else found
    found = found.filter(subject_kind=known["kind"]) if known.get("kind") else found
    page = by_id(found, known)
    return {
        "events": rows(project, page.rows),
        "pages": page.pages,
        "people": _people(project, known.get("person", "")),
        "kinds": KINDS,
        "person": known.get("person", ""),
        "kind": known.get("kind", ""),
        "muted": muting.listed(project),
    }


def recent(project: Project, size: int) -> list[Row]:
    """The newest events as rows of shared/timeline.html."""
    return rows(project, AuditEvent.objects.filter(project=project).order_by("-id")[:size])


def about(project: Project, kind: str, subject: str, size: int = 20) -> list[Row]:
    """What happened to one thing, newest first."""
    found = AuditEvent.objects.filter(project=project, subject_kind=kind, subject=subject)
    return rows(project, found.order_by("-id")[:size])


def _understood(asked: dict[str, str]) -> dict[str, str]:
    places = {name: asked[name] for name in ("before", "after") if _is_id(asked.get(name, ""))}
    kind = asked.get("kind", "")
    person = asked.get("person", "").replace("\x00", "")[:150]
    return {**places, "kind": kind if kind in dict(KINDS) else "", "person": person}


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


def _people(project: Project, chosen: str) -> list[tuple[str, str]]:
    """(user name, name) to choose from; somebody who has left can still be asked for by name."""
    members = Membership.objects.filter(project=project).select_related("user").order_by("user__username")
    known = {row.user.username: row.user.get_full_name() or row.user.username for row in members}
    extra = {chosen: chosen} if chosen and chosen != ITSELF else {}
    return [("", "Everybody"), *{**extra, **known}.items(), (ITSELF, "Matchframe, by itself")]


def rows(project: Project, events: Iterable[AuditEvent]) -> list[Row]:
    """Rows of shared/timeline.html, in the order given, each with its `day` in UTC. At most six queries."""
    listed = list(events)
    names = names_of(project, listed)
    return [_row(project, event, names) for event in listed]


def _row(project: Project, event: AuditEvent, names: Names) -> Row:
    return {
        "state": state(event.verb, event.detail),
        "sentence": sentence(event, names),
        "person": None if event.by == ITSELF else event.by_name,
        "when": event.at,
        "day": event.at.date(),
        "url": _address(project, event, names),
        "reason": event.reason,
        "digest": event.commit,
    }


def _address(project: Project, event: AuditEvent, names: Names) -> str | None:
    """Where the thing is shown; None for what is not there (any more): events outlive what they name."""
    kind, subject = event.subject_kind, event.subject
    if kind not in PAGES or (kind, subject) not in names:
        return None
    page, word = PAGES[kind]
    place = subject.partition("/")[0] if kind in ("manifest", "pair") else subject
    address = reverse(page, kwargs={"project": project.slug, word: place})
    return f"{address}?tab=targets" if kind == "manifest" else address
