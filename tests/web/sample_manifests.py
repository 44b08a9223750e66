"""Sample contexts of the page of a manifest, and of a run held against its baseline."""

from __future__ import annotations

from typing import Any

from presets_app.core.diff import Change
from tests.web.sample_parts import CHOICES, DIGESTS, LOCAL, PINS, PRESET, before, page

MOVED = [
    Change("/driver/gpu.driver", "changed", "driver", "560.35", "570.12"),
    Change("/driver/libraries.torch", "changed", "torch", "2.12.1", "2.13.0"),
    Change(
        "/model/files/value/vae~1a.safetensors", "changed", "file vae/a.safetensors", DIGESTS[0][:12], DIGESTS[1][:12]
    ),
    Change("/driver/packages/value/xformers", "added", "package xformers", None, "0.0.30"),
]


def manifest() -> dict[str, Any]:
    unread = {"section": "driver", "label": "container.image", "value": None, "status": "unknown"}
    told = {**unread, "note": "MATCHFRAME_IMAGE is not set"}
    pins = [*PINS[:5], told, *PINS[5:]]
    shown = {"digest": DIGESTS[4], "commit": DIGESTS[1][:40], "when": before(days=1), "person": "Ada", "newest": True}
    files = {"name": "vae/a.safetensors", "value": DIGESTS[0], "size": 507_591_892, "hashed": True}
    packages = {"name": "jinja2", "value": "3.1.6", "size": None, "hashed": False}
    history = [
        {"commit": DIGESTS[n], "when": before(days=n), "person": "Ada", "subject": "Pin on Local runner", "url": "#"}
        for n in (1, 2)
    ]
    return page(
        page_feature="presets",
        preset=PRESET,
        target={**LOCAL, "honest": ""},
        manifest={**shown, "unknown": 2, "declared": 1, "total": 7},
        pins=pins,
        lists=[
            {"name": "files", "noun": "file", "rows": [files]},
            {"name": "packages", "noun": "package", "rows": [packages]},
        ],
        drift=MOVED[:1],
        diff={"from": {"commit": "a", "when": before(days=9)}, "changes": MOVED, "options": CHOICES * 2},
        history=[{**row, "here": not place} for place, row in enumerate(history)],
        declarable=CHOICES,
        exports=[("pip", "pip constraints"), ("container", "Container")],
        baseline={"run": "r1", "when": before(days=5), "number": 1},
        can={"pin": True, "declare": True},
    )


def against() -> dict[str, Any]:
    line = {"label": "line 212", "group": "shot-067", "path": "", "kind": "added", "before": None}
    return {
        "run": {"id": "r1", "when": before(days=5), "number": 1},
        "same": False,
        "sentence": "11 of 12 outputs have the same frames and samples, bit by bit; 1 differs.",
        "changes": MOVED[:2],
        "lines": [{**line, "after": "Warning: attention falls back to math"}],
        "more": 3,
        "timings": [{"phase": "denoise", "warm": True, "before": 12.1, "after": 9.4}],
        "memory": {"before": 22_000_000_000, "after": 22_100_000_000},
        "outputs": [],
    }
