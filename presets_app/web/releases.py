"""Releases: what is live, publishing, going back with its proof, and letting updates through again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path

from presets_app.core.errors import Invalid, MatchframeError
from presets_app.core.permissions import Actor
from presets_app.queries import live, projects, proofs, rollback
from presets_app.queries import migrations as waiting
from presets_app.queries import releases as shown
from presets_app.queries.projects import Project
from presets_app.services import releases
from presets_app.web.access import in_project
from presets_app.web.forms.fields import asked, said, text
from presets_app.web.partials import Refusal, page, refused, see_other, status_of, unchanged
from presets_app.web.typed import typed

RIGHTS = {"publish": "release.publish", "roll_back": "release.roll_back", "snapshot": "snapshot.take"}
BOTH = "both"


@in_project()
def index(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    return _page(request, project, actor)


def _page(request: HttpRequest, project: Project, actor: Actor, refusal: Refusal | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        **shown.history(project, actor, asked(request, "before", "after")),
        "live": live.rows(project),
        "holds": shown.holds(project, actor),
        "publishable": waiting.publishable(project),
        "can": {word: actor.may(right) for word, right in RIGHTS.items()},
    }
    if refusal is None:
        return page(request, "releases/index.html", context)
    context["refused"] = refused(refusal.form, refusal.error, typed(project, request, "reason"))
    return page(request, "releases/index.html", context, status=status_of(refusal.error))


@in_project("GET", "HEAD", "POST", action="release.publish")
def publish(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    posted = request.method == "POST"
    found = projects.migration(project, said(request.POST if posted else request.GET, "migration"))
    error: MatchframeError | None = None
    if posted:
        try:
            expected = said(request.POST, "expected")
            releases.publish(found, actor, reason=text(request.POST, "reason"), expected=expected)
        except MatchframeError as fault:
            error = fault
        else:
            messages.success(request, f"{found.preset.name} is live on both sides.")
            return see_other("releases.index", project=project.slug)
    context = rollback.publishing(projects.migration(project, found.id), actor)
    if error is not None:
        context["refused"] = refused("publish", error, typed(project, request, "reason"))
    return page(request, "releases/publish.html", context, status=status_of(error) if error else 200)


@in_project("GET", "HEAD", "POST", action="release.roll_back")
def back(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    """GET shows what going `to` a snapshot would do; POST does it."""
    posted = request.method == "POST"
    number = said(request.POST, "snapshot") if posted else said(request.GET, "to")
    snapshot = projects.snapshot(project, number) if number else None
    error: MatchframeError | None = None
    if posted:
        try:
            release = _go_back(request, snapshot, actor)
        except MatchframeError as fault:
            error = fault
        else:
            messages.success(request, "It is live again. The proof is being rendered.")
            return see_other("releases.proof", project=project.slug, release=release.commit)
    context = rollback.going_back(project, actor, snapshot)
    if error is not None:
        context["refused"] = refused("rollback", error, typed(project, request, "reason"))
    return page(request, "releases/rollback.html", context, status=status_of(error) if error else 200)


def _go_back(request: HttpRequest, snapshot: Any, actor: Actor) -> Any:
    if snapshot is None:
        raise Invalid(
            "Choose what to go back to.", code="snapshot_missing", hint="Each snapshot shows what it restores."
        )
    sides = said(request.POST, "sides") or BOTH
    only, expected = (None if sides == BOTH else sides), said(request.POST, "expected")
    return releases.roll_back(snapshot, actor, text(request.POST, "reason"), only=only, expected=expected)


@in_project("POST", action="release.publish")
def lift(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    preset = projects.preset(project, said(request.POST, "preset"))
    try:
        releases.lift(preset, actor, text(request.POST, "reason"))
    except MatchframeError as error:
        return _page(request, project, actor, Refusal(f"lift-{preset.slug}", error))
    messages.success(request, f"Updates of {preset.name} are let through again.")
    return see_other("releases.index", project=project.slug)


@in_project()
def proof(request: HttpRequest, project: Project, actor: Actor, *, release: str) -> HttpResponse:
    context = proofs.detail(proofs.release_of(project, release))
    same = unchanged(request, context["proof"]["version"])
    if same is not None:
        return same
    say = context["proof"]["sentence"]
    return page(request, "releases/proof.html", context, partial="proof", say=say)


urlpatterns = [
    path("p/<slug:project>/releases/", index, name="releases.index"),
    path("p/<slug:project>/releases/publish", publish, name="releases.publish"),
    path("p/<slug:project>/releases/rollback", back, name="releases.rollback"),
    path("p/<slug:project>/releases/lift", lift, name="releases.lift"),
    path("p/<slug:project>/releases/<str:release>", proof, name="releases.proof"),
]
