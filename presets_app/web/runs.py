"""Runs: all of them, one with its progress, starting, cancelling, trying again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path

from presets_app.core.errors import MatchframeError
from presets_app.core.permissions import Actor
from presets_app.queries import projects
from presets_app.queries import runs as shown
from presets_app.queries.projects import Project
from presets_app.services import runs
from presets_app.services.starting import work_from
from presets_app.web.access import in_project
from presets_app.web.partials import Refusal, page, refused, see_other, status_of, unchanged
from presets_app.web.typed import typed


@in_project()
def index(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    context = {**shown.listed(project, request.GET.dict()), "can": {"run": actor.may("run.start")}}
    return page(request, "runs/index.html", context, partial="table")


@in_project("GET", "POST", action="run.start")
def new(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    names = ("preset", "revision", "target", "inputs", "kind")
    given = {name: (request.POST or request.GET).get(name, "").replace("\x00", "") for name in names}
    context = {**shown.choices(project), "chosen": given, "can": {"run": actor.may("run.start")}}
    if request.method != "POST":
        return page(request, "runs/new.html", context)
    try:
        run = runs.start(work_from(project, given), actor)
    except MatchframeError as error:
        context["refused"] = refused("run", error, typed(project, request, *names))
        return page(request, "runs/new.html", context, status=status_of(error))
    return see_other("runs.detail", project=project.slug, run=run.id)


@in_project()
def detail(request: HttpRequest, project: Project, actor: Actor, *, run: str) -> HttpResponse:
    return _page(request, project, actor, run)


def _page(
    request: HttpRequest, project: Project, actor: Actor, run: str, refusal: Refusal | None = None
) -> HttpResponse:
    found = projects.run(project, run)
    same = unchanged(request, shown.version(found)) if refusal is None else None
    if same is not None:
        return same
    context = shown.detail(found)
    context["can"] = {"cancel": actor.may("run.cancel"), "retry": actor.may("run.start")}
    if refusal is not None:
        context["refused"] = refused(refusal.form, refusal.error, typed(project, request, "reason"))
    say = f"{found.target.name}: {found.done} of {found.total}"
    status = status_of(refusal.error) if refusal else 200
    return page(request, "runs/detail.html", context, partial="progress", say=say, status=status)


@in_project("POST", action="run.cancel")
def cancel(request: HttpRequest, project: Project, actor: Actor, *, run: str) -> HttpResponse:
    found = projects.run(project, run)
    try:
        runs.cancel(found, actor, request.POST.get("reason", "")[:2000])
    except MatchframeError as error:
        return _page(request, project, actor, run, Refusal("cancel", error))
    rest = "What a vendor already took is still collected." if found.target.is_cloud else "What renders now is stopped."
    messages.success(request, f"Cancelled. {rest}")
    return see_other("runs.detail", project=project.slug, run=run)


@in_project("POST", action="run.start")
def retry(request: HttpRequest, project: Project, actor: Actor, *, run: str) -> HttpResponse:
    found = projects.run(project, run)
    try:
        items = shown.failed_items(found)
        for item in items:
            runs.retry(item, actor)
    except MatchframeError as error:
        return _page(request, project, actor, run, Refusal("retry", error))
    messages.success(request, f"Trying {len(items)} again.")
    return see_other("runs.detail", project=project.slug, run=run)


urlpatterns = [
    path("p/<slug:project>/runs/", index, name="runs.index"),
    path("p/<slug:project>/runs/new", new, name="runs.new"),
    path("p/<slug:project>/runs/<str:run>", detail, name="runs.detail"),
    path("p/<slug:project>/runs/<str:run>/cancel", cancel, name="runs.cancel"),
    path("p/<slug:project>/runs/<str:run>/retry", retry, name="runs.retry"),
]
