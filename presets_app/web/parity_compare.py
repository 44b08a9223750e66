"""Comparing anything with anything."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

from presets_app.core.errors import Invalid, MatchframeError
from presets_app.core.permissions import Actor
from presets_app.queries import parity_sides, projects
from presets_app.queries.projects import Project
from presets_app.services import parity_anything
from presets_app.web.access import in_project
from presets_app.web.partials import page, refused, see_other, status_of
from presets_app.web.typed import typed

FIELDS = ("left", "right", "left_words", "right_words", "inputs", "count")


@in_project("GET", "POST", action="check.start")
def compare(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    given = {name: (request.POST or request.GET).get(name, "").replace("\x00", "") for name in FIELDS}
    error: MatchframeError | None = None
    if request.method == "POST":
        try:
            check = _start(project, actor, given)
        except MatchframeError as fault:
            error = fault
        else:
            return see_other("parity.detail", project=project.slug, check=check.id)
    sides = parity_sides.options(project)
    if not given["right"] and len(sides) > 1:
        given["right"] = sides[1][0]  # a side is not compared with itself
    context: dict[str, Any] = {
        "sides": sides,
        "input_sets": parity_sides.input_sets(project),
        "chosen": given,
        "can": {"check": actor.may("check.start")},
    }
    if error is not None:
        context["refused"] = refused("compare", error, typed(project, request, *FIELDS))
    return page(request, "parity/compare.html", context, status=status_of(error) if error else 200)


def _start(project: Project, actor: Actor, given: dict[str, str]) -> Any:
    count = given["count"] or "10"
    if not count.isdigit() or len(count) > 4:
        raise Invalid("Say how many inputs to compare.", code="count_invalid")
    left, right = (
        parity_anything.side_named(project, given[f"{side}_words"] or given[side]) for side in ("left", "right")
    )
    chosen = projects.input_set(project, given["inputs"]) if given["inputs"] else None
    return parity_anything.compare(left, right, actor, chosen=chosen, count=int(count))


urlpatterns = [path("p/<slug:project>/parity/compare", compare, name="parity.compare")]
