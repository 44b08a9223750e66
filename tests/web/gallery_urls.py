"""Every address that a template names, with its arguments; pages rendered outside the product resolve against it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

PROJECT = "p/<slug:project>"
ADDRESSES = {
    "accounts.sign_in": "sign-in",
    "accounts.sign_out": "sign-out",
    "accounts.theme": "theme",
    "home.start": "",
    "home.index": f"{PROJECT}/",
    "presets.index": f"{PROJECT}/presets/",
    "presets.new": f"{PROJECT}/presets/new",
    "presets.mute": f"{PROJECT}/presets/<slug:preset>/mute",
    "presets.unmute": f"{PROJECT}/presets/<slug:preset>/unmute",
    "presets.detail": f"{PROJECT}/presets/<slug:preset>",
    "presets.edit": f"{PROJECT}/presets/<slug:preset>/edit",
    "presets.autosave": f"{PROJECT}/presets/<slug:preset>/autosave",
    "presets.check": f"{PROJECT}/presets/<slug:preset>/check",
    "presets.restore": f"{PROJECT}/presets/<slug:preset>/restore",
    "presets.merge": f"{PROJECT}/presets/<slug:preset>/merge",
    "presets.export": f"{PROJECT}/presets/<slug:preset>/export",
    "presets.comment": f"{PROJECT}/presets/<slug:preset>/comment",
    "manifests.pin": f"{PROJECT}/presets/<slug:preset>/pin",
    "manifests.detail": f"{PROJECT}/presets/<slug:preset>/pins/<slug:target>",
    "manifests.declare": f"{PROJECT}/presets/<slug:preset>/pins/<slug:target>/declare",
    "manifests.export": f"{PROJECT}/presets/<slug:preset>/pins/<slug:target>/export",
    "inputs.index": f"{PROJECT}/inputs/",
    "inputs.new": f"{PROJECT}/inputs/new",
    "inputs.detail": f"{PROJECT}/inputs/<slug:input_set>",
    "inputs.add": f"{PROJECT}/inputs/<slug:input_set>/add",
    "inputs.remove": f"{PROJECT}/inputs/<slug:input_set>/remove",
    "inputs.freeze": f"{PROJECT}/inputs/<slug:input_set>/freeze",
    "runs.index": f"{PROJECT}/runs/",
    "runs.new": f"{PROJECT}/runs/new",
    "runs.detail": f"{PROJECT}/runs/<str:run>",
    "runs.cancel": f"{PROJECT}/runs/<str:run>/cancel",
    "runs.retry": f"{PROJECT}/runs/<str:run>/retry",
    "parity.index": f"{PROJECT}/parity/",
    "parity.new": f"{PROJECT}/parity/new",
    "parity.detail": f"{PROJECT}/parity/<str:check>",
    "parity.decide": f"{PROJECT}/parity/<str:check>/<str:pair>/decide",
    "parity.comment": f"{PROJECT}/parity/<str:check>/<str:pair>/comment",
    "parity.decide_all": f"{PROJECT}/parity/<str:check>/decide-all",
    "parity.noise": f"{PROJECT}/parity/noise",
    "parity.bisect": f"{PROJECT}/parity/bisect",
    "parity.compare": f"{PROJECT}/parity/compare",
    "parity.again": f"{PROJECT}/parity/<str:check>/again",
    "parity.try": f"{PROJECT}/parity/<str:check>/try",
    "parity.evidence.export": f"{PROJECT}/parity/<str:check>/evidence.json",
    "parity.report.export": f"{PROJECT}/parity/<str:check>/evidence.html",
    "parity.extend": f"{PROJECT}/parity/<str:check>/extend",
    "migrations.index": f"{PROJECT}/migrations/",
    "migrations.new": f"{PROJECT}/migrations/new",
    "migrations.detail": f"{PROJECT}/migrations/<str:migration>",
    "migrations.tick": f"{PROJECT}/migrations/<str:migration>/tick",
    "migrations.fill": f"{PROJECT}/migrations/<str:migration>/fill",
    "migrations.attach": f"{PROJECT}/migrations/<str:migration>/attach",
    "migrations.reject": f"{PROJECT}/migrations/<str:migration>/reject",
    "migrations.withdraw": f"{PROJECT}/migrations/<str:migration>/withdraw",
    "migrations.comment": f"{PROJECT}/migrations/<str:migration>/comment",
    "approvals.new": f"{PROJECT}/migrations/<str:migration>/approve",
    "releases.index": f"{PROJECT}/releases/",
    "releases.publish": f"{PROJECT}/releases/publish",
    "releases.rollback": f"{PROJECT}/releases/rollback",
    "releases.lift": f"{PROJECT}/releases/lift",
    "releases.proof": f"{PROJECT}/releases/<str:release>",
    "snapshots.index": f"{PROJECT}/snapshots/",
    "snapshots.take": f"{PROJECT}/snapshots/take",
    "targets.index": f"{PROJECT}/targets/",
    "targets.new": f"{PROJECT}/targets/new",
    "targets.detail": f"{PROJECT}/targets/<slug:target>",
    "targets.probe": f"{PROJECT}/targets/<slug:target>/probe",
    "targets.set_value": f"{PROJECT}/targets/<slug:target>/values",
    "targets.remove_value": f"{PROJECT}/targets/<slug:target>/values/remove",
    "activity.index": f"{PROJECT}/activity/",
}


def nothing(request: HttpRequest, **_: str) -> HttpResponse:
    return HttpResponse(request.path)


urlpatterns = [path(route, nothing, name=name) for name, route in ADDRESSES.items()]
