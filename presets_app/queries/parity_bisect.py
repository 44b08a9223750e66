"""The manifests of one side with what checks said of each, and which change between them is the cause."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from presets_app import wiring
from presets_app.core import manifest
from presets_app.core.errors import NotFound
from presets_app.core.parity_bisect import Bisect, Pinned, Word, bisect
from presets_app.gitstore import CommitInfo, Store, paths
from presets_app.models import Check, Preset, Target
from presets_app.queries import drift

LOOKED_AT = 60  # manifests of one side, the newest
WORDS: dict[str, Word] = {"pass": "good", "accepted": "good", "fail": "bad"}


def of_side(preset: Preset, target: Target, good: str = "", bad: str = "") -> dict[str, Any]:
    """Raises NotFound where a commit is named that pinned nothing. Without commits, the newest manifest that failed is
    held against the newest before it that passed."""
    with wiring.store(preset.project.slug) as store:
        held = _held(store, preset, target)
    said = _said(preset, target)
    rows = [_row(info, pinned, said) for info, pinned in held]
    pins = {info.sha: pinned for info, pinned in held}
    worst = _named(rows, bad) if bad else next((row for row in rows if row["verdict"] == "bad"), None)
    best = _named(rows, good) if good else _before(rows, worst)
    about = {"preset": preset.slug, "target": target.slug, "manifests": rows, "good": best, "bad": worst}
    if worst is None or best is None:
        return {**about, "state": "open", "candidates": [], "put_back": [], "text": _open(worst)}
    others = [
        (pins[row["commit"]], word)
        for row in rows
        if (word := row["verdict"]) and row["commit"] not in (worst["commit"], best["commit"])
    ]
    found = bisect(pins[best["commit"]], pins[worst["commit"]], others)
    return {**about, "state": "over" if found.over else "next", **_shown(found)}


def _open(worst: dict[str, Any] | None) -> str:
    if worst is None:
        return "No manifest of this side has failed a check."
    return "No earlier manifest of this side has passed a check: name one as good, or go back to one and check it."


def _held(store: Store, preset: Preset, target: Target) -> list[tuple[CommitInfo, Pinned]]:
    commits = store.log(path=paths.manifest(preset.slug, target.slug), limit=LOOKED_AT)
    found = ((info, drift.pins_at(store, preset.slug, target.slug, info.sha)) for info in commits)
    return [(info, pinned) for info, pinned in found if pinned is not None]


def _said(preset: Preset, target: Target) -> dict[str, tuple[Word, str]]:
    """{manifest digest: (good or bad, check)} by the newest check of each; what is not decided says nothing."""
    found: dict[str, tuple[Word, str]] = {}
    on = Q(left__target=target) | Q(right__target=target)
    rows = Check.objects.filter(on, preset=preset, kind__in=("parity", "compare", "restore"), state="judged")
    for check in rows.select_related("left", "right").order_by("id"):
        run = check.left if check.left.target_id == target.pk and check.right.target_id != target.pk else check.right
        word = WORDS.get(check.outcome)
        if word and run.manifest:
            found[run.manifest] = (word, check.id)
    return found


def _row(info: CommitInfo, pinned: Pinned, said: dict[str, tuple[Word, str]]) -> dict[str, Any]:
    digest = manifest.digest(pinned)
    verdict, check = said.get(digest, ("", ""))
    about = {"commit": info.sha, "at": info.at, "subject": info.subject, "digest": digest}
    return {**about, "verdict": verdict, "check": check}


def _named(rows: list[dict[str, Any]], commit: str) -> dict[str, Any]:
    found = next((row for row in rows if row["commit"].startswith(commit)), None) if len(commit) > 3 else None
    if found is None:
        raise NotFound(f"Commit {commit[:40]} pinned nothing on this side.", code="manifest_not_found")
    return found


def _before(rows: list[dict[str, Any]], worst: dict[str, Any] | None) -> dict[str, Any] | None:
    """The newest that passed before it did not; where the only one that passed is newer, that one."""
    good = [row for row in rows if row["verdict"] == "good"]
    older = [row for row in good if worst is None or rows.index(row) > rows.index(worst)]
    return next(iter(older or good), None)


def _shown(found: Bisect) -> dict[str, Any]:
    parts = {"candidates": found.candidates, "put_back": found.put_back}
    return {name: [change.as_json() for change in changes] for name, changes in parts.items()} | {"text": found.text}
