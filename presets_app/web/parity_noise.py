"""Noise floors: how far each side is from itself, and measuring it."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path

from presets_app.core.errors import Invalid, MatchframeError
from presets_app.core.permissions import Actor
from presets_app.queries import parity_noise as held
from presets_app.queries import parity_noise_form, projects
from presets_app.queries.projects import Project
from presets_app.services import parity_noise
from presets_app.web.access import in_project
from presets_app.web.partials import page, refused, see_other, status_of
from presets_app.web.typed import typed

FIELDS = ("preset", "target", "inputs", "count", "change")


@in_project("GET", "POST", action="run.start")
def noise(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    given = {name: (request.POST or request.GET).get(name, "").replace("\x00", "") for name in FIELDS}
    error: MatchframeError | None = None
    if request.method == "POST":
        try:
            _measure(project, actor, given)
        except MatchframeError as fault:
            error = fault
        else:
            messages.success(request, "The renders for the noise floor have begun.")
            return see_other("parity.noise", project=project.slug)
    context: dict[str, Any] = {"floors": held.listed(project), **parity_noise_form.choices(project, given)}
    context["can"] = {"measure": actor.may("run.start")}
    if error is not None:
        context["refused"] = refused("noise", error, typed(project, request, *FIELDS))
    return page(request, "parity/noise.html", context, status=status_of(error) if error else 200)


def _measure(project: Project, actor: Actor, given: dict[str, str]) -> None:
    count = given["count"] or str(parity_noise.USUAL)
    if not count.isdigit() or len(count) > 4:
        raise Invalid("Say how many inputs to render.", code="count_invalid")
    parity_noise.measure(
        projects.preset(project, given["preset"]),
        projects.target(project, given["target"]),
        projects.input_set(project, given["inputs"]),
        actor,
        count=int(count),
        change=_change(given["change"]),
    )


def _change(text: str) -> dict[str, Any] | None:
    """The option that was chosen: "" the usual one, "none", or one {pointer: value} as JSON."""
    if text in ("", "none"):
        return None if not text else {}
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict) or len(value) != 1:
        raise Invalid("Choose one of the changes that are offered.", code="change_unknown")
    return value


urlpatterns = [path("p/<slug:project>/parity/noise", noise, name="parity.noise")]
