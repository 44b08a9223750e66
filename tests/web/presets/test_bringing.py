"""Workflows, pictures and videos brought in on the page: what is shown, mended and kept before anything is saved."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from presets_app import wiring
from presets_app.models import Preset
from presets_app.services import muting, presets
from tests.support.graphs import api_graph, picture, png, ui_graph, video
from tests.support.pages import browser
from tests.support.people import People
from tests.support.project import document

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/p/studio/presets/new"
KEY = "hf_" + "a1B2" * 8
PIXEL = png()


@pytest.fixture
def ada(project: Any, people: People) -> Any:
    return browser("ada")


def given(name: str, data: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data if isinstance(data, bytes) else json.dumps(data).encode())


def brought(ada: Any, *files: SimpleUploadedFile, **more: Any) -> Any:
    return ada.post(NEW, {"step": "read", "file": list(files), **more})


def kept(ada: Any, page: Any, **fields: Any) -> Any:
    """Save, or what `do` says, from the page of a draft."""
    draft = page.context["draft"]
    sent = {"step": "save", "name": draft.name, "message": "Bring it in", "text": draft.text}
    return ada.post(NEW, {**sent, "source": page.context.get("source", ""), **fields})


def stored() -> int:
    root = wiring.artifact_path("0" * 64).parent.parent
    return sum(1 for place in root.rglob("*") if place.is_file()) if root.exists() else 0


def test_a_workflow_is_shown_with_what_was_off_in_it_apart(ada: Any) -> None:
    page = brought(ada, given("boat_final.json", ui_graph(api_graph(), muted=True)))
    draft = page.context["draft"]
    assert (page.status_code, draft.came_from, draft.savable) == (200, "a ComfyUI workflow", True)
    assert draft.name == "boat final"
    assert [problem.code for problem in draft.off] == ["node_off"]
    assert "node_off" not in {problem.code for problem in draft.problems}
    assert b"There, and without effect" in page.content
    assert not Preset.objects.exists()


def test_a_picture_and_a_video_are_read_as_the_workflow_they_carry(ada: Any, tmp_path: Path) -> None:
    clip = video(tmp_path / "boat.mp4", prompt=api_graph()).read_bytes()
    for name, data in (("boat.png", picture(prompt=api_graph())), ("boat.mp4", clip)):
        page = brought(ada, given(name, data))
        assert page.context["draft"].document["stages"][0]["seed"] == 7
        assert kept(ada, page, name=name.replace(".", " ")).status_code == 303
    assert Preset.objects.count() == 2


def test_a_draft_is_saved_under_the_name_of_its_file(ada: Any) -> None:
    page = brought(ada, given("boat_final.json", api_graph()))
    assert kept(ada, page)["Location"] == "/p/studio/presets/boat-final"
    assert Preset.objects.get().history.get().message == "Bring it in"


def test_a_file_beside_the_preset_is_kept_by_its_bytes_and_named_by_them(ada: Any, project: Any) -> None:
    page = brought(ada, given("flow.json", api_graph(image="C:\\shots\\Boat.png")), given("boat.PNG", PIXEL))
    held = page.context["draft"].document["inputs"]["image"]
    assert (held["name"], held["media_type"]) == ("boat.PNG", "image/png")
    assert wiring.artifacts().get(held["sha256"]) == PIXEL
    assert "asset_missing" not in {problem.code for problem in page.context["draft"].problems}
    assert b"C:/shots/Boat.png" in page.content
    assert kept(ada, page).status_code == 303
    saved = Preset.objects.get()
    assert presets.load(project, saved.slug, saved.head)["inputs"]["image"] == held


def test_a_missing_file_is_named_and_may_come_with_the_save_or_never(ada: Any, project: Any) -> None:
    page = brought(ada, given("flow.json", api_graph(image="/home/ada/boat.png")))
    draft = page.context["draft"]
    assert draft.savable
    assert [problem.path for problem in draft.missing] == ["/inputs/image"]
    assert "boat.png" in draft.missing[0].message
    assert kept(ada, page, name="Without").status_code == 303
    assert kept(ada, page, name="With", assets=given("boat.png", PIXEL)).status_code == 303
    documents = {row.slug: presets.load(project, row.slug, row.head)["inputs"]["image"] for row in Preset.objects.all()}
    assert documents["without"] == "boat.png"
    assert wiring.artifacts().has(documents["with"]["sha256"])


def test_files_can_be_added_to_a_draft_before_it_is_saved(ada: Any) -> None:
    page = brought(ada, given("flow.json", ui_graph(api_graph(image="boat.png"), muted=True)))
    again = kept(ada, page, do="check", assets=given("boat.png", PIXEL))
    draft = again.context["draft"]
    assert draft.missing == []
    assert draft.document["inputs"]["image"]["name"] == "boat.png"
    assert draft.losses and draft.off
    assert kept(ada, again).status_code == 303


def test_a_file_that_the_preset_does_not_name_is_not_kept_and_said(ada: Any) -> None:
    page = brought(ada, given("flow.json", api_graph()), given("other.png", PIXEL))
    assert "asset_unused" in {problem.code for problem in page.context["draft"].problems}
    assert stored() == 1  # the workflow itself


def test_a_secret_in_an_assets_metadata_is_named_by_its_place_and_the_file_is_not_kept(ada: Any) -> None:
    jpeg = b"\xff\xd8\xff\xe1" + b"Exif\0\0by " + KEY.encode() + bytes(50)
    for name, data in (("boat.png", png((b"tEXt", f"note\0{KEY}".encode()))), ("boat.jpg", jpeg)):
        page = brought(ada, given("flow.json", api_graph(image=name)), given(name, data))
        draft = page.context["draft"]
        assert not draft.savable
        assert KEY.encode() not in page.content
        assert [fault.path for fault in draft.problems if fault.code == "secret_found"] == ["/inputs/image"]
        assert not wiring.artifacts().has(hashlib.sha256(data).hexdigest())


def test_a_secret_in_a_workflow_is_refused_before_anything_is_kept(ada: Any) -> None:
    for data in (ui_graph(api_graph(prompt=KEY)), picture(prompt=api_graph(), extra=KEY)):
        page = brought(ada, given("flow", data))
        assert page.status_code == 422
        assert page.context["refused"]["code"] == "secret_found"
        assert KEY.encode() not in page.content
    assert stored() == 0


def test_a_fix_mends_one_problem_and_keeps_everything_else(ada: Any) -> None:
    page = brought(ada, given("flow.json", ui_graph(api_graph(), muted=True)))
    row = next(row for row in page.context["draft"].mendable if row["problem"].code == "wan_vae_unstated")
    assert row["fix"]
    assert f'value="{row["do"]}"'.encode() in page.content
    mended = kept(ada, page, do=row["do"], name="Typed")
    draft = mended.context["draft"]
    assert mended.status_code == 200
    assert draft.document["runtime"]["vae_dtype"] == "float32"
    assert row["problem"].code not in {problem.code for problem in draft.problems}
    assert draft.losses and draft.off and draft.came_from == "a ComfyUI workflow"
    assert (draft.name, draft.message) == ("Typed", "Bring it in")
    gone = kept(ada, mended, do=row["do"])
    assert (gone.status_code, gone.context["refused"]["code"]) == (422, "fix_gone")


def test_what_the_project_has_turned_off_is_counted_and_not_shown(ada: Any, project: Any, people: People) -> None:
    flow = ui_graph(api_graph(), muted=True)
    code = "wan_vae_unstated"
    before = brought(ada, given("flow.json", flow)).context["draft"]
    gone = [row["problem"].code for row in before.mendable].count(code)
    assert (gone, before.turned_off) == (1, 0)
    muting.mute(project, people.grace, code, "We set seeds by hand")
    page = brought(ada, given("flow.json", flow))
    assert code not in {row["problem"].code for row in page.context["draft"].mendable}
    assert "1 more is turned off in this project" in page.content.decode()


def test_what_the_file_did_not_say_is_settled_once_it_is_typed(ada: Any) -> None:
    request = {"model": "wavespeed-ai/ltx-2-19b/text-to-video", "input": {"prompt": "A fox", "seed": 7}}
    page = brought(ada, given("request.json", request))
    draft = page.context["draft"]
    missing = {problem.path for problem in draft.problems if problem.severity == "error"}
    assert "/frames" in missing
    again = kept(ada, page, do="check", text=f"{draft.text}frames: 121\n")
    left = {problem.path for problem in again.context["draft"].problems if problem.severity == "error"}
    assert "/frames" not in left
    assert again.context["draft"].losses


def test_after_a_refused_save_the_losses_are_still_there(ada: Any) -> None:
    page = brought(ada, given("flow.json", ui_graph(api_graph(), muted=True)))
    refused = kept(ada, page, message="")
    assert refused.status_code == 422
    assert refused.context["draft"].losses and refused.context["draft"].off
    assert refused.context["refused"]["values"]["name"] == "flow"


def test_what_a_draft_came_from_cannot_be_forged(ada: Any) -> None:
    """A digest that was not signed for this project is nothing: it would show what another project holds."""
    page = brought(ada, given("flow.json", api_graph(prompt="Private words")))
    digest = page.context["source"].split(":")[0]
    answer = ada.post(NEW, {"step": "save", "do": "check", "text": json.dumps(document()), "source": digest})
    assert answer.context["draft"].losses == []
    assert b"Private words" not in answer.content


def test_two_files_that_could_be_the_preset_are_asked_about(ada: Any) -> None:
    page = brought(ada, given("a.json", api_graph()), given("b.json", api_graph(seed=8)))
    assert (page.status_code, page.context["refused"]["code"]) == (422, "files_ambiguous")
    assert "a.json, b.json" in page.context["refused"]["message"]


def test_a_workflow_that_makes_nothing_says_what_was_understood(ada: Any) -> None:
    page = brought(ada, given("a.json", {"1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}}}))
    assert page.status_code == 422
    assert page.context["refused"]["message"]
    assert stored() == 0


def test_the_list_takes_a_dropped_file_and_offers_nothing_to_who_may_not(project: Any, people: People) -> None:
    assert b"data-drop" in browser("ada").get("/p/studio/presets/").content
    assert b"data-drop" not in browser("vic").get("/p/studio/presets/").content
    assert browser("vic").post(NEW, {"step": "read", "file": given("a.json", api_graph())}).status_code == 403


@pytest.mark.parametrize("do", ["fix:", "fix:a", "fix::/x", "fix:frames_rule:/frames", "check", "x" * 5000])
def test_odd_words_for_what_to_do_are_no_fault(ada: Any, do: str) -> None:
    page = brought(ada, given("flow.json", api_graph()))
    assert kept(ada, page, do=do, source="x:y:z").status_code in (200, 303, 422)
