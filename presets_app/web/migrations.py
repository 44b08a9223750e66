"""Migrations: the list, opening one, one with its checklist, and closing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from presets_app.core.errors import MatchframeError
from presets_app.core.permissions import Actor
from presets_app.queries import migrations as shown
from presets_app.queries import projects
from presets_app.queries.projects import Project
from presets_app.services import approvals, comments, preset_migrations
from presets_app.web.access import in_project
from presets_app.web.forms.fields import REASON, asked, said, text
from presets_app.web.partials import Refusal, page, refused, see_other, status_of
from presets_app.web.typed import typed

FIELDS = ("preset", "from", "to", "check", "reason")
CLOSABLE = ("open", "approved")


@in_project()
def index(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    listed = shown.listed(project, asked(request, "before", "after"))
    return page(request, "migrations/index.html", {**listed, "can": {"open": actor.may("migration.open")}})


@in_project("GET", "HEAD", "POST", action="migration.open")
def new(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    given = {name: said(request.POST or request.GET, name, REASON) for name in FIELDS}
    error: MatchframeError | None = None
    if request.method == "POST":
        try:
            opened = _open(project, actor, given)
        except MatchframeError as fault:
            error = fault
        else:
            return see_other("migrations.detail", project=project.slug, migration=opened)
    context = {**shown.choices(project, given), "can": {"open": actor.may("migration.open")}}
    if error is not None:
        context["refused"] = refused("open", error, typed(project, request, *FIELDS))
    return page(request, "migrations/new.html", context, status=status_of(error) if error else 200)


def _open(project: Project, actor: Actor, given: dict[str, str]) -> str:
    preset = projects.preset(project, given["preset"])
    origin, goal = (projects.target(project, given[side]) for side in ("from", "to"))
    check = projects.check(project, given["check"]) if given["check"] else None
    opened = preset_migrations.open_migration(preset, actor, origin, goal, check=check, note=given["reason"])
    return opened.id


@in_project()
def detail(request: HttpRequest, project: Project, actor: Actor, *, migration: str) -> HttpResponse:
    return _page(request, project, actor, migration)


def _page(
    request: HttpRequest, project: Project, actor: Actor, number: str, refusal: Refusal | None = None
) -> HttpResponse:
    found = shown.named(project, number)
    context = shown.detail(found, tickable=actor.may("migration.tick"))
    context["can"] = _can(actor, found, context)
    if refusal is None:
        return page(request, "migrations/detail.html", context)
    values = typed(project, request, "note", "reason", "text", "check")
    context["refused"] = refused(refusal.form, refusal.error, values)
    return page(request, "migrations/detail.html", context, status=status_of(refusal.error))


def _can(actor: Actor, found: Any, context: dict[str, Any]) -> dict[str, Any]:
    state, closable = context["migration"]["state"], found.state in CLOSABLE
    why = approvals.why_not(found, actor, context["digests"]) if closable and state != "approved" else ""
    return {
        "approve": closable and state != "approved" and not why,
        "why_not": why if actor.may("migration.approve") else "",
        "publish": state == "approved" and actor.may("release.publish"),
        "reject": closable and actor.may("migration.reject"),
        "withdraw": closable and actor.may("migration.withdraw"),
        "attach": closable and actor.may("migration.open"),
        "fill": context["refillable"] and actor.may("migration.tick"),
        "comment": actor.may("comment.write"),
    }


def _do(
    request: HttpRequest,
    project: Project,
    actor: Actor,
    number: str,
    form: str,
    deed: Callable[[Any], object],
    done: str = "",
) -> HttpResponse:
    """Do one thing to the migration and come back to its page, or show there why it was refused."""
    try:
        deed(shown.named(project, number))
    except MatchframeError as error:
        shown.named(project, number)  # what is not there is not found, whatever was to be done to it
        return _page(request, project, actor, number, Refusal(form, error))
    if done:
        messages.success(request, done)
    return see_other("migrations.detail", project=project.slug, migration=number)


@in_project("POST", action="migration.tick")
def tick(request: HttpRequest, project: Project, actor: Actor, *, migration: str) -> HttpResponse:
    row, note, done = said(request.POST, "row"), said(request.POST, "note", REASON), said(request.POST, "done") != "no"
    words = "Ticked with your name." if done else "Not ticked any more."
    return _do(
        request,
        project,
        actor,
        migration,
        row,
        lambda found: preset_migrations.tick(found, actor, row, done=done, words=note),
        words,
    )


@in_project("POST", action="migration.tick")
def fill(request: HttpRequest, project: Project, actor: Actor, *, migration: str) -> HttpResponse:
    return _do(
        request,
        project,
        actor,
        migration,
        "fill",
        lambda found: preset_migrations.refresh_checklist(found, actor),
        "The checklist says what is true now.",
    )


@in_project("POST", action="migration.open")
def attach(request: HttpRequest, project: Project, actor: Actor, *, migration: str) -> HttpResponse:
    check = said(request.POST, "check")
    return _do(
        request,
        project,
        actor,
        migration,
        "attach",
        lambda found: preset_migrations.attach(found, actor, projects.check(project, check)),
        "This check is the evidence now.",
    )


@in_project("POST", action="migration.reject")
def reject(request: HttpRequest, project: Project, actor: Actor, *, migration: str) -> HttpResponse:
    reason = text(request.POST, "reason")
    return _do(
        request,
        project,
        actor,
        migration,
        "reject",
        lambda found: preset_migrations.reject(found, actor, reason),
        "Rejected. Nothing that was live has moved.",
    )


@in_project("POST", action="migration.withdraw")
def withdraw(request: HttpRequest, project: Project, actor: Actor, *, migration: str) -> HttpResponse:
    reason = text(request.POST, "reason")
    return _do(
        request,
        project,
        actor,
        migration,
        "withdraw",
        lambda found: preset_migrations.withdraw(found, actor, reason),
        "Withdrawn. Nothing that was live has moved.",
    )


@in_project("POST", action="comment.write")
def comment(request: HttpRequest, project: Project, actor: Actor, *, migration: str) -> HttpResponse:
    found = shown.named(project, migration)
    try:
        comments.say(project, actor, "migration", found.id, text(request.POST, "text").replace("\x00", ""))
    except MatchframeError as error:
        return _page(request, project, actor, migration, Refusal("comment", error))
    here = reverse("migrations.detail", kwargs={"project": project.slug, "migration": migration})
    return see_other(f"{here}#comments")


urlpatterns = [
    path("p/<slug:project>/migrations/", index, name="migrations.index"),
    path("p/<slug:project>/migrations/new", new, name="migrations.new"),
    path("p/<slug:project>/migrations/<str:migration>", detail, name="migrations.detail"),
    path("p/<slug:project>/migrations/<str:migration>/tick", tick, name="migrations.tick"),
    path("p/<slug:project>/migrations/<str:migration>/fill", fill, name="migrations.fill"),
    path("p/<slug:project>/migrations/<str:migration>/attach", attach, name="migrations.attach"),
    path("p/<slug:project>/migrations/<str:migration>/reject", reject, name="migrations.reject"),
    path("p/<slug:project>/migrations/<str:migration>/withdraw", withdraw, name="migrations.withdraw"),
    path("p/<slug:project>/migrations/<str:migration>/comment", comment, name="migrations.comment"),
]
