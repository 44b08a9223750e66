"""Everything anybody did in a project."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from presets_app.core.permissions import Actor
from presets_app.queries import activity
from presets_app.queries.projects import Project
from presets_app.web.access import in_project
from presets_app.web.forms.fields import asked
from presets_app.web.partials import page


@in_project()
def index(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    shown = activity.listed(project, asked(request, "person", "kind", "before", "after"))
    return page(request, "activity/index.html", shown)


urlpatterns = [path("p/<slug:project>/activity/", index, name="activity.index")]
