"""The migration checklist: rows, what evidence fills them, which a person must tick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Row:
    """One row; `by` says whether evidence fills it or a named person ticks it."""

    key: str
    group: str
    text: str
    by: Literal["evidence", "person"]


ROWS: tuple[Row, ...] = (
    Row("imported", "Preset parity", "The preset is a validated document in Git, not copied by hand.", "evidence"),
    Row("pinned", "Preset parity", "Versions are pinned on both sides: model, extensions, flags.", "evidence"),
    Row("seeds", "Preset parity", "Seed and randomness settings are recorded.", "evidence"),
    Row("paths", "Asset paths", "Every path resolves on the other side.", "evidence"),
    Row("codecs", "Asset paths", "Codecs and formats are confirmed on both outputs.", "evidence"),
    Row(
        "variables",
        "Environment",
        "Variables the preset names are present on each side, none holds a value here.",
        "evidence",
    ),
    Row("hardware", "Environment", "Hardware assumptions are aligned: card, memory, a smaller batch first.", "person"),
    Row("sample", "Validation", "A miniature batch was compared input by input.", "evidence"),
    Row("baseline", "Validation", "Logs of the first good run are kept on each side.", "evidence"),
    Row("known_good", "Rollback", "A last known good exists on both sides, or this is the first release.", "evidence"),
    Row("who", "Rollback", "Who may go back is known.", "person"),
)


def fresh() -> list[dict[str, Any]]:
    return [{"key": row.key, "done": False, "by": "", "at": "", "evidence": ""} for row in ROWS]


def filled(rows: list[dict[str, Any]], evidence: dict[str, str]) -> list[dict[str, Any]]:
    """The rows with those that evidence fills answered anew: done when `evidence` holds a sentence for the key."""
    by_key = {row["key"]: row for row in rows}
    answer = []
    for row in ROWS:
        kept = by_key.get(row.key, {"key": row.key, "done": False, "by": "", "at": "", "evidence": ""})
        if row.by == "evidence":
            text = evidence.get(row.key, "")
            kept = {**kept, "done": bool(text), "by": "evidence" if text else "", "evidence": text}
        answer.append(kept)
    return answer


def missing(rows: list[dict[str, Any]]) -> list[Row]:
    done = {row["key"] for row in rows if row["done"]}
    return [row for row in ROWS if row.key not in done]
