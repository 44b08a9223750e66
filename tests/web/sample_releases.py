"""Sample contexts of releases, snapshots and the proof after going back."""

from __future__ import annotations

from typing import Any

from tests.web.sample_parts import CHOICES, CLOUD, DIGESTS, EVENTS, LIVE, LOCAL, PRESET, before, page


def snapshots() -> dict[str, Any]:
    held = {"state": "pass", "revision": DIGESTS[0], "evidence_url": "#"}
    row = {
        "id": "s1",
        "name": "2026-11-12 pre-CUDA update",
        "when": before(days=8),
        "person": "Grace",
        "good": True,
        "preset": PRESET,
        "local": held,
        "cloud": held,
    }
    unproven = {
        **row,
        "id": "s2",
        "name": "2026-11-16 before release",
        "good": False,
        "person": None,
        "cloud": {**held, "state": "inconclusive"},
        "why_not_good": "the cloud side has no passing evidence",
    }
    return page(
        page_feature="releases", snapshots=[unproven, row], presets=CHOICES, can={"take": True, "roll_back": True}
    )


def releases() -> dict[str, Any]:
    held = {
        "preset": PRESET,
        "form": "lift-puppet-at-dusk",
        "url": "#",
        "sentence": "Puppet at dusk was rolled back by Grace: updates are held",
        "person": "Grace",
        "when": before(hours=1),
        "can_lift": True,
        "reason": "Grain after the driver update.",
    }
    ready = [
        {"url": "#", "title": "Puppet at dusk to WaveSpeed", "sentence": "Approved by Grace; nothing changed since."}
    ]
    return page(
        page_feature="releases",
        live=LIVE,
        releases=EVENTS,
        holds=[held],
        publishable=ready,
        can={"publish": True, "roll_back": True, "snapshot": True},
    )


def proof() -> dict[str, Any]:
    release = {
        "id": "x",
        "sentence": "Rolled back to 2026-11-12 pre-CUDA update",
        "person": "Grace",
        "when": before(minutes=2),
        "reason": "Grain after the driver update.",
        "digest": DIGESTS[3],
    }
    left = [{"what": "NVIDIA driver 570 to 560", "commands": ["sudo apt-get install nvidia-driver-560"], "done": False}]
    sides = [
        {
            **LOCAL,
            "state": "waiting",
            "sentence": "Waits until the driver is back.",
            "finished": False,
            "done": 0,
            "total": 12,
            "left_for_person": left,
        },
        {
            **CLOUD,
            "state": "pass",
            "sentence": "Pictures are back: 12 of 12 identical.",
            "finished": True,
            "check_url": "#",
        },
    ]
    state = {
        "finished": False,
        "version": 2,
        "state": "running",
        "sentence": "The preview set is being rendered again.",
    }
    return page(page_feature="releases", release=release, sides=sides, proof=state)
