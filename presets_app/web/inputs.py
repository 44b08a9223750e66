"""Input sets: the list, making one, changing it until it is frozen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path

from presets_app.core.errors import MatchframeError
from presets_app.core.permissions import Actor
from presets_app.queries import inputs as shown
from presets_app.queries.projects import Project
from presets_app.services import drafting, input_drafts
from presets_app.web.access import in_project
from presets_app.web.forms.fields import REASON, asked, said, text
from presets_app.web.partials import page, refused, see_other, status_of

RIGHT = "inputs.freeze"


@in_project()
def index(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    listed = shown.listed(project, asked(request, "before", "after"))
    return page(request, "inputs/index.html", {**listed, "can": {"make": actor.may(RIGHT)}})


@in_project("GET", "HEAD", "POST", action="inputs.freeze")
def new(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    context: dict[str, Any] = {"kinds": shown.KINDS, "labels": shown.KNOWN_LABELS, "can": {"make": actor.may(RIGHT)}}
    if request.method != "POST":
        return page(request, "inputs/new.html", context)
    lines = text(request.POST, "items").replace("\x00", "")
    given = {name: said(request.POST, name) for name in ("name", "kind", "local_only")}
    kept = bool(given["local_only"])
    try:
        draft = input_drafts.begin(project, actor, name=given["name"], kind=given["kind"], lines=lines, local_only=kept)
    except MatchframeError as error:
        context["refused"] = refused("new", error, _speakable(project, {**given, "items": lines}))
        return page(request, "inputs/new.html", context, status=status_of(error))
    messages.success(request, f"{draft.name} is a draft of {len(draft.items)}. Freeze it to run a preset on it.")
    return see_other("inputs.detail", project=project.slug, input_set=draft.slug)


def _speakable(project: Project, values: dict[str, str]) -> dict[str, str]:
    return {name: drafting.speakable(project, value) for name, value in values.items()}


@in_project()
def detail(request: HttpRequest, project: Project, actor: Actor, *, input_set: str) -> HttpResponse:
    return _page(request, project, actor, input_set)


def _page(
    request: HttpRequest,
    project: Project,
    actor: Actor,
    slug: str,
    refusal: tuple[str, MatchframeError, dict[str, str]] | None = None,
) -> HttpResponse:
    can = {"edit": actor.may(RIGHT), "freeze": actor.may(RIGHT), "run": actor.may("run.start")}
    context = {**shown.detail(project, slug, asked(request, "from")), "can": can}
    if refusal is None:
        return page(request, "inputs/detail.html", context)
    context["refused"] = refused(*refusal)
    return page(request, "inputs/detail.html", context, status=status_of(refusal[1]))


@in_project("POST", action="inputs.freeze")
def add(request: HttpRequest, project: Project, actor: Actor, *, input_set: str) -> HttpResponse:
    prompt = text(request.POST, "prompt").replace("\x00", "")
    values = {"prompt": prompt, "labels": said(request.POST, "labels", REASON), "seed": said(request.POST, "seed")}
    try:
        input_drafts.add(project, actor, input_set, **values)
    except MatchframeError as error:
        return _page(request, project, actor, input_set, ("add", error, _speakable(project, values)))
    return see_other("inputs.detail", project=project.slug, input_set=input_set)


@in_project("POST", action="inputs.freeze")
def remove(request: HttpRequest, project: Project, actor: Actor, *, input_set: str) -> HttpResponse:
    try:
        input_drafts.remove(project, actor, input_set, said(request.POST, "item"))
    except MatchframeError as error:
        messages.warning(request, str(error))
        return _page(request, project, actor, input_set, ("remove", error, {}))
    return see_other("inputs.detail", project=project.slug, input_set=input_set)


@in_project("POST", action="inputs.freeze")
def freeze(request: HttpRequest, project: Project, actor: Actor, *, input_set: str) -> HttpResponse:
    reason = said(request.POST, "reason", REASON)
    try:
        frozen = input_drafts.freeze(project, actor, input_set, reason)
    except MatchframeError as error:
        return _page(request, project, actor, input_set, ("freeze", error, _speakable(project, {"reason": reason})))
    inputs = "1 input" if frozen.items == 1 else f"{frozen.items:,} inputs"
    messages.success(request, f"{frozen.name} is frozen: {inputs}, digest {frozen.digest[:8]}.")
    return see_other("inputs.detail", project=project.slug, input_set=input_set)


urlpatterns = [
    path("p/<slug:project>/inputs/", index, name="inputs.index"),
    path("p/<slug:project>/inputs/new", new, name="inputs.new"),
    path("p/<slug:project>/inputs/<slug:input_set>", detail, name="inputs.detail"),
    path("p/<slug:project>/inputs/<slug:input_set>/add", add, name="inputs.add"),
    path("p/<slug:project>/inputs/<slug:input_set>/remove", remove, name="inputs.remove"),
    path("p/<slug:project>/inputs/<slug:input_set>/freeze", freeze, name="inputs.freeze"),
]
