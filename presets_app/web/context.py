"""What every page knows: the project in hand, the person, and what waits for them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from presets_app.queries import people


def page(request: HttpRequest) -> dict[str, Any]:
    person = people.of(request.user) if getattr(request, "user", None) and request.user.is_authenticated else None
    project = getattr(request, "matchframe_project", None)
    return {
        "page_person": person,
        "page_project": project,
        "page_projects": people.projects(request.user) if person else [],
        "request_id": request.META.get("MATCHFRAME_REQUEST_ID", ""),
    }
