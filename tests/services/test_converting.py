"""What a file is, and what becomes of it on the way in and out; the command's own tests walk the bad files."""

from __future__ import annotations

import json
from typing import Any

import pytest

from presets_app.core.asset_names import base_name, kind_of, name_of
from presets_app.core.errors import Invalid, NotFound
from presets_app.core.ledger import leaves
from presets_app.services import converting
from tests.support.graphs import api_graph, picture, ui_graph
from tests.support.project import document

KEY = "hf_" + "a1B2" * 8
SCRIPT = """
import torch
from diffusers import WanPipeline

pipe = WanPipeline.from_pretrained("Wan-AI/Wan2.2-TI2V-5B-Diffusers", torch_dtype=torch.bfloat16)
frames = pipe(prompt="A paper boat", num_frames=81, width=832, height=480, num_inference_steps=20).frames[0]
"""
REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "a WaveSpeed request": (
        "a WaveSpeed request",
        {"model": "wavespeed-ai/ltx-2-19b/text-to-video", "input": {"prompt": "A boat", "seed": 7}},
    ),
    "a diffusers call": (
        "a diffusers call",
        {"pipeline": "WanPipeline", "from_pretrained": "Wan-AI/Wan2.2-TI2V-5B-Diffusers", "call": {"prompt": "A boat"}},
    ),
    "a workflow": ("a ComfyUI workflow", api_graph(prompt="A boat")),
    "a drawn workflow": ("a ComfyUI workflow", ui_graph(api_graph(prompt="A boat"))),
}


def converted(value: Any, **more: Any) -> converting.Converted:
    return converting.to_document(value if isinstance(value, bytes) else json.dumps(value).encode(), **more)


@pytest.mark.parametrize("name", REQUESTS)
def test_every_form_is_recognised_and_named(name: str) -> None:
    words, value = REQUESTS[name]
    found = converted(value)
    assert found.came_from == words
    assert found.document is not None and found.document["prompt"] == "A boat"
    assert found.losses


def test_a_script_is_recognised_by_its_name_or_by_its_words() -> None:
    for name in ("render.py", ""):
        found = converted(SCRIPT.encode(), name=name)
        assert found.came_from == "a diffusers script"
        assert found.document is not None
        assert (found.document["prompt"], found.document["frames"]) == ("A paper boat", 81)


def test_a_script_that_cannot_be_read_is_refused() -> None:
    for text in (b"x = (", b"x = " + b"(" * 100_000, b"x = 1\n" * 300_000, b"\xff\xfe\x00"):
        with pytest.raises(Invalid) as refusal:
            converted(text, name="render.py")
        assert refusal.value.code


def test_a_key_in_a_script_is_found_before_the_script_is_read() -> None:
    with pytest.raises(Invalid) as refusal:
        converted(f'{SCRIPT}\ntoken = "{KEY}"\n'.encode(), name="render.py")
    assert refusal.value.code == "secret_found"
    assert KEY not in str([problem.as_json() for problem in refusal.value.problems])


def test_a_stored_value_of_this_installation_is_found_in_a_file() -> None:
    with pytest.raises(Invalid) as refusal:
        converted(api_graph(prompt="say open-sesame twice"), known=["open-sesame"])
    assert refusal.value.code == "secret_found"


def test_a_picture_says_what_it_is_made_of() -> None:
    assert converted(picture(prompt=api_graph())).came_from == "a ComfyUI workflow in a PNG picture"


def test_the_graphs_of_one_picture_that_agree_are_read_without_a_word() -> None:
    found = converted(picture(prompt=api_graph(), workflow=ui_graph(api_graph())))
    assert "embedded_graphs_differ" not in {problem.code for problem in found.problems}


def test_problems_come_errors_first_and_each_once() -> None:
    found = converted(api_graph(image="C:\\boat.png")).problems
    order = [("error", "warning", "note").index(problem.severity) for problem in found]
    assert order == sorted(order)
    assert len(set(found)) == len(found)


def test_a_renamed_file_is_told_with_what_it_was() -> None:
    found = converted(api_graph(image="C:\\shots\\boat.png"))
    assert [(entry.path, entry.before, entry.after, entry.kind) for entry in found.renamed] == [
        ("/inputs/image", "C:/shots/boat.png", "boat.png", "a Windows path")
    ]


def test_a_document_as_a_document_carries_every_leaf() -> None:
    made = converting.to_form(document(), "document")
    assert made.output == document()
    assert {loss.path for loss in made.losses} == {path for path, _ in leaves(document())}
    assert {loss.status for loss in made.losses} == {"carried"}


def test_a_form_nobody_knows_is_not_found() -> None:
    with pytest.raises(NotFound):
        converting.to_form(document(), "sora")


@pytest.mark.parametrize(
    ("text", "asset", "name"),
    [
        ("D:\\ComfyUI\\models\\loras\\wan\\x.safetensors", False, "wan/x.safetensors"),
        ("/srv/models/diffusion_models/x.safetensors", False, "x.safetensors"),
        ("wan\\x.safetensors", False, "wan/x.safetensors"),
        ("Lightricks/LTX-2", False, "Lightricks/LTX-2"),
        ("https://example.org/a.png", True, "https://example.org/a.png"),
        ("input/refs/a.png", True, "refs/a.png"),
        ("refs/a.png", True, "refs/a.png"),
        ("../../a.png", True, "a.png"),
        ("/", True, "/"),
        ("~", True, "~"),
    ],
)
def test_a_name_that_every_machine_understands(text: str, asset: bool, name: str) -> None:
    assert name_of(text, asset=asset) == name
    assert bool(kind_of(name, asset=asset)) is (name in "/~")


def test_files_are_matched_by_their_bare_names_whatever_the_case() -> None:
    assert base_name("C:\\Shots\\Boat.PNG [input]") == base_name("refs/boat.png") == "boat.png"
