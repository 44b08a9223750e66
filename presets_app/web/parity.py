"""Parity checks: all of them, starting one, one with its pairs, and what a person says about a pair."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from presets_app.core.errors import Invalid, MatchframeError, NotFound
from presets_app.core.permissions import Actor
from presets_app.queries import parity as shown
from presets_app.queries import parity_plans, projects
from presets_app.queries.projects import Project
from presets_app.services import comments, decisions, parity, parity_ladder, ticks, wishing
from presets_app.web.access import in_project
from presets_app.web.partials import Refusal, page, refused, see_other, status_of, unchanged
from presets_app.web.typed import typed

FIELDS = (
    "preset",
    "revision",
    "from",
    "to",
    "inputs",
    "preview",
    "standard",
    "share",
    "sample_seed",
    "override",
    "override_reason",
)
CHOICES = {"accepted": "accept", "rejected": "reject", "undo": "undo"}


@in_project()
def index(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    context = {**shown.listed(project, request.GET.dict()), "can": {"check": actor.may("check.start")}}
    return page(request, "parity/index.html", context)


@in_project("GET", "POST", action="check.start")
def new(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    given = {name: (request.POST or request.GET).get(name, "").replace("\x00", "") for name in FIELDS}
    error: MatchframeError | None = None
    if request.method == "POST":
        try:
            check = parity.start(wishing.wish_from(project, given), actor)
        except MatchframeError as fault:
            error = fault
        else:
            return see_other("parity.detail", project=project.slug, check=check.id)
    context: dict[str, Any] = parity_plans.choices(project, given)
    context["chosen"] |= {"share": wishing.share(given)}
    context["can"] = {"override": actor.may("sample.override"), "check": actor.may("check.start")}
    if error is not None:
        context["refused"] = refused("check", error, typed(project, request, *FIELDS))
    return page(request, "parity/new.html", context, status=status_of(error) if error else 200)


@in_project()
def detail(request: HttpRequest, project: Project, actor: Actor, *, check: str) -> HttpResponse:
    return _page(request, project, actor, check, request.GET.get("pair", ""))


def _page(
    request: HttpRequest,
    project: Project,
    actor: Actor,
    check: str,
    pair: str,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = shown.detail(projects.check(project, check), pair)
    same = unchanged(request, context["check"]["version"]) if refusal is None else None
    if same is not None:
        return same
    context["can"] = {
        "decide": actor.may("pair.decide"),
        "tick": actor.may("check.tick"),
        "comment": actor.may("comment.write"),
        "migrate": actor.may("migration.open"),
        "add": actor.may("check.extend"),
        "check": actor.may("check.start"),
        "try": actor.may("run.start"),
    }
    if refusal is not None:
        sent = typed(project, request, "reason", "text", "items", "note")
        context["refused"] = refused(refusal.form, refusal.error, sent)
    say = context["check"]["sentence"]
    status = status_of(refusal.error) if refusal else 200
    return page(request, "parity/detail.html", context, partial="progress", say=say, status=status)


@in_project("POST", action="pair.decide")
def decide(request: HttpRequest, project: Project, actor: Actor, *, check: str, pair: str) -> HttpResponse:
    found = projects.check(project, check)
    row = shown.pair_of(found, pair)
    if row is None:
        raise NotFound("This check has no such pair.", code="pair_not_found")
    choice = CHOICES.get(request.POST.get("decision", ""), "")
    try:
        decisions.decide(found, actor, row.key, choice, request.POST.get("reason", ""))
    except MatchframeError as error:
        return _page(request, project, actor, check, pair, Refusal("decide", error))
    messages.success(request, f"{row.key}: {request.POST['decision']}. It stands in the record with your name.")
    # Straight on to the next one that waits; the worst undecided is chosen when no pair is named.
    return see_other("parity.detail", project=project.slug, check=check)


@in_project("POST", action="pair.decide")
def decide_all(request: HttpRequest, project: Project, actor: Actor, *, check: str) -> HttpResponse:
    found = projects.check(project, check)
    choice = CHOICES.get(request.POST.get("decision", ""), "")
    try:
        expected = _count(request.POST.get("expected", ""))
        count = decisions.decide_all(found, actor, choice, request.POST.get("reason", ""), expected=expected)
    except MatchframeError as error:
        return _page(request, project, actor, check, "", Refusal("decide_all", error))
    messages.success(request, f"{count} pairs {request.POST['decision']}, each with your reason.")
    return see_other("parity.detail", project=project.slug, check=check)


@in_project("POST", action="check.tick")
def tick(request: HttpRequest, project: Project, actor: Actor, *, check: str) -> HttpResponse:
    """Tick one area of the whole check, or take it back."""
    area, done = request.POST.get("area", ""), request.POST.get("tick") != "undo"
    try:
        ticks.tick(projects.check(project, check), actor, area, done=done, note=request.POST.get("note", ""))
    except MatchframeError as error:
        return _page(request, project, actor, check, "", Refusal(f"tick-{area}", error))
    said = "Ticked, with your name." if done else "Taken back; the record keeps both."
    messages.success(request, said)
    address = reverse("parity.detail", kwargs={"project": project.slug, "check": check})
    return see_other(f"{address}#review")


@in_project("POST", action="comment.write")
def comment(request: HttpRequest, project: Project, actor: Actor, *, check: str, pair: str) -> HttpResponse:
    found = projects.check(project, check)
    row = shown.pair_of(found, pair)
    if row is None:
        raise NotFound("This check has no such pair.", code="pair_not_found")
    try:
        comments.say(project, actor, "pair", f"{check}/{row.key}", request.POST.get("text", ""))
    except MatchframeError as error:
        return _page(request, project, actor, check, pair, Refusal("comment", error))
    address = reverse("parity.detail", kwargs={"project": project.slug, "check": check})
    return see_other(f"{address}?pair={pair}#comments")


@in_project("POST", action="check.extend")
def extend(request: HttpRequest, project: Project, actor: Actor, *, check: str) -> HttpResponse:
    try:
        parity.extend(projects.check(project, check), actor, _count(request.POST.get("items", "")))
    except MatchframeError as error:
        return _page(request, project, actor, check, "", Refusal("extend", error))
    return see_other("parity.detail", project=project.slug, check=check)


@in_project("POST", action="check.start")
def again(request: HttpRequest, project: Project, actor: Actor, *, check: str) -> HttpResponse:
    """Once more, with new seeds unless the form says to keep them for a cold start."""
    try:
        made = parity.again(projects.check(project, check), actor, fresh=request.POST.get("seeds") != "keep")
    except MatchframeError as error:
        return _page(request, project, actor, check, "", Refusal("again", error))
    return see_other("parity.detail", project=project.slug, check=made.id)


@in_project("POST", action="run.start")
def try_rung(request: HttpRequest, project: Project, actor: Actor, *, check: str) -> HttpResponse:
    """Render the pairs that differ most with the other side's value at one place."""
    pair = request.POST.get("pair", "")
    try:
        made = parity_ladder.try_rung(projects.check(project, check), actor, request.POST.get("path", ""))
    except MatchframeError as error:
        return _page(request, project, actor, check, pair, Refusal("try", error))
    return see_other("parity.detail", project=project.slug, check=made.id)


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text[:6]) <= 1000:
        raise Invalid("Say how many more to compare: 1 to 1000.", code="count_invalid")
    return int(text)


urlpatterns = [
    path("p/<slug:project>/parity/", index, name="parity.index"),
    path("p/<slug:project>/parity/new", new, name="parity.new"),
    path("p/<slug:project>/parity/<str:check>", detail, name="parity.detail"),
    path("p/<slug:project>/parity/<str:check>/decide-all", decide_all, name="parity.decide_all"),
    path("p/<slug:project>/parity/<str:check>/extend", extend, name="parity.extend"),
    path("p/<slug:project>/parity/<str:check>/again", again, name="parity.again"),
    path("p/<slug:project>/parity/<str:check>/tick", tick, name="parity.tick"),
    path("p/<slug:project>/parity/<str:check>/try", try_rung, name="parity.try"),
    path("p/<slug:project>/parity/<str:check>/<str:pair>/decide", decide, name="parity.decide"),
    path("p/<slug:project>/parity/<str:check>/<str:pair>/comment", comment, name="parity.comment"),
]
