"""Where a person lands: their projects, and one project at a glance."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_safe

from presets_app.core.permissions import Actor
from presets_app.queries import home, waiting
from presets_app.queries.projects import Project
from presets_app.web.access import in_project
from presets_app.web.partials import page, wants_fragment


@login_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The person's only project, or the list of those they are in."""
    found = waiting.by_project(request.user)
    if len(found) == 1:
        return redirect("home.index", project=found[0]["slug"])
    return page(request, "home/start.html", {"projects": found})


@in_project()
def index(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    if wants_fragment(request):
        return page(request, "home/index.html", {"running": home.running(project)}, partial="running")
    can = {"import": actor.may("preset.save"), "publish": actor.may("release.publish")}
    return page(request, "home/index.html", {**home.index(project, actor), "can": can})


urlpatterns = [
    path("", start, name="home.start"),
    path("p/<slug:project>/", index, name="home.index"),
]
