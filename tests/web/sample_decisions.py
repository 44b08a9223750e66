"""Sample contexts of the pages where a person decides: migration, approve, publish, roll back."""

from __future__ import annotations

from typing import Any

from tests.web.sample_parity import CHECK
from tests.web.sample_parts import CHANGES, CLOUD, COMMENTS, DIGESTS, EVENTS, LOCAL, PRESET, before, page

MIGRATION: dict[str, Any] = {
    "id": "m1",
    "state": "ready",
    "preset": PRESET,
    "revision": DIGESTS[0],
    "from": LOCAL,
    "to": CLOUD,
    "person": "Ada",
    "when": before(hours=3),
    "reason": "",
    "done": 6,
    "total": 9,
    "sentence": "Everything but one row is filled by evidence; one pair of the check needs a person.",
}
BOUND = [
    {"label": "document", "digest": DIGESTS[0]},
    {"label": "pins, workstation", "digest": DIGESTS[11]},
    {"label": "pins, WaveSpeed", "digest": DIGESTS[12]},
    {"label": "evidence", "digest": DIGESTS[7]},
    {"label": "policy, version 3", "digest": DIGESTS[13]},
]
EVIDENCE = {**CHECK, "url": "#", "undecided": 1}


def row(name: str, title: str, state: str = "pass", **given: Any) -> dict[str, Any]:
    return {"id": name, "title": title, "state": state, **given}


WHEN = before(hours=3)
GROUPS: list[dict[str, Any]] = [
    {
        "title": "Preset parity",
        "done": 3,
        "total": 3,
        "rows": [
            row("imported", "Exported and imported, not copied by hand", evidence="revision 9e3779b9", when=WHEN),
            row(
                "pinned",
                "Versions pinned: model, extensions, flags",
                evidence="2 manifests",
                evidence_url="#",
                when=WHEN,
            ),
            row("seeds", "Seed and randomness recorded", evidence="seed per stage, noise on cpu", when=WHEN),
        ],
    },
    {
        "title": "Asset paths",
        "done": 1,
        "total": 2,
        "rows": [
            row("paths", "Every path resolves on the other side", evidence="3 files, verified by hash", when=WHEN),
            row(
                "codecs",
                "Codecs and formats confirmed",
                "fail",
                evidence="81 frames for 5 s go out at 24 fps",
                hint="Set the output to 16 fps, or the clip plays too fast.",
            ),
        ],
    },
    {
        "title": "Environment",
        "done": 1,
        "total": 2,
        "rows": [
            row(
                "variables",
                "Variables present on each side, none in the preset",
                "person",
                tickable=True,
                evidence="WAVESPEED_API_KEY is named",
            ),
            row("hardware", "Card and memory fit", person="Ada", when=WHEN, note="24 GiB asked, 24 GiB there"),
        ],
    },
    {
        "title": "Validation",
        "done": 0,
        "total": 1,
        "rows": [
            row(
                "batch",
                "Miniature batch compared input by input",
                "inconclusive",
                evidence="28 of 30 the same",
                evidence_url="#",
            )
        ],
    },
    {
        "title": "Rollback",
        "done": 1,
        "total": 1,
        "rows": [
            row(
                "good",
                "A last known good exists on both sides",
                evidence="2026-11-12 pre-CUDA update",
                evidence_url="#",
            )
        ],
    },
]


def migration() -> dict[str, Any]:
    can = {
        "tick": True,
        "approve": True,
        "reject": True,
        "withdraw": True,
        "attach": True,
        "comment": True,
        "why_not": "",
    }
    void = {
        "state": "void",
        "person": "Grace",
        "when": before(hours=4),
        "why_void": "The document changed after it was approved.",
    }
    return page(
        page_feature="migrations",
        migration=MIGRATION,
        groups=GROUPS,
        check=EVIDENCE,
        checks=[],
        bound=BOUND,
        approvals=[void],
        changes=CHANGES,
        history=EVENTS,
        comments=COMMENTS,
        can=can,
    )


def approve() -> dict[str, Any]:
    undone = [{"title": "Asset paths", "rows": GROUPS[1]["rows"][1:]}]
    return page(
        page_feature="migrations",
        migration=MIGRATION,
        binding=DIGESTS[20],
        bound=BOUND,
        check=EVIDENCE,
        needs_reason=True,
        groups=undone,
        changes=CHANGES,
        moved=[{"label": "evidence", "before": DIGESTS[6], "after": DIGESTS[7]}],
        allowed=True,
        why_not="",
    )


def publish() -> dict[str, Any]:
    moves = [{**LOCAL, "before": DIGESTS[1], "after": DIGESTS[0]}, {**CLOUD, "before": None, "after": DIGESTS[0]}]
    return page(
        page_feature="releases",
        migration=MIGRATION,
        expected=DIGESTS[2][:40],
        moves=moves,
        changes=CHANGES,
        bound=BOUND,
        allowed=True,
        held=None,
    )


def rollback() -> dict[str, Any]:
    to = {
        "id": "s1",
        "name": "2026-11-12 pre-CUDA update",
        "when": before(days=8),
        "person": "Grace",
        "good": True,
        "preset": PRESET,
    }
    revision = {"what": "preset", "before": DIGESTS[0][:8], "after": DIGESTS[1][:8]}
    driver = {
        "what": "NVIDIA driver",
        "before": "570.86.10",
        "after": "560.35.03",
        "commands": ["sudo apt-get install nvidia-driver-560"],
    }
    vendor = {
        "what": "model build",
        "why": "WaveSpeed does not let an older build be chosen; the proof will say whether it matters.",
    }
    sides = [
        {
            **LOCAL,
            "restores": [revision, {"what": "pins", "before": DIGESTS[11][:8], "after": DIGESTS[14][:8]}],
            "person": [driver],
            "cannot": [],
        },
        {**CLOUD, "restores": [revision], "person": [], "cannot": [vendor]},
    ]
    choices = [("s1", "2026-11-12 pre-CUDA update (last known good)"), ("s2", "2026-11-16 before release (not proven)")]
    return page(
        page_feature="releases",
        snapshots=choices,
        to=to,
        sides=sides,
        expected=DIGESTS[2][:40],
        allowed=True,
        proof="Afterwards the preview set is rendered again on both sides and compared with this snapshot.",
    )
