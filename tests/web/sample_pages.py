"""Name of a page -> its template and one full context, for the gallery and for the tests of the templates."""

from __future__ import annotations

from typing import Any

from presets_app.core.problems import Problem
from tests.web import sample_editing, sample_manifests, sample_presets, sample_recipes, sample_releases, sample_runs
from tests.web.sample_decisions import approve, migration, publish, rollback
from tests.web.sample_parity import CHECK, REVIEW, parity
from tests.web.sample_parity_questions import questions
from tests.web.sample_parts import CHOICES, CLOUD, EVENTS, LOCAL, MUTED, PRESET, before, page

Pages = dict[str, tuple[str, dict[str, Any]]]


def refused_sign_in() -> dict[str, Any]:
    errors = {"password": "Not the password of this name."}
    message = "Name and password do not belong together."
    refused = {"form": "sign_in", "message": message, "errors": errors, "values": {"username": "ada"}}
    return {"csrf_token": "sample", "refused": refused, "page_person": {"theme": "auto"}}


def doors() -> Pages:
    roles = (("ada", "author"), ("grace", "approver"))
    people = [{"username": name, "role": role} for name, role in roles]
    projects = [{"slug": "autumn", "name": "Autumn spots", "role": "author", "waiting": 2}]
    message = "Ada saved a revision of Puppet at dusk 2 min ago."
    stale = Problem("stale_parent", "error", "", message, "Load the page again and compare before you save.")
    chain = {"state": "pass", "sentence": "the log is whole"}
    return {
        "sign-in": ("accounts/sign_in.html", {"csrf_token": "sample", "demo_people": people}),
        "sign-in-refused": ("accounts/sign_in.html", refused_sign_in()),
        "locked": ("accounts/locked.html", {"failure_limit": 6}),
        "start": ("home/start.html", page(projects=projects)),
        "home": ("home/index.html", sample_runs.home()),
        "activity": ("activity/index.html", page(page_feature="activity", events=EVENTS, chain=chain, muted=MUTED)),
        "refused": ("shared/refused.html", page(problems=[stale], status=409, back="/", request_id="7f3a")),
        "form-expired": ("403_csrf.html", page()),
    }


def presets_and_inputs() -> Pages:
    tabs = ("diff", "history", "blame", "problems", "targets")
    return {
        "presets": ("presets/index.html", sample_presets.presets()),
        "preset": ("presets/detail.html", sample_presets.preset("document")),
        **{f"preset-{tab}": ("presets/detail.html", sample_presets.preset(tab)) for tab in tabs},
        "import": ("presets/new.html", page(page_feature="presets", draft=None, can={"import": True})),
        "draft": ("presets/new.html", sample_presets.draft()),
        "export": ("presets/export.html", sample_presets.export()),
        "edit": ("presets/edit.html", sample_editing.editor()),
        "edit-draft": ("presets/edit.html", sample_editing.editor(draft=True, say="Longer")),
        "edit-raw": ("presets/edit.html", sample_editing.editor("yaml")),
        "merge": ("presets/merge.html", sample_editing.merging()),
        "manifest": ("manifests/detail.html", sample_manifests.manifest()),
        "restore-revision": ("presets/restore.html", sample_editing.restoring()),
        "inputs": ("inputs/index.html", sample_presets.inputs()),
        "input-set": ("inputs/detail.html", sample_presets.input_set(False)),
        "input-set-frozen": ("inputs/detail.html", sample_presets.input_set(True)),
        "input-new": (
            "inputs/new.html",
            page(page_feature="inputs", kinds=CHOICES, labels=["hands", "small-text"], can={"make": True}),
        ),
    }


def runs_and_checks() -> Pages:
    rows = [{**CHECK, "id": "c", "pairs": 30}, {**CHECK, "id": "d", "pairs": 12, "state": "pass"}]
    running = {**CHECK, "finished": False, "state": "running", "done": 12, "sentence": "12 of 30 pairs are measured."}
    names = ("presets", "targets", "input_sets", "kinds")
    choices = {**dict.fromkeys(names, CHOICES), "chosen": {"preset": "ltx-2"}, "can": {"run": True}}
    return {
        "runs": ("runs/index.html", sample_runs.runs()),
        "run": ("runs/detail.html", sample_runs.run()),
        "run-done": ("runs/detail.html", sample_runs.run(finished=True)),
        "run-moved": (
            "runs/detail.html",
            {**sample_runs.run(finished=True), "against": sample_manifests.against(), "moved": sample_manifests.MOVED},
        ),
        "run-new": ("runs/new.html", page(page_feature="runs", **choices)),
        "checks": ("parity/index.html", page(page_feature="parity", checks=rows, can={"check": True})),
        "check-new": ("parity/new.html", sample_runs.check_form()),
        "parity": ("parity/detail.html", parity()),
        "parity-review": ("parity/detail.html", parity(review=REVIEW)),
        "parity-running": ("parity/detail.html", parity(check=running, pair=None, pairs=[], quiet=[])),
        "targets": ("targets/index.html", sample_runs.targets()),
        "target": ("targets/detail.html", sample_runs.target()),
        "target-new": ("targets/new.html", page(page_feature="targets", kinds=CHOICES)),
    }


def decisions() -> Pages:
    listed = {
        "id": "m1",
        "preset": PRESET,
        "from": LOCAL,
        "to": CLOUD,
        "state": "ready",
        "done": 14,
        "total": 15,
        "person": "Ada",
        "when": before(hours=3),
        "sentence": "One pair needs a person.",
    }
    chosen = {
        "presets": CHOICES,
        "targets": CHOICES,
        "checks": CHOICES,
        "chosen": {"preset": "ltx-2"},
        "can": {"open": True},
    }
    listing = page(page_feature="migrations", migrations=[listed], can={"open": True})
    return {
        "migrations": ("migrations/index.html", listing),
        "migration-new": ("migrations/new.html", page(page_feature="migrations", **chosen)),
        "migration": ("migrations/detail.html", migration()),
        "approve": ("approvals/new.html", approve()),
        "publish": ("releases/publish.html", publish()),
        "releases": ("releases/index.html", sample_releases.releases()),
        "rollback": ("releases/rollback.html", rollback()),
        "proof": ("releases/proof.html", sample_releases.proof()),
        "snapshots": ("snapshots/index.html", sample_releases.snapshots()),
    }


def pages() -> Pages:
    working = {**runs_and_checks(), **sample_recipes.pages(), **questions()}
    return {**doors(), **presets_and_inputs(), **working, **decisions()}
