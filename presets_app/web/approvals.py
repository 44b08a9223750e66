"""Approving exact bytes: the page that names them, and a yes that is bound to what the page showed."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path

from presets_app.core.canonical import canonical_bytes
from presets_app.core.errors import Conflict, Invalid, MatchframeError
from presets_app.core.permissions import Actor
from presets_app.core.problems import Problem
from presets_app.queries import approvals as bound
from presets_app.queries import migration_rows
from presets_app.queries import migrations as shown
from presets_app.queries.projects import Project
from presets_app.services import approvals
from presets_app.web.access import in_project
from presets_app.web.forms.fields import said, text
from presets_app.web.partials import page, refused, see_other, status_of
from presets_app.web.typed import typed

LONGEST_BINDING = 20_000  # characters; the real one is under 1,000


@in_project("GET", "HEAD", "POST", action="migration.approve")
def new(request: HttpRequest, project: Project, actor: Actor, *, migration: str) -> HttpResponse:
    found = shown.named(project, migration)
    if request.method != "POST":
        return _page(request, project, actor, found)
    seen = _seen(request)
    try:
        _must_be_sure(request, found)
        approvals.approve(found, actor, seen=seen, reason=text(request.POST, "reason"))
    except MatchframeError as error:
        found.refresh_from_db()
        return _page(request, project, actor, found, error, seen)
    messages.success(request, "Approved. It holds for exactly these bytes.")
    return see_other("migrations.detail", project=project.slug, migration=migration)


def _page(
    request: HttpRequest,
    project: Project,
    actor: Actor,
    found: Any,
    error: MatchframeError | None = None,
    seen: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page as it is now. After a refusal the form carries what is true now, and the page says what moved."""
    context = shown.detail(found, tickable=False)
    now, names = context["digests"], bound.target_names(found)
    why = approvals.why_not(found, actor, now)
    context |= {
        "binding": canonical_bytes(now).decode(),
        "needs_reason": approvals.needs_reason(found),
        "groups": migration_rows.undone(context["groups"]),
        "moved": bound.moved(seen or {}, now, names) if isinstance(error, Conflict) and seen != now else None,
        "allowed": not why,
        "why_not": why,
    }
    if error is None:
        return page(request, "approvals/new.html", context)
    context["refused"] = refused("approve", error, typed(project, request, "reason", "override"))
    return page(request, "approvals/new.html", context, status=status_of(error))


def _seen(request: HttpRequest) -> dict[str, Any]:
    """The digests that the person's page showed; {} when the form carries none that can be read."""
    carried = said(request.POST, "binding", LONGEST_BINDING)
    try:
        value = json.loads(carried)
    except (ValueError, RecursionError):
        return {}
    known = isinstance(value, dict) and isinstance(value.get("manifests", {}), dict)
    return value if known else {}


def _must_be_sure(request: HttpRequest, found: Any) -> None:
    if approvals.needs_reason(found) and not said(request.POST, "override"):
        text = "Say that you looked at the pairs."
        hint = "The numbers alone do not settle this check, so it takes a person who did."
        raise Invalid.of([Problem("not_confirmed", "error", "/override", text, hint)])


urlpatterns = [path("p/<slug:project>/migrations/<str:migration>/approve", new, name="approvals.new")]
