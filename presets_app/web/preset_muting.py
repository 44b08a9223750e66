"""Turning a warning off where it is shown, and on again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from presets_app.core.errors import MatchframeError
from presets_app.core.permissions import Actor
from presets_app.queries import projects
from presets_app.queries.projects import Project
from presets_app.services import muting
from presets_app.web.access import in_project
from presets_app.web.forms.fields import REASON, said
from presets_app.web.partials import see_other
from presets_app.web.presets import detail_page
from presets_app.web.typed import typed

WHOLE = "project"  # the form's scope for every preset of the project


def _scope(request: HttpRequest, preset: str) -> str:
    return "" if said(request.POST, "scope") == WHOLE else preset


@in_project("POST", action="problem.mute")
def mute(request: HttpRequest, project: Project, actor: Actor, *, preset: str) -> HttpResponse:
    projects.preset(project, preset)
    code = said(request.POST, "code")
    try:
        muting.mute(project, actor, code, said(request.POST, "reason", REASON), preset=_scope(request, preset))
    except MatchframeError as error:
        kept = typed(project, request, "reason", "scope", "code")
        return detail_page(request, project, actor, preset, {"tab": "problems"}, ("mute", error, kept))
    messages.success(request, f"{code} is turned off, with your name and reason.")
    return _back(project, preset)


@in_project("POST", action="problem.mute")
def unmute(request: HttpRequest, project: Project, actor: Actor, *, preset: str) -> HttpResponse:
    projects.preset(project, preset)
    code = said(request.POST, "code")
    try:
        muting.unmute(project, actor, code, preset=_scope(request, preset))
    except MatchframeError as error:
        return detail_page(request, project, actor, preset, {"tab": "problems"}, ("mute", error, {}))
    messages.success(request, f"{code} is shown again.")
    return _back(project, preset)


def _back(project: Project, preset: str) -> HttpResponse:
    here = reverse("presets.detail", kwargs={"project": project.slug, "preset": preset})
    return see_other(f"{here}?tab=problems")


urlpatterns = [
    path("p/<slug:project>/presets/<slug:preset>/mute", mute, name="presets.mute"),
    path("p/<slug:project>/presets/<slug:preset>/unmute", unmute, name="presets.unmute"),
]
