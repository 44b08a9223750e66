"""The evidence of one check to take away: a JSON object, and an HTML file that needs nothing else."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

from presets_app.core import evidence_page
from presets_app.core.errors import Conflict
from presets_app.core.permissions import Actor
from presets_app.queries import parity_evidence, projects
from presets_app.queries.projects import Project
from presets_app.web.access import in_project

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"


@in_project()
def as_json(request: HttpRequest, project: Project, actor: Actor, *, check: str) -> HttpResponse:
    text = json.dumps(parity_evidence.bundle(_judged(project, check)), allow_nan=False, indent=2, sort_keys=True)
    return _file(text + "\n", "application/json", f"check-{check}.json")


@in_project()
def as_html(request: HttpRequest, project: Project, actor: Actor, *, check: str) -> HttpResponse:
    found = parity_evidence.bundle(_judged(project, check))
    text = evidence_page.page(found, parity_evidence.pictures(found))
    answer = _file(text, "text/html; charset=utf-8", f"check-{check}.html")
    answer["Content-Security-Policy"] = POLICY
    return answer


def _judged(project: Project, check: str) -> Any:
    found = projects.check(project, check)
    if found.state != "judged":
        raise Conflict("The check is not judged yet; there is no evidence to take away.", code="not_judged")
    return found


def _file(text: str, media_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


urlpatterns = [
    path("p/<slug:project>/parity/<str:check>/evidence.json", as_json, name="parity.evidence.export"),
    path("p/<slug:project>/parity/<str:check>/evidence.html", as_html, name="parity.report.export"),
]
