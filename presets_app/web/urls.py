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
    parity_bisect,
    parity_compare,
    parity_evidence,
    parity_noise,
    preset_editing,
    preset_exporting,
    preset_importing,
    preset_muting,
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
    *preset_importing.urlpatterns,
    *preset_exporting.urlpatterns,
    *presets.urlpatterns,
    *preset_editing.urlpatterns,
    *preset_muting.urlpatterns,
    *manifests.urlpatterns,
    *inputs.urlpatterns,
    *runs.urlpatterns,
    *parity_bisect.urlpatterns,
    *parity_compare.urlpatterns,
    *parity_noise.urlpatterns,
    *parity.urlpatterns,
    *parity_evidence.urlpatterns,
    *migrations.urlpatterns,
    *approvals.urlpatterns,
    *releases.urlpatterns,
    *snapshots.urlpatterns,
    *targets.urlpatterns,
    *activity.urlpatterns,
]
