"""The project's policy: what a sample must hold, what a release must show. A document in Git like the rest."""

from __future__ import annotations

from typing import Any

from presets_app.core.canonical import digest

FORMAT = "matchframe/policy/1"

# Minimum sample sizes: facts on exact finite-batch statistics; about 14, 28 and 58 clean items bound the bad share
# at 20, 10 and 5 percent with 95 % confidence, whatever the batch size.
STANDARDS = {"smoke": 15, "standard": 30, "release": 59}

DEFAULT: dict[str, Any] = {
    "format": FORMAT,
    "version": 1,
    "standard": "smoke",
    "standards": STANDARDS,
    "confidence": 0.95,
    "inconclusive_share": 0.2,
    "error_share": 0.1,
    "streak": 1,
    "restore_proof_items": 10,
    "dry_run": [],
}


def merged(document: dict[str, Any] | None) -> dict[str, Any]:
    """The project's policy over the defaults, so that an older document still answers every question."""
    return {**DEFAULT, **(document or {})}


def version(document: dict[str, Any] | None) -> str:
    """What an approval binds to: the digest of the effective policy."""
    return digest(merged(document))
