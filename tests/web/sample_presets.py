"""Sample contexts of the preset and input pages."""

from __future__ import annotations

from typing import Any

from tests.web.sample_editing import BLAME
from tests.web.sample_parts import (
    CHANGES,
    CHOICES,
    CLOUD,
    COMMENTS,
    DIGESTS,
    DOCUMENT,
    EVENTS,
    LIVE_CLOUD,
    LIVE_LOCAL,
    LOCAL,
    LOSSES,
    MUTED,
    PINS,
    PRESET,
    PROBLEMS,
    before,
    page,
)

HISTORY = [
    {
        "number": 3 - n,
        "revision": DIGESTS[n],
        "commit": DIGESTS[n][:40],
        "when": before(days=n),
        "person": "Ada",
        "message": why,
        "changes": ["seed 10 -> 42", "prompt changed (2 words added)"] if n < 2 else [],
        "more": 3 if n == 1 else 0,
        "restorable": n > 0,
        "url": "#",
        "diff_url": "#",
        "here": n == 0,
        "live": ["local", "cloud"] if n == 1 else [],
    }
    for n, why in enumerate(("Auburn hair, at dusk", "Two stages", "Imported from ComfyUI"))
]
ENDS = [
    {"number": 3 - n, "revision": DIGESTS[n], "commit": DIGESTS[n][:40], "when": before(days=n), "person": "Ada"}
    for n in (1, 0)
]
DIFF = {
    "from": ENDS[0],
    "to": ENDS[1],
    "changes": CHANGES,
    "from_options": [(DIGESTS[n][:40], DIGESTS[n][:8]) for n in (1, 2)],
}
MANIFEST = {"digest": DIGESTS[11], "when": before(days=4), "person": "Ada", "rows": PINS}
TARGETS: list[dict[str, Any]] = [
    {**LOCAL, "losses": [], "manifest": MANIFEST, "pinnable": True, "changes": []},
    {**CLOUD, "losses": LOSSES, "manifest": None, "pinnable": True, "changes": []},
]


def presets() -> dict[str, Any]:
    row = {
        **PRESET,
        "family": "ltx-2",
        "variant": "dev",
        "task": "t2v",
        "size": "640 × 360 px, 121 frames",
        "person": "Ada",
        "revision": DIGESTS[0],
        "changed": before(hours=5),
        "errors": 0,
        "warnings": 1,
        "local": "in_sync",
        "cloud": "drifted",
    }
    other = {
        **row,
        "slug": "letters",
        "name": "Letters, WAN",
        "family": "wan-2.2",
        "variant": "A14B",
        "warnings": 0,
        "cloud": "nothing",
        "revision": DIGESTS[9],
        "size": "832 × 480 px, 81 frames",
    }
    return page(
        page_feature="presets",
        presets=[row, other],
        q="",
        family="",
        families=CHOICES,
        total=2,
        can={"import": True},
        pages={"newer": None, "older": "?after=x"},
    )


MEMORY: dict[str, Any] = {
    "components": [{"name": "text encoder", "bytes": 24 << 30}, {"name": "transformer", "bytes": 35 << 30}],
    "peaks": [{"phase": "denoising", "bytes": 65 << 30}, {"phase": "decoding", "bytes": 67 << 30}],
    "peak": 67 << 30,
    "smallest": 5 << 30,
    "cards": [
        {"card": "Pool: H200, 139.8 GiB", "own": True, "plan": "resident", "peak": 67 << 30, "changes_bits": False},
        {"card": "8 GB card", "own": False, "plan": "group offload", "peak": 7 << 30, "changes_bits": True},
        {"card": "Apple silicon, 16 GB", "own": False, "plan": "", "peak": None, "changes_bits": False},
    ],
    "problems": [],
}


def preset(tab: str) -> dict[str, Any]:
    shown = {
        **PRESET,
        "description": DOCUMENT["description"],
        "revision": DIGESTS[0],
        "commit": DIGESTS[1][:40],
        "person": "Ada",
        "changed": before(hours=5),
        "message": "Auburn hair",
        "is_newest": tab == "document",
        "newest_url": "#",
    }
    return page(
        page_feature="presets",
        tab=tab,
        preset=shown,
        document=DOCUMENT,
        live={"local": LIVE_LOCAL, "cloud": LIVE_CLOUD},
        history=HISTORY,
        diff=DIFF,
        blame=BLAME,
        bound=100,
        problems=PROBLEMS,
        turned_off=[{"problem": PROBLEMS[-1], **row} for row in MUTED],
        counts={"problems": 2, "history": 3},
        targets=TARGETS,
        memory=MEMORY,
        comments=COMMENTS,
        can=dict.fromkeys(("edit", "run", "migrate", "pin", "comment", "mute"), True),
    )


FATES: list[dict[str, Any]] = [
    {"status": "approximated", "losses": LOSSES[1:2], "count": 1, "more": 0, "open": True},
    {"status": "dropped", "losses": LOSSES[2:3], "count": 400, "more": 200, "open": False},
    {"status": "carried", "losses": LOSSES[:1], "count": 1, "more": 0, "open": False},
]
FRAMES = {
    "code": "frames_rule",
    "severity": "error",
    "path": "/frames",
    "message": "122 frames is not a length LTX-2 can make.",
    "hint": "Use 8k+1: 121 or 129.",
    "source": "LTX-2 model card",
}
OFF = {
    "code": "node_off",
    "severity": "note",
    "path": "/stages/0/loras",
    "message": "Node 40 (LoraLoaderModelOnly) is muted and has no effect (detail.safetensors).",
}
ABSENT = {
    "code": "asset_missing",
    "severity": "warning",
    "path": "/inputs/image",
    "message": "The file boat.png is named here, and is not kept with the preset yet.",
    "hint": "Give the file beside the preset.",
}
PATH = "C:\\Users\\ada\\shots\\boat.png"
RENAMED = {"path": "/inputs/image", "before": PATH, "after": "boat.png", "kind": "a Windows path"}


def draft() -> dict[str, Any]:
    found = {
        "name": "Puppet at dusk",
        "document": DOCUMENT,
        "text": "format: matchframe/preset/1\nname: Puppet at dusk\n",
        "message": "Imported from a ComfyUI workflow",
        "mendable": [
            {"problem": FRAMES, "fix": "Use 121 frames", "do": "fix:frames_rule:/frames"},
            *({"problem": problem, "fix": "", "do": ""} for problem in [*PROBLEMS, ABSENT]),
        ],
        "off": [OFF],
        "fates": FATES,
        "renamed": [RENAMED],
        "missing": [ABSENT],
        "came_from": "a ComfyUI workflow",
        "savable": False,
    }
    return page(page_feature="presets", draft=found, source="f" * 64 + ":signed", can={"import": True})


def export() -> dict[str, Any]:
    forms = [(key, key) for key in ("document", "comfyui", "diffusers", "wavespeed")]
    return page(
        page_feature="presets",
        preset={**PRESET, "revision": DIGESTS[0], "number": 3, "commit": ""},
        form="wavespeed",
        label="WaveSpeed",
        cloud=True,
        local_only=True,
        forms=[{"form": key, "label": word, "url": "#", "here": key == "wavespeed"} for key, word in forms],
        ready=True,
        exported={"text": '{\n  "prompt": "A puppet at dusk"\n}\n', "cut": True, "script": False},
        downloads=[{"label": "Download JSON", "url": "#"}],
        problems=PROBLEMS,
        groups=FATES,
    )


def inputs() -> dict[str, Any]:
    row = {
        "slug": "preview",
        "name": "Preview 12",
        "kind": "preview",
        "frozen": True,
        "digest": DIGESTS[5],
        "items": 12,
        "person": "Ada",
        "labels": ["fine texture", "small text", "hands"],
        "changed": before(days=5),
    }
    return page(
        page_feature="inputs",
        sets=[row, {**row, "slug": "b", "name": "Batch", "frozen": False, "local_only": True}],
        can={"make": True},
    )


def input_set(frozen: bool) -> dict[str, Any]:
    shown = {
        "slug": "preview",
        "name": "Preview 12",
        "kind": "preview",
        "frozen": frozen,
        "digest": DIGESTS[5],
        "items": 2,
        "person": "Ada",
        "changed": before(days=5),
    }
    items = [
        {
            "place": 1,
            "id": "a",
            "prompt": "A puppet reads a letter by the window",
            "labels": ["small text", "hands"],
            "seed": "7",
        },
        {"place": 2, "id": "b", "prompt": "", "labels": ["dialogue"], "seed": None},
    ]
    return page(
        page_feature="inputs",
        set=shown,
        items=items,
        can={"edit": True, "freeze": True, "run": True},
        history=EVENTS[3:],
    )
