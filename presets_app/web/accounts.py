"""Signing in and out, and how a person likes the pages."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from presets_app.core.errors import Invalid
from presets_app.core.problems import Problem
from presets_app.queries import people
from presets_app.services import accounts
from presets_app.web.forms.fields import said
from presets_app.web.partials import refused, see_other, wants_fragment


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Too many wrong passwords are answered by axes, with accounts/locked.html."""
    goal = _own(request, (request.POST or request.GET).get("next", ""))
    if request.user.is_authenticated and request.method != "POST":
        return see_other(goal or "home.start")
    context: dict[str, Any] = {"next": goal, "demo_people": people.of_demo()}
    if request.method != "POST":
        return render(request, "accounts/sign_in.html", context)
    username = said(request.POST, "username")
    user = authenticate(request, username=username, password=request.POST.get("password", ""))
    if user is None:
        context["refused"] = refused("sign_in", _wrong(), {"username": username})
        return render(request, "accounts/sign_in.html", context, status=422)
    login(request, user)
    return see_other(goal or "home.start")


def _wrong() -> Invalid:
    text = "Name and password do not belong together."
    hint = "Check both; after several wrong passwords sign-in pauses for a while."
    return Invalid(text, problems=[Problem("sign_in_refused", "error", "", text, hint)])


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return see_other("accounts.sign_in")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or as the system; anything else changes nothing."""
    if request.user.is_authenticated:
        accounts.set_theme(request.user, said(request.POST, "theme"))
    if wants_fragment(request):
        return HttpResponse(status=204)
    return see_other(_own(request, request.META.get("HTTP_REFERER", "")) or "home.start")


def _own(request: HttpRequest, address: str) -> str:
    """The address, if it leads to this host; "" otherwise, so that nobody is sent elsewhere after signing in."""
    hosts = {request.get_host()}
    own = url_has_allowed_host_and_scheme(address, allowed_hosts=hosts, require_https=request.is_secure())
    return address if own and "/" in address else ""  # a bare word would be taken for the name of a page


urlpatterns = [
    path("sign-in", sign_in, name="accounts.sign_in"),
    path("sign-out", sign_out, name="accounts.sign_out"),
    path("theme", theme, name="accounts.theme"),
]
