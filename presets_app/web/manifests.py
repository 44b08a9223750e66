"""Pinning a preset to what a target is now."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from presets_app.core.errors import MatchframeError
from presets_app.core.permissions import Actor
from presets_app.queries import projects
from presets_app.queries.projects import Project
from presets_app.services import manifests
from presets_app.web.access import in_project
from presets_app.web.forms.fields import said
from presets_app.web.partials import see_other
from presets_app.web.presets import detail_page


@in_project("POST", action="manifest.pin")
def pin(request: HttpRequest, project: Project, actor: Actor, *, preset: str) -> HttpResponse:
    held = projects.preset(project, preset)
    try:
        target = projects.target(project, said(request.POST, "target"))
        manifests.pin(held, target, actor)
    except MatchframeError as error:
        return detail_page(request, project, actor, preset, {"tab": "targets"}, ("pin", error, {}))
    messages.success(request, f"{held.name} is pinned to what {target.name} is now.")
    return see_other(f"{reverse('presets.detail', kwargs={'project': project.slug, 'preset': preset})}?tab=targets")


urlpatterns = [path("p/<slug:project>/presets/<slug:preset>/pin", pin, name="manifests.pin")]
