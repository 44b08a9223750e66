"""Presets: the list, one of them, bringing one in, editing, taking one out, talking about one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from presets_app.core.errors import Conflict, Invalid, MatchframeError
from presets_app.core.permissions import Actor
from presets_app.queries import presets as shown
from presets_app.queries import projects
from presets_app.queries.projects import Project
from presets_app.services import comments, drafting
from presets_app.web.access import in_project
from presets_app.web.forms.fields import REASON, asked, said, text
from presets_app.web.partials import page, refused, see_other, status_of

TYPES = {"json": "application/json", "yaml": "application/yaml"}


@in_project()
def index(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    listed = shown.listed(project, asked(request, "q", "family", "before", "after"))
    return page(request, "presets/index.html", {**listed, "can": {"import": actor.may("preset.save")}})


@in_project("GET", "HEAD", "POST", action="preset.save")
def new(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    """Two steps: `read` shows a draft of what was brought, `save` keeps it."""
    context: dict[str, Any] = {"draft": None, "can": {"import": actor.may("preset.save")}}
    if request.method != "POST":
        return page(request, "presets/new.html", context)
    if said(request.POST, "step") == "save":
        return _save(request, project, actor, context)
    try:
        context["draft"] = drafting.read(project, _brought(request))
    except MatchframeError as error:
        context["refused"] = refused("read", error, {"text": drafting.speakable(project, text(request.POST, "text"))})
        return page(request, "presets/new.html", context, status=status_of(error))
    return page(request, "presets/new.html", context)


def _brought(request: HttpRequest) -> bytes:
    """The file if one was chosen, else the text. Raises Invalid when there is neither."""
    file = request.FILES.get("file")
    data = file.read() if file is not None else text(request.POST, "text").encode("utf-8", "surrogatepass")
    if not data.strip():
        raise Invalid("There is nothing to read.", code="document_empty", hint="Choose a file, or paste its text.")
    return data


def _save(request: HttpRequest, project: Project, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    typed, name = text(request.POST, "text"), said(request.POST, "name")
    message = said(request.POST, "message", REASON)
    try:
        saved = drafting.save(project, actor, typed, name=name, message=message)
    except MatchframeError as error:
        context["draft"] = draft = drafting.as_typed(project, typed)
        kept = {"name": drafting.speakable(project, name), "message": drafting.speakable(project, message)}
        context["refused"] = refused("save", error, {**kept, "text": draft.text})
        # The draft's own problems stand beside the form already.
        context["refused"]["problems"] = [
            fault for fault in context["refused"]["problems"] if fault not in draft.problems
        ]
        return page(request, "presets/new.html", context, status=status_of(error))
    messages.success(request, f"Saved {saved.preset.name} as revision {saved.number}.")
    return see_other("presets.detail", project=project.slug, preset=saved.preset.slug)


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
    can = {word: actor.may(right) for word, right in {**rights, "comment": "comment.write"}.items()}
    context = {**shown.detail(project, preset, wanted), "can": can}
    if refusal is None:
        return page(request, "presets/detail.html", context)
    context["refused"] = refused(*refusal)
    return page(request, "presets/detail.html", context, status=status_of(refusal[1]))


@in_project("GET", "HEAD", "POST", action="preset.save")
def edit(request: HttpRequest, project: Project, actor: Actor, *, preset: str) -> HttpResponse:
    found = shown.editable(project, preset)
    context: dict[str, Any] = {"preset": found, "can": {"edit": actor.may("preset.save")}}
    if request.method != "POST":
        return page(request, "presets/edit.html", context)
    typed, message = text(request.POST, "text"), said(request.POST, "message", REASON)
    parent = said(request.POST, "parent")
    try:
        held = projects.preset(project, preset)
        saved = drafting.revise(project, actor, held, typed, message=message, parent=parent)
    except MatchframeError as error:
        values = {"text": drafting.as_typed(project, typed).text, "message": drafting.speakable(project, message)}
        context["refused"] = refused("edit", error, values)
        if isinstance(error, Conflict):
            # What others changed is on the page now, so the next save is on top of it, and knowingly.
            context["refused"]["changes"] = shown.changed_since(project, preset, parent)
        else:
            found["parent"] = parent
        return page(request, "presets/edit.html", context, status=status_of(error))
    messages.success(request, f"Saved revision {saved.number}. What is live stays as it is.")
    return see_other("presets.detail", project=project.slug, preset=preset)


@in_project()
def export(request: HttpRequest, project: Project, actor: Actor, *, preset: str) -> HttpResponse:
    """The document as a file, JSON when that is asked for, else YAML."""
    form = "json" if said(request.GET, "format") == "json" else "yaml"
    data, name = shown.exported(project, preset, said(request.GET, "revision"), form)
    response = HttpResponse(data, content_type=f"{TYPES[form]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


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
    path("p/<slug:project>/presets/new", new, name="presets.new"),
    path("p/<slug:project>/presets/<slug:preset>", detail, name="presets.detail"),
    path("p/<slug:project>/presets/<slug:preset>/edit", edit, name="presets.edit"),
    path("p/<slug:project>/presets/<slug:preset>/export", export, name="presets.export"),
    path("p/<slug:project>/presets/<slug:preset>/comment", comment, name="presets.comment"),
]
