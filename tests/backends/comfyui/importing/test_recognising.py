"""What is taken for a workflow."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.backends.comfyui.importing import recognises

API = {"1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}}}
UI = {"nodes": [{"id": 1, "type": "LoadImage"}], "links": [], "version": 0.4}


@pytest.mark.parametrize("value", [API, UI, {"prompt": API}, {"prompt": API, "client_id": "x"}, {"workflow": UI}])
def test_a_workflow_is_recognised_in_every_wrapping(value: dict[str, Any]) -> None:
    assert recognises(value)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"format": "matchframe/preset/1", "name": "x", "stages": []},
        {"prompt": "a fox", "seed": 3},
        {"input": {"prompt": "a fox"}, "model": "wan2.6-t2v"},
        {"nodes": []},
        {"nodes": [1, "two"]},
        {"1": {"class_type": 7}},
        {"prompt": [1, 2]},
    ],
)
def test_other_objects_are_left_to_others(value: dict[str, Any]) -> None:
    assert not recognises(value)
