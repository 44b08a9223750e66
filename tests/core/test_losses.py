from __future__ import annotations

from presets_app.core.losses import Loss


def test_a_loss_says_from_and_to_in_json():
    loss = Loss("/stages/0/sampler", "dropped", "", "euler", None, "The service chooses.")
    assert loss.as_json() == {
        "path": "/stages/0/sampler",
        "status": "dropped",
        "target_path": "",
        "from": "euler",
        "to": None,
        "note": "The service chooses.",
    }
