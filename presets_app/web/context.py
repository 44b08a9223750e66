"""What every page knows: the project in hand, the person, and what waits for them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from presets_app.queries import people, waiting
from presets_app.web.partials import wants_fragment


def page(request: HttpRequest) -> dict[str, Any]:
    project = getattr(request, "matchframe_project", None)
    actor = getattr(request, "matchframe_actor", None)
    counts: dict[str, int] = {}
    if project is not None and actor is not None and not wants_fragment(request):
        counts = waiting.counts(project, actor)
    return {
        "page_person": _person(request, actor),
        "page_project": project,
        "nav_counts": counts,
        "request_id": request.META.get("MATCHFRAME_REQUEST_ID", ""),
    }


def _person(request: HttpRequest, actor: Any) -> dict[str, str] | None:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    known = people.of(user)
    role = (actor.role or "") if actor is not None else ""
    return {"username": known.username, "name": known.name, "theme": known.theme, "role": role}
