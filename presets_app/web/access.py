"""The one door to a project for a person: a view inside it gets the project and the actor, or never runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods

from presets_app.core.permissions import Actor
from presets_app.queries import people
from presets_app.queries.projects import Project


class ProjectRequest(HttpRequest):
    """A request inside a project, as `in_project` hands it to a view."""

    matchframe_project: Project
    matchframe_actor: Actor


View = Callable[..., HttpResponseBase]


def in_project(*methods: str, action: str = "project.see") -> Callable[[View], View]:
    """Signed in, a member, and allowed to `action`; anyone else gets the sign-in page, 404 or 403. A GET asks only
    for `project.see`, so that a page can say why its form is not offered."""

    def decorate(view: View) -> View:
        @login_required
        @require_http_methods(list(methods) or ["GET", "HEAD"])
        @wraps(view)
        def inner(request: Any, project: str, **names: str) -> HttpResponseBase:
            found = people.project_for(request.user, project)
            actor = people.actor(request.user, found)
            actor.must(action if request.method == "POST" else "project.see")
            request.matchframe_project, request.matchframe_actor = found, actor
            return view(request, found, actor, **names)

        return inner

    return decorate
