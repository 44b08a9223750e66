"""Adding a place that renders on a page: who may, what is asked first, what is shown of a ComfyUI server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from presets_app.models import Target
from tests.backends.comfyui.served import document, serving
from tests.support.pages import browser
from tests.support.people import People

pytestmark = pytest.mark.django_db
HERE = "/p/studio/targets/"


@pytest.fixture(scope="module")
def comfy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("comfy")) as server:
        yield server.address


def test_an_owner_adds_a_server_and_its_page_says_what_it_is(project: Any, people: People, comfy: str) -> None:
    given = {"name": "Comfy box", "kind": "comfyui", "address": comfy}
    answer = browser("olu").post(f"{HERE}new", given, follow=True)
    assert answer.redirect_chain == [(f"{HERE}comfy-box", 303)]
    page = answer.content.decode()
    for words in ("ComfyUI server", "0.27.0", "cpu, 8.0 GiB", "comfyui.commit", comfy):
        assert words in page
    assert "Add a target" in browser("olu").get(HERE).content.decode()
    assert "Add a target" not in browser("vic").get(HERE).content.decode()


def test_what_is_no_comfyui_is_refused_and_what_was_typed_stays(project: Any, people: People, stand_in: str) -> None:
    given = {"name": "Comfy box", "kind": "comfyui", "address": stand_in}
    answer = browser("olu").post(f"{HERE}new", given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "What answers at this address is not a ComfyUI server." in page
    assert stand_in in page
    assert not Target.objects.exists()


def test_a_server_in_the_teams_own_network_has_to_be_allowed(project: Any, people: People) -> None:
    given = {"name": "Box", "kind": "comfyui", "address": "http://192.168.77.77:8188"}
    answer = browser("olu").post(f"{HERE}new", given)
    assert answer.status_code == 422
    assert "own network" in answer.content.decode()


def test_a_preset_says_on_its_page_what_the_server_lacks_for_it(project: Any, people: People, comfy: str) -> None:
    from presets_app.services import presets, targets

    targets.add(project, people.olu, "comfy", name="Comfy", kind="comfyui", options={"base_url": comfy})
    models = {**document()["models"], "vae": ["gone.safetensors"]}
    saved = presets.save(project, people.ada, document(models=models), message="Look").preset
    page = browser("ada").get(f"/p/studio/presets/{saved.slug}?tab=targets").content.decode()
    assert "gone.safetensors" in page and "vae_name of VAELoader" in page
