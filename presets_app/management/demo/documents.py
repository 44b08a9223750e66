"""What the demo project holds: presets for the tiny models, a preview set with the edge cases, a batch of 200."""

from __future__ import annotations

from typing import Any

TINY = "Renders on an untrained tiny model: its pictures are noise, its pins and digests are real."
BATCH_SIZE = 200

_SUBJECTS = (
    "a puppet with auburn yarn hair",
    "a paper boat",
    "a brass clockwork bird",
    "a woven basket",
    "a glass of tea",
)
_PLACES = ("at dusk", "on a rainy street", "in a sunlit workshop", "beside a river", "under a street lamp")
_MOVES = ("slow push in", "camera pans left", "static camera", "orbit to the right")
_EDGES = (
    ("yarn-close", "yarn hair in macro, every fibre visible", ["fine texture"]),
    ("felt-weave", "woven felt filling the frame", ["fine texture"]),
    ("shop-sign", "a shop sign with small painted letters", ["small text"]),
    ("book-page", "an open book, the page readable", ["small text"]),
    ("candle-room", "a room lit by one candle", ["complex lighting"]),
    ("neon-rain", "neon signs mirrored in wet asphalt", ["complex lighting"]),
    ("two-hands", "two hands tying a knot", ["hands"]),
    ("fast-pan", "a fast pan across a market", ["camera move"]),
    ("orbit", "an orbit around a dancing puppet", ["camera move"]),
    ("short-talk", 'a puppet says "good evening" to the camera', ["dialogue"]),
)


def ltx2(
    *, prompt: str = "A close-up of a cheerful puppet with curly auburn yarn hair at dusk", seed: int = 10
) -> dict[str, Any]:
    """The reference preset on the tiny LTX-2, with sound."""
    return {
        "format": "matchframe/preset/1",
        "name": "Puppet at dusk",
        "description": f"Reference look for the autumn spots. {TINY}",
        "family": "ltx-2",
        "variant": "dev",
        "task": "t2v",
        "prompt": prompt,
        "negative_prompt": "blurry, low quality, still frame",
        "width": 96,
        "height": 64,
        "frames": 17,
        "fps": 24,
        "models": {"transformer": ["matchframe/tiny-ltx-2"]},
        "stages": [{"role": "base", "seed": seed, "steps": 4, "guidance": 3.0}],
        "audio": {"generate": True},
        "runtime": {"dtype": "float32", "offload": "none", "noise_device": "cpu"},
        "environment": ["WAVESPEED_API_KEY"],
    }


def wan22() -> dict[str, Any]:
    """A two-expert preset on the tiny WAN 2.2."""
    shared = {"steps": 6, "shift": 5.0}
    return {
        "format": "matchframe/preset/1",
        "name": "Paper boat",
        "description": f"Two experts, silent. {TINY}",
        "family": "wan-2.2",
        "variant": "t2v-a14b",
        "task": "t2v",
        "prompt": "A paper boat drifts along a rain gutter, camera follows at water level",
        "negative_prompt": "static, overexposed, low quality",
        "width": 96,
        "height": 64,
        "frames": 17,
        "fps": 16,
        "models": {"transformer": ["matchframe/tiny-wan-2.2-t2v"]},
        "stages": [
            {"role": "high_noise", "seed": 7, "guidance": 4.0, "start_step": 0, "end_step": 3, **shared},
            {"role": "low_noise", "seed": 7, "guidance": 3.0, "start_step": 3, "end_step": 6, **shared},
        ],
        "runtime": {"dtype": "float32", "vae_dtype": "float32", "offload": "none", "noise_device": "cpu"},
        "environment": ["WAVESPEED_API_KEY"],
    }


def preview() -> dict[str, Any]:
    items = [{"key": key, "prompt": prompt.capitalize(), "labels": labels} for key, prompt, labels in _EDGES]
    return {"format": "matchframe/inputs/1", "name": "Edge cases", "kind": "preview", "items": items}


def batch() -> dict[str, Any]:
    items = []
    for number in range(BATCH_SIZE):
        move = _MOVES[number % len(_MOVES)]
        subject, place = _SUBJECTS[number % len(_SUBJECTS)], _PLACES[number // len(_SUBJECTS) % len(_PLACES)]
        labels = ["camera move"] if move != "static camera" else []
        items.append(
            {
                "key": f"shot-{number + 1:03d}",
                "prompt": f"{subject.capitalize()} {place}, {move}",
                "seed": 1000 + number,
                "labels": labels,
            }
        )
    return {"format": "matchframe/inputs/1", "name": "Autumn batch", "kind": "batch", "items": items}
