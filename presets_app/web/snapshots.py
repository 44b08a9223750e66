"""Snapshots: what was kept, and keeping what is live now."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path

from presets_app.core.errors import MatchframeError
from presets_app.core.permissions import Actor
from presets_app.queries import projects
from presets_app.queries import snapshots as shown
from presets_app.queries.projects import Project
from presets_app.services import snapshots
from presets_app.web.access import in_project
from presets_app.web.forms.fields import REASON, asked, said
from presets_app.web.partials import Refusal, page, refused, see_other, status_of
from presets_app.web.typed import typed


@in_project()
def index(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    return _page(request, project, actor)


def _page(request: HttpRequest, project: Project, actor: Actor, refusal: Refusal | None = None) -> HttpResponse:
    context = shown.listed(project, asked(request, "before", "after"))
    context["can"] = {"take": actor.may("snapshot.take"), "roll_back": actor.may("release.roll_back")}
    if refusal is None:
        return page(request, "snapshots/index.html", context)
    context["refused"] = refused(refusal.form, refusal.error, typed(project, request, "note", "preset"))
    return page(request, "snapshots/index.html", context, status=status_of(refusal.error))


@in_project("POST", action="snapshot.take")
def take(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    """Of the preset that is named, else of every one that is live."""
    preset, note = said(request.POST, "preset"), said(request.POST, "note", REASON)
    try:
        if preset:
            found = [snapshots.take(projects.preset(project, preset), actor, note)]
        else:
            found = snapshots.take_all(project, actor, note)
    except MatchframeError as error:
        return _page(request, project, actor, Refusal("take", error))
    names = ", ".join(row.preset.name for row in found[:5])
    messages.success(request, f"Kept what is live of {names}{' and others' if len(found) > 5 else ''}.")
    return see_other("snapshots.index", project=project.slug)


urlpatterns = [
    path("p/<slug:project>/snapshots/", index, name="snapshots.index"),
    path("p/<slug:project>/snapshots/take", take, name="snapshots.take"),
]
