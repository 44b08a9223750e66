"""Which change of a side's pins broke it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

from presets_app.core.errors import MatchframeError
from presets_app.core.permissions import Actor
from presets_app.queries import parity_bisect, parity_noise_form, projects
from presets_app.queries.projects import Project
from presets_app.web.access import in_project
from presets_app.web.partials import page, refused, status_of

FIELDS = ("preset", "target", "good", "bad")


@in_project()
def bisect(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    given = {name: request.GET.get(name, "").replace("\x00", "") for name in FIELDS}
    context: dict[str, Any] = {**parity_noise_form.choices(project, given), "found": None}
    status = 200
    if given["preset"] and given["target"]:
        try:
            preset, target = projects.preset(project, given["preset"]), projects.target(project, given["target"])
            context["found"] = parity_bisect.of_side(preset, target, given["good"], given["bad"])
        except MatchframeError as error:
            context["refused"], status = refused("bisect", error, given), status_of(error)
    return page(request, "parity/bisect.html", context, status=status)


urlpatterns = [path("p/<slug:project>/parity/bisect", bisect, name="parity.bisect")]
