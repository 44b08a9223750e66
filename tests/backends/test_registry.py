"""Every kind that is reached over HTTP has one of two shapes."""

from __future__ import annotations

import pytest

from presets_app.backends.registry import CLOUD_KINDS, SERVER_KINDS, load, load_server
from presets_app.core.errors import NotFound


@pytest.mark.parametrize("kind", CLOUD_KINDS)
def test_every_kind_loads_as_a_backend_of_its_own_name(kind: str) -> None:
    assert load(kind).kind == kind


@pytest.mark.parametrize("kind", SERVER_KINDS)
def test_every_kind_of_server_loads_as_a_backend_of_its_own_name(kind: str) -> None:
    backend = load_server(kind)
    assert backend.kind == kind
    assert backend.work_id("item", 1) == backend.work_id("item", 1) != backend.work_id("item", 2)


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NotFound) as caught:
        load("nowhere")
    assert "wavespeed" in caught.value.problems[0].hint
