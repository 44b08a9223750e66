"""Presets: the list, one of them, talking about one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from presets_app.core.errors import MatchframeError
from presets_app.core.permissions import Actor
from presets_app.queries import presets as shown
from presets_app.queries import projects
from presets_app.queries.projects import Project
from presets_app.services import comments, drafting
from presets_app.web.access import in_project
from presets_app.web.forms.fields import asked, text
from presets_app.web.partials import page, refused, see_other, status_of


@in_project()
def index(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    listed = shown.listed(project, asked(request, "q", "family", "before", "after"))
    return page(request, "presets/index.html", {**listed, "can": {"import": actor.may("preset.save")}})


@in_project()
def detail(request: HttpRequest, project: Project, actor: Actor, *, preset: str) -> HttpResponse:
    return detail_page(request, project, actor, preset, asked(request, "tab", "revision", "from", "before", "after"))


def detail_page(
    request: HttpRequest,
    project: Project,
    actor: Actor,
    preset: str,
    wanted: dict[str, str],
    refusal: tuple[str, MatchframeError, dict[str, str]] | None = None,
) -> HttpResponse:
    """The preset's page, with the refusal of a form on it where there is one."""
    rights = {"edit": "preset.save", "run": "run.start", "migrate": "migration.open", "pin": "manifest.pin"}
    rights |= {"mute": "problem.mute"}
    can = {word: actor.may(right) for word, right in {**rights, "comment": "comment.write"}.items()}
    context = {**shown.detail(project, preset, wanted), "can": can}
    if refusal is None:
        return page(request, "presets/detail.html", context)
    context["refused"] = refused(*refusal)
    return page(request, "presets/detail.html", context, status=status_of(refusal[1]))


@in_project("POST", action="comment.write")
def comment(request: HttpRequest, project: Project, actor: Actor, *, preset: str) -> HttpResponse:
    projects.preset(project, preset)
    words = text(request.POST, "text").replace("\x00", "")
    try:
        comments.say(project, actor, "preset", preset, words)
    except MatchframeError as error:
        kept = {"text": drafting.speakable(project, words)}
        return detail_page(request, project, actor, preset, {}, ("comment", error, kept))
    return see_other(f"{reverse('presets.detail', kwargs={'project': project.slug, 'preset': preset})}#comments")


urlpatterns = [
    path("p/<slug:project>/presets/", index, name="presets.index"),
    path("p/<slug:project>/presets/<slug:preset>", detail, name="presets.detail"),
    path("p/<slug:project>/presets/<slug:preset>/comment", comment, name="presets.comment"),
]
