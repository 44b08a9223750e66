"""`presets import`: whatever can be converted becomes a preset, with the files it names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from presets_app import wiring
from presets_app.models import Preset
from presets_app.services import presets
from tests.management.conftest import Manage
from tests.support.graphs import api_graph, picture, png
from tests.support.project import document

pytestmark = pytest.mark.django_db
KEY = "hf_" + "a1B2" * 8


def file(folder: Path, name: str, data: Any) -> str:
    place = folder / name
    place.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return str(place)


def test_a_workflow_is_brought_in_under_the_name_of_its_file_with_its_picture(
    manage: Manage, people: Any, tmp_path: Path, project: Any
) -> None:
    flow = file(tmp_path, "boat_final.json", api_graph(image="C:\\shots\\boat.png"))
    answered = manage("presets", "import", flow, "--asset", file(tmp_path, "boat.png", png()), "--as", "ada")
    assert (answered.code, answered.value["preset"]) == (0, "boat-final")
    row = Preset.objects.get()
    image = presets.load(project, row.slug, row.head)["inputs"]["image"]
    assert wiring.artifacts().get(image["sha256"]) == png()


def test_a_document_is_saved_with_the_picture_that_it_names(
    manage: Manage, people: Any, tmp_path: Path, project: Any
) -> None:
    place = file(tmp_path, "preset.json", document(task="i2v", inputs={"first_image": "boat.png"}))
    image = file(tmp_path, "boat.png", png())
    answered = manage("presets", "save", place, "--asset", image, "--message", "With its picture", "--as", "ada")
    assert (answered.code, [code for code in answered.codes if code.startswith("asset")]) == (0, [])
    row = Preset.objects.get()
    kept = presets.load(project, row.slug, row.head)["inputs"]["first_image"]
    assert wiring.artifacts().get(kept["sha256"]) == png()


def test_a_picture_is_brought_in_as_what_it_carries(manage: Manage, people: Any, tmp_path: Path) -> None:
    made = file(tmp_path, "boat.png", picture(prompt=api_graph()))
    assert manage("presets", "import", made, "--as", "ada").value["preset"] == "boat"


def test_a_secret_keeps_a_file_and_its_pictures_out(manage: Manage, people: Any, tmp_path: Path) -> None:
    flow, image = file(tmp_path, "a.json", api_graph(prompt=KEY)), file(tmp_path, "boat.png", png())
    answered = manage("presets", "import", flow, "--asset", image, "--as", "ada")
    assert (answered.code, answered.codes) == (1, ["secret_found"])
    assert KEY not in json.dumps(answered.value)
    assert not Preset.objects.exists()
    assert not Path(wiring.artifact_path("0" * 64)).parent.parent.exists()


def test_a_viewer_brings_nothing_in(manage: Manage, people: Any, tmp_path: Path) -> None:
    answered = manage("presets", "import", file(tmp_path, "a.json", api_graph()), "--as", "vic")
    assert (answered.code, answered.codes) == (1, ["not_permitted"])
    assert not Path(wiring.artifact_path("0" * 64)).parent.parent.exists()
