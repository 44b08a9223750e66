"""Targets: all places that render, one of them, and asking one what it is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path

from presets_app.core.documents import slug_of
from presets_app.core.errors import MatchframeError
from presets_app.core.permissions import Actor
from presets_app.core.secrets import is_variable_name
from presets_app.queries import projects
from presets_app.queries import targets as shown
from presets_app.queries.projects import Project
from presets_app.services import drafting, targets
from presets_app.web.access import in_project
from presets_app.web.forms.fields import REASON, said
from presets_app.web.partials import Refusal, page, refused, see_other, status_of

PROBE = "manifest.pin"  # who pins must be able to look first; asking changes nothing on the target
CHANGE = "target.change"


@in_project()
def index(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    context = {"targets": shown.listed(project), "can": {"add": actor.may("target.change")}}
    return page(request, "targets/index.html", context)


@in_project("GET", "HEAD", "POST", action=CHANGE)
def new(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    """Add a place that renders. A server is asked what it is before it is kept."""
    context: dict[str, Any] = {"kinds": shown.ADDABLE}
    if request.method != "POST":
        return page(request, "targets/new.html", context)
    given = {name: said(request.POST, name, REASON) for name in ("kind", "name", "address", "private", "pool")}
    try:
        made = targets.add(
            project, actor, slug_of(given["name"]), name=given["name"], kind=given["kind"], options=_options(given)
        )
    except MatchframeError as error:
        values = {name: drafting.speakable(project, text) for name, text in given.items()}
        context["refused"] = refused("new", error, values)
        return page(request, "targets/new.html", context, status=status_of(error))
    messages.success(request, f"{made.name} is added.")
    return see_other("targets.detail", project=project.slug, target=made.slug)


def _options(given: dict[str, str]) -> dict[str, Any]:
    if given["kind"] == "local":
        return {"pool": given["pool"] or "local"}
    return {"base_url": given["address"], **({"private": True} if given["private"] else {})}


@in_project()
def detail(request: HttpRequest, project: Project, actor: Actor, *, target: str) -> HttpResponse:
    return _page(request, project, actor, target)


def _page(
    request: HttpRequest, project: Project, actor: Actor, slug: str, refusal: Refusal | None = None
) -> HttpResponse:
    context = shown.detail(projects.target(project, slug))
    context["can"] = {
        "probe": context["askable"] and actor.may(PROBE),
        "change": context["keeps"] and actor.may(CHANGE),
    }
    if refusal is not None:
        values = {"name": said(request.POST, "name")} if refusal.form == "value" else {}
        safe = {key: text for key, text in values.items() if is_variable_name(text)}
        context["refused"] = refused(refusal.form, refusal.error, safe)
    return page(request, "targets/detail.html", context, status=status_of(refusal.error) if refusal else 200)


@in_project("POST", action=PROBE)
def probe(request: HttpRequest, project: Project, actor: Actor, *, target: str) -> HttpResponse:
    found = projects.target(project, target)
    try:
        targets.ask(found)
    except MatchframeError as error:
        return _page(request, project, actor, target, Refusal("probe", error))
    messages.success(request, f"{found.name} was asked. Its answer stands here in a moment: load the page again.")
    return see_other("targets.detail", project=project.slug, target=target)


@in_project("POST", action=CHANGE)
def set_value(request: HttpRequest, project: Project, actor: Actor, *, target: str) -> HttpResponse:
    found, name = projects.target(project, target), said(request.POST, "name")
    try:
        targets.set_value(found, actor, name, request.POST.get("value") or "")
    except MatchframeError as error:
        return _page(request, project, actor, target, Refusal("value", error))
    messages.success(request, f"{found.name} has a value for {name}. It is kept encrypted and never shown.")
    return see_other("targets.detail", project=project.slug, target=target)


@in_project("POST", action=CHANGE)
def remove_value(request: HttpRequest, project: Project, actor: Actor, *, target: str) -> HttpResponse:
    found, name = projects.target(project, target), said(request.POST, "name")
    try:
        targets.remove_value(found, actor, name)
    except MatchframeError as error:
        return _page(request, project, actor, target, Refusal("removal", error))
    messages.success(request, f"{found.name} has no value for {name} any more.")
    return see_other("targets.detail", project=project.slug, target=target)


urlpatterns = [
    path("p/<slug:project>/targets/", index, name="targets.index"),
    path("p/<slug:project>/targets/new", new, name="targets.new"),
    path("p/<slug:project>/targets/<slug:target>", detail, name="targets.detail"),
    path("p/<slug:project>/targets/<slug:target>/probe", probe, name="targets.probe"),
    path("p/<slug:project>/targets/<slug:target>/values", set_value, name="targets.set_value"),
    path("p/<slug:project>/targets/<slug:target>/values/remove", remove_value, name="targets.remove_value"),
]
