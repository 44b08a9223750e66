"""The sample check: undecided, two pairs another take, twenty-six with nothing to decide."""

from __future__ import annotations

from typing import Any

from tests.web.sample_media import similarity
from tests.web.sample_parts import CLOUD, COMMENTS, DIGESTS, LOCAL, PRESET, before, page

CHECK: dict[str, Any] = {
    "id": "c-2041",
    "finished": True,
    "version": 9,
    "state": "inconclusive",
    "preset": PRESET,
    "revision": DIGESTS[0],
    "sentence": "28 of 30 pairs are the same, 2 are another take of the same shot.",
    "bound": "0 of 30 different: up to 17 of 200 could still be bad (95 %).",
    "reasons": [{"code": "other_take", "message": "Two pairs are beyond the noise of this preset."}],
    "from": {**LOCAL, "run_url": "#"},
    "to": {**CLOUD, "run_url": "#"},
    "input_set": {"slug": "preview", "name": "Preview 30"},
    "when": before(hours=2),
    "person": "Ada",
    "done": 30,
    "total": 30,
    "evidence": DIGESTS[7],
    "standard": "house",
    "honest": ["stand-in cloud", "untrained tiny model"],
}
GATES = [
    {"title": "Container and size", "state": "pass", "found": "30", "wanted": "30"},
    {"title": "No grey or static output", "state": "pass", "found": "0", "note": "spread of every frame over 4"},
    {"title": "Same generation", "state": "inconclusive", "found": "28", "wanted": "30"},
    {
        "title": "Twice in a row",
        "state": "waiting",
        "found": "1",
        "wanted": "2",
        "note": "the second with a cold start",
    },
    {"title": "Sound has the same length", "state": "pass", "found": "30", "wanted": "30"},
    {"title": "Audio harshness", "state": "fail", "found": "3", "wanted": "0", "dry_run": True, "note": "4 to 8 kHz"},
]
ROWS: list[dict[str, Any]] = [
    {
        "id": "i07",
        "place": 7,
        "label": "Small text on a letter",
        "class": "other_take",
        "distance": "3.1 × noise",
        "decision": None,
    },
    {
        "id": "i19",
        "place": 19,
        "label": "Hands fold a paper boat",
        "class": "other_take",
        "distance": "2.4 × noise",
        "decision": "accepted",
    },
]
QUIET = [
    {"id": f"i{n:02d}", "place": n, "label": label, "class": cls, "distance": far, "decision": None}
    for n, label, cls, far in (
        (4, "Rain on a window", "same", "1.0 × noise"),
        (11, "Wool in side light", "same", "0.8 × noise"),
        (2, "Slow move to the left", "identical", None),
    )
]
NUMBERS: list[dict[str, Any]] = [
    {"label": "SSIM, mean", "value": "0.962", "unit": "", "wanted": "at least 0.97", "state": "inconclusive"},
    {"label": "SSIM, lowest", "value": "0.869", "unit": "", "wanted": "at least 0.90", "state": "inconclusive"},
    {"label": "PSNR, mean", "value": "33.1", "unit": "dB", "wanted": "at least 30", "state": "pass"},
    {"label": "Time shift", "value": "0", "unit": "frames", "wanted": "0", "state": "pass"},
    {"label": "Sound, level", "value": None, "unit": "dB", "wanted": "", "state": ""},
]
WHY: list[dict[str, Any]] = [
    {
        "rung": "seed",
        "name": "seed and noise device",
        "label": "noise device",
        "path": "/ran/noise_device",
        "left": "cpu",
        "right": None,
        "note": "the service does not say",
        "testable": False,
        "why_not": "The other side does not say what it used.",
        "test": None,
    },
    {
        "rung": "shift",
        "name": "flow shift",
        "label": "stage 1, shift",
        "path": "/stages/0/shift",
        "left": "5.0",
        "right": "8.0",
        "note": "",
        "testable": True,
        "why_not": "",
        "test": {"check": "c-2042", "state": "judged", "effect": {"word": "explains", "text": "It explains it."}},
    },
]
REVIEW: dict[str, Any] = {
    "why": "The left side renders the full model, the right side a distilled one. No number says what that costs.",
    "left": 3,
    "rows": [
        {"key": key, "title": title, "look": look, "pairs": pairs, "where": where, "tick": tick, "before": before_}
        for key, title, look, pairs, where, tick, before_ in (
            (
                "small_text",
                "Small text",
                "Signs, pages and logos are as readable on both sides.",
                [{"id": "i07", "label": "Small text on a letter"}],
                "",
                {"person": "Ada", "when": before(hours=1), "note": "The letter reads well on both."},
                None,
            ),
            ("shadows", "Shadows", "Dark areas keep their detail.", [], "No input is labelled so.", None, None),
            (
                "texture",
                "Texture",
                "Hair, cloth and skin keep their grain.",
                [{"id": "i11", "label": "Wool in side light"}],
                "",
                None,
                {"person": "Ada", "when": before(hours=9), "note": ""},
            ),
            ("seeds", "Consistency across seeds", "Other seeds are as good.", [], "30 seeds.", None, None),
        )
    ],
}
LOOKS = [{"check": "c-1990", "pair": "4", "person": "Ada", "when": before(hours=30), "reason": "The hair is right."}]
COSTS = [{"label": "Time of one input, median", "left": "12.4 s", "right": "31.0 s", "note": "2.5 x on the right"}]
CHARTS: dict[str, Any] = {
    "steps": [
        {"kind": "same", "label": "the same, within noise", "count": 28, "left": 2, "start": 0, "width": 560},
        {"kind": "waiting", "label": "other takes", "count": 2, "left": 0, "start": 560, "width": 40},
    ],
    "far": {
        "unit": "× noise",
        "most": 3.1,
        "floor": 58.0,
        "tall": 58.0,
        "dots": [{"x": 200.0, "y": 50.0, "kind": "same", "key": "Rain", "value": 1.0}],
        "lines": [{"x": 190.0, "label": "the noise"}],
        "missing": 0,
    },
    "paired": "The right side is not worse in sharpness over 30 pairs.",
}


def side(where: dict[str, Any], name: str, media: str, caption: str) -> dict[str, Any]:
    return {**where, "video_url": f"{media}/{name}.mp4", "poster_url": None, "missing": "", "caption": caption}


def pair(media: str) -> dict[str, Any]:
    worst = [
        {
            "frame": n,
            "seconds": n / 24,
            "value": 0.866 + n / 10000,
            "unit": "",
            "left_url": f"{media}/left-{n}.png",
            "right_url": f"{media}/right-{n}.png",
            "heatmap_url": f"{media}/heat-{n}.png",
        }
        for n in (33, 34, 31, 36, 37)
    ]
    return {
        **ROWS[0],
        "prompt": "A puppet reads a letter by the window; the handwriting is legible.",
        "labels": ["small text", "hands"],
        "sentence": "The ball is lower on the right for eight frames; before and after the two are the same.",
        "reasons": [],
        "shape": "wide",
        "fps": 24,
        "frames": 48,
        "sound": True,
        "geometry": [],
        "left": side(LOCAL, "left", media, "12.4 s warm, seed 10"),
        "right": side(CLOUD, "right", media, "31.0 s, seed 10 as sent"),
        "numbers": NUMBERS,
        "curve": {"values": similarity(), "limit": 0.9, "label": "SSIM", "unit": ""},
        "worst": worst,
        "why": WHY,
        "looks": LOOKS,
        "decision": None,
        "decidable": True,
        "comments": COMMENTS,
        "previous_url": None,
        "next_url": "?pair=i19",
    }


def parity(media: str = "/media", **changed: Any) -> dict[str, Any]:
    counts = {"all": 30, "undecided": 1, "decided": 1}
    can = {"decide": True, "comment": True, "migrate": True, "add": True, "check": True, "try": True, "tick": True}
    context = {
        "can": can,
        "check": CHECK,
        "gates": GATES,
        "pairs": ROWS,
        "quiet": QUIET,
        "counts": counts,
        "pair": pair(media),
        "costs": COSTS,
        "charts": CHARTS,
    }
    more = {"items": 16, "most": 170, "url": "/p/autumn/parity/c-2041/extend"}
    more["again_url"] = "/p/autumn/parity/c-2041/again"
    return page(page_feature="parity", add=more, **{**context, **changed})
