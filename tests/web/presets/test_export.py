"""Taking a preset out: every form has a page with what becomes of each field, and a file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from presets_app.core.documents import parse
from presets_app.services import converting, presets, projects
from tests.support.graphs import api_graph
from tests.support.pages import browser, queries
from tests.support.people import People
from tests.support.project import document, save_again

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "/p/studio/presets/puppet-at-dusk/export"
WAN = "/p/studio/presets/boat/export"
KEY = "hf_" + "a1B2" * 8


@pytest.fixture
def ada(saved: Any) -> Any:
    return browser("ada")


@pytest.fixture
def boat(project: Any, people: People) -> Any:
    """A preset that a stock ComfyUI can render."""
    whole = converting.to_document(json.dumps(api_graph()).encode()).document
    assert whole is not None
    return presets.save(project, people.ada, {**whole, "name": "Boat"}, message="Look")


@pytest.mark.parametrize("form", converting.FORMS)
def test_every_form_has_a_page_with_the_fate_of_the_prompt(ada: Any, boat: Any, form: str) -> None:
    page = ada.get(WAN, {"form": form})
    assert page.status_code == 200
    listed = {loss.path for group in page.context["groups"] for loss in group.losses}
    assert "/prompt" in listed
    assert "/name" not in listed
    assert [entry["form"] for entry in page.context["forms"]] == list(converting.FORMS)
    assert page.context["exported"] or page.context["problems"]


def test_the_export_menu_of_a_preset_names_every_form(ada: Any) -> None:
    page = ada.get("/p/studio/presets/puppet-at-dusk").content.decode()
    for form in converting.FORMS:
        assert f"{HERE}?form={form}" in page


@pytest.mark.parametrize("form", ["comfyui", "wavespeed", "diffusers"])
def test_the_file_is_what_the_page_showed(ada: Any, boat: Any, form: str) -> None:
    page = ada.get(WAN, {"form": form})
    if page.context["exported"] is None:
        pytest.skip(f"{form} has no output for this preset")
    file = ada.get(WAN, {"form": form, "format": "json"})
    assert file["Content-Type"].startswith("application/json")
    assert f'filename="boat-{boat.digest[:8]}.{form}.json"' in file["Content-Disposition"]
    assert file["X-Content-Type-Options"] == "nosniff"
    assert converting.to_form(document_of(boat), form).output == json.loads(file.content)


def document_of(revision: Any) -> dict[str, Any]:
    return presets.load(revision.preset.project, revision.preset.slug, revision.commit)


def test_a_workflow_that_went_out_comes_in_again_as_the_same_preset(ada: Any, boat: Any) -> None:
    graph = ada.get(WAN, {"form": "comfyui", "format": "json"}).content
    back = converting.to_document(graph).document
    assert back is not None
    whole = document_of(boat)
    for field in ("prompt", "width", "height", "frames", "fps", "stages"):
        assert back[field] == whole[field]


def test_diffusers_gives_a_script_too(ada: Any, boat: Any) -> None:
    page = ada.get(WAN, {"form": "diffusers"})
    if page.context["exported"] is None:
        pytest.skip("diffusers has no output for this preset")
    script = ada.get(WAN, {"form": "diffusers", "format": "py"})
    assert script["Content-Type"].startswith("text/x-python")
    compile(script.content, "exported.py", "exec")


def test_the_document_goes_out_as_yaml_and_json(ada: Any) -> None:
    for query in ({"form": "document", "format": "yaml"}, {"format": "json"}, {}):
        assert parse(ada.get(HERE, query).content).document == document()
    page = ada.get(HERE, {"form": "document"})
    assert page.status_code == 200
    assert [group.status for group in page.context["groups"]] == ["carried"]


def test_a_file_with_an_error_against_it_says_that_it_is_not_ready(ada: Any, project: Any, people: People) -> None:
    whole = converting.to_document(json.dumps(api_graph(seed=2**63)).encode()).document
    assert whole is not None
    presets.save(project, people.ada, {**whole, "name": "Boat"}, message="A seed no service takes")
    page = ada.get(WAN, {"form": "wavespeed"})
    assert page.context["exported"] and not page.context["ready"]
    assert b"not ready to be used" in page.content
    assert b"button-primary" not in page.content


def test_an_older_revision_goes_out_as_it_was(ada: Any, project: Any, people: People, saved: Any) -> None:
    first = saved.head
    save_again(project, people.ada, prompt="A boat")
    page = ada.get(HERE, {"form": "comfyui", "revision": first})
    assert page.context["preset"]["number"] == 1
    assert all(f"revision={first}" in entry["url"] for entry in page.context["forms"])
    held = ada.get(HERE, {"form": "document", "format": "json", "revision": first})
    assert json.loads(held.content) == document()


def test_what_cannot_be_made_is_said_and_offers_no_file(ada: Any) -> None:
    """The tiny model of the tests is no file that a ComfyUI knows."""
    for form in ("comfyui", "ltx-api", "dashscope"):
        page = ada.get(HERE, {"form": form})
        if page.context["exported"] is None:
            assert b"Nothing can be exported" in page.content
            assert page.context["problems"]
            assert "Content-Disposition" not in ada.get(HERE, {"form": form, "format": "json"})


def test_a_local_only_project_says_that_nothing_is_sent(ada: Any, boat: Any, project: Any, people: People) -> None:
    type(project).objects.filter(pk=project.pk).update(local_only=True)
    cloud, local = ada.get(WAN, {"form": "wavespeed"}), ada.get(WAN, {"form": "comfyui"})
    assert "export_local_only" in {problem.code for problem in cloud.context["problems"]}
    assert b"This project is local-only" in cloud.content
    assert b"This project is local-only" not in local.content


def test_a_value_that_became_a_secret_since_stops_the_export(ada: Any, saved: Any, cloud: Any) -> None:
    """The document was saved before the target's key was set to words that stand in it."""
    from presets_app.services import targets

    owner = projects_owner(saved.project)
    targets.set_value(cloud, owner, "WAVESPEED_API_KEY", "cheerful puppet")
    page = ada.get(HERE, {"form": "comfyui"})
    assert page.status_code == 422
    assert [problem.path for problem in page.context["problems"]] == ["/prompt"]
    assert page.context["exported"] is None
    assert b"cheerful puppet" not in page.content


def projects_owner(project: Any) -> Any:
    from tests.support.people import actor

    assert projects
    return actor("olu", project)


@pytest.mark.parametrize("query", [{"form": "sora"}, {"form": "../x"}, {"revision": "0" * 40, "form": "comfyui"}])
def test_what_is_not_there_is_not_found(ada: Any, query: dict[str, str]) -> None:
    assert ada.get(HERE, query).status_code == 404


def test_a_page_asks_the_database_as_often_for_any_form(ada: Any, boat: Any) -> None:
    counts = {queries(ada, f"{WAN}?form={form}") for form in ("document", "comfyui", "wavespeed")}
    assert max(counts) - min(counts) <= 1
    assert max(counts) < 20
