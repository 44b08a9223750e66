"""Sample contexts of the preset and input pages."""

from __future__ import annotations

from typing import Any

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
    PINS,
    PRESET,
    PROBLEMS,
    before,
    page,
)

HISTORY = [
    {
        "revision": DIGESTS[n],
        "commit": DIGESTS[n][:40],
        "when": before(days=n),
        "person": "Ada",
        "message": why,
        "url": "#",
        "diff_url": "#",
        "here": n == 0,
        "live": ["local", "cloud"] if n == 1 else [],
    }
    for n, why in enumerate(("Auburn hair, at dusk", "Two stages", "Imported from ComfyUI"))
]
ENDS = [{"revision": DIGESTS[n], "commit": DIGESTS[n][:40], "when": before(days=n), "person": "Ada"} for n in (1, 0)]
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
        problems=PROBLEMS,
        counts={"problems": 2, "history": 3},
        targets=TARGETS,
        comments=COMMENTS,
        can=dict.fromkeys(("edit", "run", "migrate", "pin", "comment"), True),
    )


def draft() -> dict[str, Any]:
    missing = {
        "code": "frames_rule",
        "severity": "error",
        "path": "/frames",
        "message": "122 frames is not a length LTX-2 can make.",
        "hint": "Use 8k+1: 121 or 129.",
        "source": "LTX-2 model card",
    }
    found = {
        "name": "Puppet at dusk",
        "document": DOCUMENT,
        "text": "format: matchframe/preset/1\nname: Puppet at dusk\n",
        "problems": [*PROBLEMS, missing],
        "losses": LOSSES,
        "came_from": "ComfyUI workflow",
        "savable": False,
    }
    return page(page_feature="presets", draft=found, kinds=CHOICES, can={"import": True})


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
