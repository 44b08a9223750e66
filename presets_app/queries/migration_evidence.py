"""What is known that fills the migration checklist: a sentence for each row that evidence answers."""

from __future__ import annotations

import json
from typing import Any

from presets_app import wiring
from presets_app.gitstore import paths
from presets_app.models import Check, Manifest, Preset, Project, Run, Snapshot, Target
from presets_app.queries import variables


def sentences(project: Project, migration: dict[str, Any]) -> dict[str, str]:
    """{row key: sentence} for the rows that evidence fills; a row without evidence is absent."""
    preset = Preset.objects.get(project=project, slug=migration["preset"])
    sides = (migration["from"], migration["to"])
    check = Check.objects.filter(project=project, pk=migration["check"]).first() if migration["check"] else None
    found = {
        "imported": f"Revision {migration['revision'][:8]} by {preset.changed_by}, document {preset.digest[:8]}.",
        "pinned": _pinned(preset, sides),
        "seeds": _pinned(preset, sides) and "The seeds of every stage stand in both manifests.",
        "paths": _paths(check),
        "codecs": _codecs(check),
        "variables": _variables(preset, migration["revision"], sides),
        "sample": check.sentence if check and check.state == "judged" and check.verdict != "error" else "",
        "baseline": _baseline(preset, sides),
        "known_good": _known_good(preset),
    }
    return {key: text for key, text in found.items() if text}


def _pinned(preset: Preset, sides: tuple[str, str]) -> str:
    rows = {row.target: row for row in Manifest.objects.filter(preset=preset, target__in=sides)}
    if len(rows) < len(set(sides)) or any(row.document_digest != preset.digest for row in rows.values()):
        return ""
    return "; ".join(f"{side}: {rows[side].digest[:8]}, {rows[side].unknown} unknown" for side in sides) + "."


def _paths(check: Check | None) -> str:
    if check is None or check.left.done == 0 or check.right.done == 0:
        return ""
    return f"{check.right.done} of {check.right.total} inputs rendered on {check.right.target.name}."


def _codecs(check: Check | None) -> str:
    if check is None or check.state != "judged":
        return ""
    measured = [pair for pair in check.pairs.all() if pair.measurement]
    codes = {"size_mismatch", "fps_mismatch", "frame_count_mismatch", "pixel_format_mismatch", "codec_mismatch"}
    wrong = [pair for pair in measured if codes & {reason["code"] for reason in pair.reasons}]
    return "" if wrong or not measured else f"Containers agree on {len(measured)} of {len(measured)} pairs."


def _variables(preset: Preset, revision: str, sides: tuple[str, str]) -> str:
    """The document names no values: one that does is refused before it is committed."""
    with wiring.store(preset.project.slug) as store:
        data = store.read(revision, paths.preset(preset.slug))
    if data is None:
        return ""
    return variables.sentence(Target.objects.filter(project=preset.project_id, slug__in=sides), json.loads(data))


def _baseline(preset: Preset, sides: tuple[str, str]) -> str:
    names = []
    for side in sides:
        first = (
            Run.objects.filter(preset=preset, target__slug=side, state="done", failed=0, done__gt=0)
            .exclude(kind="trial")
            .order_by("id")
            .first()
        )
        if first is None:
            return ""
        names.append(first.name)
    return f"First good runs: {', '.join(names)}."


def _known_good(preset: Preset) -> str:
    if not preset.live.exists():
        return "Nothing of this preset is live yet: this is its first release."
    good = Snapshot.objects.filter(preset=preset, good=True).order_by("-id").first()
    if good is not None:
        return f"{good}."
    if all(check_passes(preset, row.digest) for row in preset.live.all()):
        return "What is live has passing evidence; it is kept as a snapshot before anything moves."
    return ""


def check_passes(preset: Preset, digest: str) -> bool:
    return Check.objects.filter(preset=preset, digest=digest, kind="parity", outcome__in=("pass", "accepted")).exists()
