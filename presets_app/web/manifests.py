"""The pins of a preset on a target: looking at them, pinning to what the target is now, stating what it does not say,
and taking the environment out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from presets_app.core import environments
from presets_app.core.errors import Invalid, MatchframeError, NotFound
from presets_app.core.permissions import Actor
from presets_app.core.problems import has_errors
from presets_app.queries import manifests as shown
from presets_app.queries import projects
from presets_app.queries.projects import Project
from presets_app.services import manifests
from presets_app.web.access import in_project
from presets_app.web.forms.fields import asked, said
from presets_app.web.partials import page, refused, see_other, status_of
from presets_app.web.presets import detail_page
from presets_app.web.typed import typed

FORM = ("name", "value")


@in_project()
def detail(request: HttpRequest, project: Project, actor: Actor, *, preset: str, target: str) -> HttpResponse:
    return _page(request, project, actor, preset, target)


def _page(
    request: HttpRequest,
    project: Project,
    actor: Actor,
    preset: str,
    target: str,
    refusal: tuple[str, MatchframeError] | None = None,
) -> HttpResponse:
    held, place = projects.preset(project, preset), projects.target(project, target)
    can = {"pin": actor.may("manifest.pin"), "declare": actor.may("manifest.declare")}
    context: dict[str, Any] = {**shown.detail(held, place, asked(request, "commit", "from")), "can": can}
    if refusal is None:
        return page(request, "manifests/detail.html", context)
    context["refused"] = refused(*refusal, typed(project, request, *FORM))
    return page(request, "manifests/detail.html", context, status=status_of(refusal[1]))


@in_project("POST", action="manifest.pin")
def pin(request: HttpRequest, project: Project, actor: Actor, *, preset: str) -> HttpResponse:
    held = projects.preset(project, preset)
    slug = said(request.POST, "target")
    here = said(request.POST, "page") == "manifest"
    try:
        target = projects.target(project, slug)
        manifests.pin(held, target, actor)
    except MatchframeError as error:
        if here and not isinstance(error, NotFound):
            return _page(request, project, actor, preset, slug, ("pin", error))
        return detail_page(request, project, actor, preset, {"tab": "targets"}, ("pin", error, {}))
    messages.success(request, f"{held.name} is pinned to what {target.name} is now.")
    if here:
        return see_other("manifests.detail", project=project.slug, preset=preset, target=slug)
    return see_other(f"{reverse('presets.detail', kwargs={'project': project.slug, 'preset': preset})}?tab=targets")


@in_project("POST", action="manifest.declare")
def declare(request: HttpRequest, project: Project, actor: Actor, *, preset: str, target: str) -> HttpResponse:
    held, place = projects.preset(project, preset), projects.target(project, target)
    name = said(request.POST, "name")
    try:
        manifests.declare(held, place, actor, name, said(request.POST, "value", 1000))
    except MatchframeError as error:
        if isinstance(error, NotFound):
            raise
        return _page(request, project, actor, preset, target, ("declare", error))
    messages.success(request, f"Written down under your name: {name.partition('.')[2].replace('_', ' ')}.")
    return see_other("manifests.detail", project=project.slug, preset=preset, target=target)


@in_project()
def export(request: HttpRequest, project: Project, actor: Actor, *, preset: str, target: str) -> HttpResponse:
    """`as` is one of environments.FORMS; `commit` names older pins."""
    held, place = projects.preset(project, preset), projects.target(project, target)
    given = asked(request, "as", "commit")
    make = environments.FORMS.get(given["as"])
    if make is None:
        raise NotFound("There is no such form of an environment.", code="form_unknown")
    made = make(_document(held, place, given["commit"]))
    if has_errors(made.problems):
        return _page(request, project, actor, preset, target, ("export", Invalid.of(made.problems)))
    answer = HttpResponse(made.text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{preset}-{target}-{made.name}"'
    return answer


def _document(preset: Any, target: Any, commit: str) -> dict[str, Any]:
    """The newest pins, or those of a commit that the page lists."""
    return manifests.at(preset, target.slug, shown.commit(preset, target, commit))


_SIDE = "p/<slug:project>/presets/<slug:preset>/pins/<slug:target>"
urlpatterns = [
    path("p/<slug:project>/presets/<slug:preset>/pin", pin, name="manifests.pin"),
    path(_SIDE, detail, name="manifests.detail"),
    path(f"{_SIDE}/declare", declare, name="manifests.declare"),
    path(f"{_SIDE}/export", export, name="manifests.export"),
]
