"""A migration's checklist and state as pages show them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime

from presets_app.core import checklist
from presets_app.models import Approval, Check, Migration
from presets_app.queries import parity_streak
from presets_app.queries.sides import side

APPROVABLE = ("pass", "accepted", "inconclusive")
CLOSED = {"rejected": "Rejected", "withdrawn": "Withdrawn"}
HINTS = {
    "pinned": "Pin the newest revision on both targets: the preset's page, under Targets.",
    "seeds": "They stand in the pins: pin the newest revision on both targets.",
    "paths": "A parity check renders on both sides and shows it.",
    "codecs": "Measured by a parity check; when its pairs disagree, mend the output settings and check again.",
    "variables": "The cloud target needs its key: manage.py targets set-value.",
    "sample": "Start a parity check between the two targets and take it as evidence.",
    "baseline": "Each target needs one run of this preset without a failure.",
    "known_good": "What is live has no passing evidence: check it before it is replaced.",
}


def groups(migration: Migration, names: dict[str, str], *, tickable: bool) -> list[dict[str, Any]]:
    """[{title, done, total, rows}], in the order of the checklist."""
    held = {row["key"]: row for row in migration.checklist}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in checklist.ROWS:
        found.setdefault(row.group, []).append(_row(migration, row, held.get(row.key, {}), names, tickable))
    return [
        {"title": title, "rows": rows, "total": len(rows), "done": sum(row["state"] == "pass" for row in rows)}
        for title, rows in found.items()
    ]


def _row(
    migration: Migration, row: checklist.Row, held: dict[str, Any], names: dict[str, str], tickable: bool
) -> dict[str, Any]:
    done, by_person = bool(held.get("done")), row.by == "person"
    waits = "person" if by_person else "waiting"
    said = held.get("evidence", "")
    return {
        "id": row.key,
        "title": row.text.rstrip("."),
        "state": "pass" if done else waits,
        "evidence": "" if by_person else said,
        "evidence_url": _evidence_url(migration, row.key) if done and not by_person else "",
        "person": names.get(held.get("by", ""), held.get("by", "")) if done and by_person else "",
        "when": parse_datetime(held["at"]) if done and by_person and held.get("at") else None,
        "note": said if done and by_person else "",
        "hint": "" if done or by_person else HINTS.get(row.key, ""),
        "tickable": tickable and by_person and not done,
        "untickable": tickable and by_person and done,
    }


def _evidence_url(migration: Migration, key: str) -> str:
    project = migration.project.slug
    if key in ("sample", "paths", "codecs") and migration.check_id:
        return reverse("parity.detail", kwargs={"project": project, "check": migration.check_id})
    if key in ("pinned", "seeds"):
        page = reverse("presets.detail", kwargs={"project": project, "preset": migration.preset.slug})
        return f"{page}?tab=targets"
    return ""


def undone(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of `groups`, the rows that are not done."""
    kept = [{**group, "rows": [row for row in group["rows"] if row["state"] != "pass"]} for group in shown]
    return [group for group in kept if group["rows"]]


def state(migration: Migration, check: Check | None, void: str) -> tuple[str, str]:
    """(the one word, the sentence). `void` is why the newest approval no longer holds."""
    if migration.state == "approved":
        return ("void", f"No longer approved: {void}") if void else ("approved", "Approved, and not live yet.")
    if migration.state != "open":
        return migration.state, ""
    if migration.digest != migration.preset.digest:
        return "stale", "The preset has a newer revision than this migration: open one for that."
    missing = list(_missing(migration, check))
    return ("open", f"{', '.join(missing)}.") if missing else ("ready", "Everything is there; another person approves.")


def _missing(migration: Migration, check: Check | None) -> Iterator[str]:
    rows = len(checklist.missing(migration.checklist))
    if check is None or check.state != "judged":
        yield "It has no judged check"
    elif check.outcome not in APPROVABLE:
        yield f"The check says {check.outcome}"
    elif check.undecided:
        yield f"{check.undecided} {'pair needs' if check.undecided == 1 else 'pairs need'} a person"
    elif check.unticked:
        yield f"{check.unticked} of 4 things for a reviewer to tick"
    elif short := parity_streak.shortfall(check):
        yield short[:1].upper() + short[1:]
    if rows:
        yield f"{rows} {'row' if rows == 1 else 'rows'} of the checklist to do"


def head(migration: Migration, check: Check | None, void: str, targets: dict[str, Any]) -> dict[str, Any]:
    """What every list and page says of one migration; `targets` are the project's by slug."""
    word, sentence = state(migration, check, void)
    done = len(checklist.ROWS) - len(checklist.missing(migration.checklist))
    return {
        "id": migration.id,
        "state": word,
        "sentence": sentence,
        "preset": {"slug": migration.preset.slug, "name": migration.preset.name},
        "revision": migration.digest,
        "from": side_of(migration.from_target, targets),
        "to": side_of(migration.to_target, targets),
        "when": migration.opened_at,
        "reason": migration.note,
        "done": done,
        "total": len(checklist.ROWS),
    }


def side_of(slug: str, targets: dict[str, Any]) -> dict[str, Any]:
    """A target by its slug, also one that has left the project."""
    found = targets.get(slug)
    return side(found) if found else {"kind": "local", "label": slug, "slug": slug, "name": slug}


def newest(approvals: list[Approval]) -> Approval | None:
    return max(approvals, key=lambda row: row.number, default=None)
