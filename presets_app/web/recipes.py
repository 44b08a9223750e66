"""Recipes: all of them, making one, one with its steps, and what a person does while it runs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from presets_app.core.errors import Invalid, MatchframeError
from presets_app.core.permissions import Actor
from presets_app.core.problems import Problem
from presets_app.core.recipes import read, written
from presets_app.queries import recipe_pages as shown
from presets_app.queries import recipes as found_by
from presets_app.queries.projects import Project
from presets_app.services import recipes, recipes_acting, recipes_frames, recipes_making
from presets_app.web.access import in_project
from presets_app.web.forms.fields import asked, said, text
from presets_app.web.partials import Refusal, page, refused, see_other, status_of, unchanged, wants_fragment
from presets_app.web.typed import typed

FIELDS = ("shape", "name", "first", "then", "target", "then_target", "model", "endpoint")
LONGEST = 200_000  # characters of a document typed on the page
RIGHTS = {"run": "run.start", "cancel": "run.cancel", "save": "recipe.save", "choose": "recipe.choose"}


@in_project()
def index(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    context = {**shown.listed(project, asked(request, "before", "after")), "can": {"save": actor.may("recipe.save")}}
    return page(request, "recipes/index.html", context)


@in_project("GET", "POST", action="recipe.save")
def new(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    given = {name: said(request.POST or request.GET, name) for name in FIELDS}
    context = {**shown.choices(project), "chosen": given, "can": {"save": actor.may("recipe.save")}}
    if request.method != "POST":
        return page(request, "recipes/new.html", context)
    try:
        made = recipes_making.make(project, actor, given)
    except MatchframeError as error:
        context["refused"] = refused("new", error, typed(project, request, *FIELDS))
        return page(request, "recipes/new.html", context, status=status_of(error))
    return see_other("recipes.detail", project=project.slug, recipe=made.slug)


@in_project()
def detail(request: HttpRequest, project: Project, actor: Actor, *, recipe: str) -> HttpResponse:
    return _page(request, project, actor, recipe, request.GET.get("run", "")[:20])


def _page(
    request: HttpRequest, project: Project, actor: Actor, slug: str, run: str = "", refusal: Refusal | None = None
) -> HttpResponse:
    recipe = found_by.recipe(project, slug)
    chosen = shown.shown_run(recipe, run)
    if refusal is None and chosen is not None and unchanged(request, chosen.version):
        return _only_now(request, shown.now(chosen))
    document = recipes.load(project, recipe.slug, recipe.head)
    context = {**shown.detail(recipe, document, chosen), "fragment": wants_fragment(request)}
    context["can"] = {word: actor.may(right) for word, right in RIGHTS.items()}
    if not context["fragment"]:
        context |= {"problems": recipes.check(project, document), "text": written(document)}
    if refusal is not None:
        context["refused"] = refused(refusal.form, refusal.error, typed(project, request, "reason", "frame", "note"))
    say = f"{recipe.name}: {context['run']['state']}" if context["run"] else ""
    status = status_of(refusal.error) if refusal else 200
    return page(request, "recipes/detail.html", context, partial="steps", say=say, status=status)


def _only_now(request: HttpRequest, now: dict[str, Any] | None) -> HttpResponse:
    """Between two steps only the line about the one in hand moves, so that nobody's video starts over."""
    if now is None:
        return HttpResponse(status=204)
    response = page(request, "recipes/detail.html", {"now": now}, partial="now")
    response["HX-Retarget"], response["HX-Reswap"] = "#now", "outerHTML"
    return response


@in_project("GET", "POST", action="recipe.save")
def edit(request: HttpRequest, project: Project, actor: Actor, *, recipe: str) -> HttpResponse:
    found = found_by.recipe(project, recipe)
    context = {
        "recipe": {"slug": found.slug, "name": found.name, "digest": found.digest},
        "text": written(recipes.load(project, recipe, found.head)),
        "kinds": shown.kinds(),
        "can": {"save": actor.may("recipe.save")},
    }
    if request.method != "POST":
        return page(request, "recipes/edit.html", context)
    try:
        document = _read(text(request.POST, "text"))
        expected, message = text(request.POST, "base"), text(request.POST, "message")
        recipes.save(project, actor, document, message=message, slug=recipe, expected=expected)
    except MatchframeError as error:
        kept = {**typed(project, request, "message"), **typed(project, request, "text", most=LONGEST)}
        context["refused"] = refused("edit", error, kept)
        return page(request, "recipes/edit.html", context, status=status_of(error))
    messages.success(request, "Saved. The next run starts at the first step that changed.")
    return see_other("recipes.detail", project=project.slug, recipe=recipe)


def _read(typed_text: str) -> recipes.Document:
    """Raises Invalid with the place of what cannot be read."""
    if len(typed_text) > LONGEST:
        problem = Problem("document_too_large", "error", "/text", "This is longer than a recipe.", "Shorten it.")
        raise Invalid.of([problem])
    document, problems = read(typed_text.encode("utf-8", "replace"))
    if document is None:
        raise Invalid.of(problems)
    return document


@in_project("POST", action="run.start")
def start(request: HttpRequest, project: Project, actor: Actor, *, recipe: str) -> HttpResponse:
    found = found_by.recipe(project, recipe)
    try:
        run = recipes.start(found, actor, note=said(request.POST, "note", 300), ask=said(request.POST, "ask"))
    except MatchframeError as error:
        return _page(request, project, actor, recipe, "", Refusal("start", error))
    return _to(project, recipe, run.id)


@in_project("POST", action="recipe.choose")
def choose(request: HttpRequest, project: Project, actor: Actor, *, recipe: str, run: str, step: str) -> HttpResponse:
    found = found_by.step(found_by.run(project, run), step)
    try:
        item, frame = _chosen(request)
        recipes_frames.choose(found, actor, item, frame)
    except MatchframeError as error:
        return _page(request, project, actor, recipe, run, Refusal("choose", error))
    messages.success(request, f"Frame {frame} is chosen; the steps after it go on.")
    return _to(project, recipe, run)


def _chosen(request: HttpRequest) -> tuple[str, int]:
    """The clip and the frame: of a picture, or of the number typed beside one. Raises Invalid."""
    place = text(request.POST, "place")
    own = text(request.POST, "frame").strip()
    item, _, number = place.rpartition("@")
    number = own or number
    if not number.lstrip("-").isdecimal() or len(number) > len("-100000"):
        problem = Problem(
            "frame_missing", "error", "/frame", "No frame is chosen.", "Choose a picture, or write a number."
        )
        raise Invalid.of([problem])
    return item or text(request.POST, "item"), int(number)


@in_project("POST", action="run.start")
def again(request: HttpRequest, project: Project, actor: Actor, *, recipe: str, run: str, step: str) -> HttpResponse:
    found = found_by.step(found_by.run(project, run), step)
    try:
        recipes_acting.again(found, actor, text(request.POST, "reason")[:2000])
    except MatchframeError as error:
        return _page(request, project, actor, recipe, run, Refusal("again", error))
    return _to(project, recipe, run)


@in_project("POST", action="run.cancel")
def cancel(request: HttpRequest, project: Project, actor: Actor, *, recipe: str, run: str) -> HttpResponse:
    found = found_by.run(project, run)
    try:
        recipes_acting.cancel(found, actor, text(request.POST, "reason")[:2000])
    except MatchframeError as error:
        return _page(request, project, actor, recipe, run, Refusal("cancel", error))
    messages.success(request, "Stopped. What is done stays; what a vendor already took is still collected.")
    return _to(project, recipe, run)


def _to(project: Project, recipe: str, run: str) -> HttpResponse:
    address = reverse("recipes.detail", kwargs={"project": project.slug, "recipe": recipe})
    return see_other(f"{address}?run={run}")


urlpatterns = [
    path("p/<slug:project>/recipes/", index, name="recipes.index"),
    path("p/<slug:project>/recipes/new", new, name="recipes.new"),
    path("p/<slug:project>/recipes/<slug:recipe>", detail, name="recipes.detail"),
    path("p/<slug:project>/recipes/<slug:recipe>/edit", edit, name="recipes.edit"),
    path("p/<slug:project>/recipes/<slug:recipe>/start", start, name="recipes.start"),
    path("p/<slug:project>/recipes/<slug:recipe>/<str:run>/cancel", cancel, name="recipes.cancel"),
    path("p/<slug:project>/recipes/<slug:recipe>/<str:run>/<slug:step>/choose", choose, name="recipes.choose"),
    path("p/<slug:project>/recipes/<slug:recipe>/<str:run>/<slug:step>/again", again, name="recipes.again"),
]
