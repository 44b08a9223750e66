"""The URL map; names are `<feature>.<action>`, mirrored by templates and tests."""

from __future__ import annotations

from django.urls import path

from presets_app.web import health

urlpatterns = [
    path("healthz", health.alive, name="health.alive"),
    path("readyz", health.ready, name="health.ready"),
]
