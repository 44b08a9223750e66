"""What a person had typed into a form that was refused, to show it again; never what looks like a secret."""

from __future__ import annotations

from django.http import HttpRequest

from presets_app.queries.projects import Project
from presets_app.services.drafting import speakable

MOST = 20_000  # characters of one field


def typed(project: Project, request: HttpRequest, *names: str, most: int = MOST) -> dict[str, str]:
    """The named fields of the request's form, the first `most` characters of each."""
    given = {name: (request.POST.get(name) or "").replace("\x00", "")[:most] for name in names if name in request.POST}
    return {name: speakable(project, value) for name, value in given.items()}
