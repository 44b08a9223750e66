"""What a stock ComfyUI server can be asked for."""

from __future__ import annotations

import pytest

from presets_app.backends.comfyui import capability
from presets_app.backends.comfyui.exporting import to_form
from tests.backends.comfyui.exporting.documents import EVERY_KIND


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_what_is_said_to_be_honoured_reaches_the_graph(kind: str) -> None:
    document = EVERY_KIND[kind]
    honoured = capability.honoured(document)
    for loss in to_form(document).losses:
        if loss.path in honoured:
            assert loss.status != "dropped", loss.path


def test_families_without_open_weights_have_no_tasks() -> None:
    assert capability.tasks("wan-2.6") == ()
    assert "s2v" in capability.tasks("wan-2.2")
    assert "s2v" not in capability.tasks("wan-2.1")
    assert capability.honoured({"family": "wan-2.6"}) == frozenset()
