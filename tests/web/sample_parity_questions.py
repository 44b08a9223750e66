"""Sample rows of the pages that ask further questions about a preset's sides: noise floors, causes, comparisons."""

from __future__ import annotations

from typing import Any

from tests.web.sample_parts import DIGESTS, PRESET, before, page

Pages = dict[str, tuple[str, dict[str, Any]]]
OPTIONS = [("puppet-at-dusk/local", "render now: Puppet at dusk on Local runner"), ("run:r1", "run: r1, 3 done")]
CHOICES: dict[str, Any] = {
    "presets": [(PRESET["slug"], PRESET["name"])],
    "targets": [("local", "Local runner")],
    "input_sets": [("preview", "Preview (10 items)")],
    "changes": [("", "the first that the side can be sent"), ("none", "none, only the repeat")],
    "chosen": {},
}


def floor(state: str, text: str, **more: Any) -> dict[str, Any]:
    about = {"preset": PRESET["slug"], "preset_name": PRESET["name"], "target": "local", "target_name": "Local runner"}
    empty: dict[str, Any] = {"floor": {}, "change": {}, "checks": {}, "at": None, "cloud": False}
    return {**about, **empty, "state": state, "text": text, **more}


FLOORS = [
    floor("none", "Not measured."),
    floor(
        "measured",
        "The same request gave the same frames 3 of 3 times: this side is deterministic.",
        floor={"usable": True, "difference": 0.0252},
        checks={"again": "c-1", "benign": "c-2"},
        at=before(hours=3),
    ),
]
BROKE = {
    "state": "next",
    "text": "2 of 9 changes are left, 1 check at most. Put back torch on this side, capture its pins, and check again.",
    "candidates": [{"label": "torch", "before": "2.12.0", "after": "2.13.0"}],
    "manifests": [
        {"commit": "a" * 40, "at": before(hours=1), "subject": "Pin", "digest": DIGESTS[0]}
        | {"verdict": "bad", "check": "c"},
        {"commit": "b" * 40, "at": before(hours=9), "subject": "Pin", "digest": DIGESTS[1]}
        | {"verdict": "", "check": ""},
    ],
}


def questions() -> Pages:
    sides = {"sides": OPTIONS, "input_sets": CHOICES["input_sets"], "chosen": {}, "can": {"check": True}}
    return {
        "parity-noise": (
            "parity/noise.html",
            page(page_feature="parity", floors=FLOORS, **{**CHOICES, "can": {"measure": True}}),
        ),
        "parity-bisect": ("parity/bisect.html", page(page_feature="parity", found=BROKE, **CHOICES)),
        "parity-compare": ("parity/compare.html", page(page_feature="parity", **sides)),
    }
