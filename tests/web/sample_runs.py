"""Sample contexts of home, runs, targets and the form that starts a check."""

from __future__ import annotations

from typing import Any

from tests.web.sample_parts import CHOICES, CLOUD, DIGESTS, EVENTS, LIVE, LOCAL, PINS, PRESET, before, page

RUN: dict[str, Any] = {
    "id": "r1",
    "name": "20261120T142000Z_puppet-at-dusk_3fa2c1d8_wavespeed",
    "kind": "preview",
    "version": 4,
    "preset": PRESET,
    "revision": DIGESTS[0],
    "target": CLOUD,
    "sentence": "6 of 12 items are rendered.",
    "input_set": {"slug": "preview", "name": "Preview 12"},
    "person": "Ada",
    "started": before(minutes=4),
    "done": 6,
    "total": 12,
    "failed": 1,
    "in_flight": 3,
    "left_seconds": 190,
    "step": 12,
    "phase": "denoise",
    "steps": 20,
    "cold_seconds": 41.2,
    "warm_seconds": 12.4,
    "peak_bytes": None,
    "spent_usd": 1.2,
    "budget_usd": 25,
    "baseline": True,
    "honest": "stand-in cloud",
}
FAILURE = {
    "cause": "content",
    "code": "moderated",
    "retry": "after_change",
    "hint": "Change the prompt; it was not charged.",
    "message": "WaveSpeed refused item 3: the prompt was moderated (1200).",
}
ITEMS: list[dict[str, Any]] = [
    {
        "id": "a",
        "place": 1,
        "label": "Rain on a window",
        "state": "done",
        "seconds": 12.4,
        "video_url": "#",
        "digest": DIGESTS[2],
        "seeds": "10, 0",
    },
    {
        "id": "b",
        "place": 2,
        "label": "Small text on a letter",
        "state": "running",
        "phase": "denoise",
        "seconds": None,
        "digest": "",
    },
    {
        "id": "c",
        "place": 3,
        "label": "Hands fold a paper boat",
        "state": "failed",
        "seconds": 1.1,
        "failure": FAILURE,
    },
    {"id": "d", "place": 4, "label": "Wool in side light", "state": "waiting", "seconds": None},
]


def home() -> dict[str, Any]:
    waiting = [
        {
            "state": "ready",
            "verb": "Approve",
            "title": "Puppet at dusk to WaveSpeed",
            "url": "#",
            "when": before(hours=3),
            "sentence": "Ada asks; 14 of 15 rows are done and the check needs a person.",
        },
        {
            "state": "inconclusive",
            "verb": "Decide",
            "title": "1 pair of Puppet at dusk",
            "url": "#",
            "when": before(hours=2),
            "sentence": "Small text on a letter: 3.1 × noise.",
        },
    ]
    running = [
        {
            "title": "Batch of 1000, Letters, WAN",
            "url": "#",
            "state": "running",
            "done": 460,
            "total": 1000,
            "sentence": "12 min left, 41 in flight, 8.20 USD of 25 USD",
        }
    ]
    can = {"import": True, "publish": True}
    return page(
        page_feature="home",
        waiting=waiting,
        live=LIVE,
        running=running,
        recent=EVENTS[:3],
        held=[],
        can=can,
        has_presets=True,
    )


def run(finished: bool = False) -> dict[str, Any]:
    state = "done" if finished else "running"
    shown = {**RUN, "finished": finished, "state": state}
    return page(
        page_feature="runs",
        run=shown,
        items=ITEMS,
        pins=PINS,
        can={"cancel": True, "retry": True},
        check=None,
        log_url="#",
    )


def runs() -> dict[str, Any]:
    row = {
        "id": "r1",
        "name": "20261120T142000Z_puppet-at-dusk_3fa2c1d8_wavespeed",
        "kind": "preview",
        "state": "running",
        "done": 6,
        "total": 12,
        "failed": 1,
        "preset": PRESET,
        "target": CLOUD,
        "started": before(minutes=4),
        "seconds": 240,
        "spent_usd": 1.2,
    }
    return page(
        page_feature="runs",
        runs=[row, {**row, "state": "done", "target": LOCAL, "spent_usd": None}],
        kinds=CHOICES,
        states=CHOICES,
        unfinished=True,
        can={"run": True},
    )


FIGURES: dict[str, Any] = {
    "cards": ["NVIDIA H200, 139.8 GiB"],
    "asked": True,
    "cpu": False,
    "memory": 128 << 30,
    "warm": [{"repository": "org/name", "revision": DIGESTS[4][:40], "bytes": 35 << 30, "seconds": 41.5}],
    "times": {
        "cold_seconds": 61.0,
        "cold_count": 1,
        "warm_seconds": 12.4,
        "warm_count": 41,
        "peak_bytes": 61 << 30,
    },
    "lately": 200,
}


def targets() -> dict[str, Any]:
    rows = [
        {**LOCAL, "state": "up", "probed": before(minutes=1), "figures": FIGURES, "waiting": 3},
        {**CLOUD, "state": "drifted", "probed": before(hours=2), "honest": "stand-in cloud", "waiting": 0},
    ]
    return page(page_feature="targets", targets=rows, can={"add": True})


def target() -> dict[str, Any]:
    shown = {
        **CLOUD,
        "state": "drifted",
        "probed": before(hours=2),
        "sentence": "The catalogue lists another version of the model.",
        "address": "127.0.0.1:8899",
        "honest": "stand-in cloud",
    }
    drift = [{"path": "/model/id", "label": "Model", "group": "model", "before": "ltx-2/v1", "after": "ltx-2/v1.1"}]
    about = {"digest": DIGESTS[4], "when": before(days=1), "person": "Ada", "unknown": 2}
    pinned = [{"preset": PRESET, "state": "drifted", **about}]
    carries = [
        {"field": "/prompt", "status": "carried", "note": ""},
        {"field": "/stages/0/sampler", "status": "dropped", "note": "not offered"},
    ]
    return page(
        page_feature="targets",
        target=shown,
        pins=PINS,
        drift=drift,
        drift_presets=[PRESET],
        carries=carries,
        health=[("balance", 99.5), ("offline queue", None)],
        figures=FIGURES,
        pinned=pinned,
        variables=[{"name": "WAVESPEED_API_KEY", "when": before(days=3), "person": "Olu"}],
        keeps=True,
        can={"probe": True, "change": True},
    )


def check_form() -> dict[str, Any]:
    rows = [
        {
            "share": n,
            "items": 2 * n,
            "least": 10,
            "bound": f"0 of {2 * n} failed: up to {90 // n} of 200 could still be bad (95 %)",
            "price": f"{0.06 * 2 * n:.2f} USD",
            "enough": n == 5,
        }
        for n in range(1, 6)
    ]
    chosen = {"preset": "ltx-2", "share": 5, "from": "", "to": "", "inputs": ""}
    return page(
        page_feature="parity",
        presets=CHOICES,
        targets=CHOICES,
        input_sets=CHOICES,
        chosen=chosen,
        choices=rows,
        standard={"name": "house", "minimum": 10},
        batch="Autumn batch",
        total=200,
        can={"override": True, "check": True},
    )
