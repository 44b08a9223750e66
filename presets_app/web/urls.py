"""The URL map; names are `<feature>.<action>`, mirrored by templates and tests. Each feature's module lists its own."""

from __future__ import annotations

from django.urls import path

from presets_app.web import (
    accounts,
    activity,
    approvals,
    health,
    home,
    inputs,
    manifests,
    media,
    migrations,
    parity,
    presets,
    releases,
    runs,
    snapshots,
    targets,
)

urlpatterns = [
    path("healthz", health.alive, name="health.alive"),
    path("readyz", health.ready, name="health.ready"),
    path("p/<slug:project>/media/<str:kind>/<str:digest>", media.show, name="media.show"),
    *accounts.urlpatterns,
    *home.urlpatterns,
    *presets.urlpatterns,
    *manifests.urlpatterns,
    *inputs.urlpatterns,
    *runs.urlpatterns,
    *parity.urlpatterns,
    *migrations.urlpatterns,
    *approvals.urlpatterns,
    *releases.urlpatterns,
    *snapshots.urlpatterns,
    *targets.urlpatterns,
    *activity.urlpatterns,
]
