"""The checks a server makes before it runs a graph."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from presets_app.backends.comfyui.exporting import compile_graph
from presets_app.backends.comfyui.stock import schemas
from presets_app.backends.comfyui.validating import faults
from tests.backends.comfyui.exporting.documents import EVERY_KIND, codes, wan

SERVER = Path(os.environ.get("MATCHFRAME_SAMPLES", "")) / "comfyui" / "server"
HAVE_SAMPLES = bool(os.environ.get("MATCHFRAME_SAMPLES")) and SERVER.is_dir()
needs_samples = pytest.mark.skipif(not HAVE_SAMPLES, reason="MATCHFRAME_SAMPLES names no folder of samples")
REFUSALS = {
    "invalid_required_input_missing": "required_input_missing",
    "invalid_return_type_mismatch": "return_type_mismatch",
    "invalid_seed_2_64": "value_bigger_than_max",
    "invalid_type": "invalid_input_type",
    "invalid_value_not_in_list": "value_not_in_list",
    "invalid_value_smaller_than_min": "value_smaller_than_min",
    "invalid_value_too_big": "value_bigger_than_max",
    "invalid_unknown_class": "missing_node_type",
    "invalid_no_class_type": "missing_node_type",
    "invalid_missing_node": "bad_linked_input",
    "invalid_no_outputs": "prompt_no_outputs",
}


def graph() -> dict[str, Any]:
    return deepcopy(compile_graph(wan()).output)


def found(changed: dict[str, Any], info: dict[str, Any] | None = None) -> dict[str, str]:
    return {fault.code: fault.name for fault in faults(changed, info)}


def of_class(held: dict[str, Any], class_type: str) -> dict[str, Any]:
    return next(node["inputs"] for node in held.values() if node["class_type"] == class_type)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_graph_passes(kind: str) -> None:
    made = compile_graph(EVERY_KIND[kind])
    assert made.output
    assert faults(made.output) == []


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_required_input_of_every_node_is_there(kind: str) -> None:
    for node in compile_graph(EVERY_KIND[kind]).output.values():
        assert set(schemas()[node["class_type"]]["input"]["required"]) <= set(node["inputs"])
        assert node["_meta"]["title"]


def test_a_missing_input_a_wrong_type_and_a_wrong_link_are_found() -> None:
    held = graph()
    del of_class(held, "KSamplerAdvanced")["cfg"]
    of_class(held, "EmptyHunyuanLatentVideo")["width"] = "wide"
    of_class(held, "SaveVideo")["video"] = ["1", 0]
    of_class(held, "VAEDecode")["vae"] = ["nobody", 0]
    assert found(held) == {
        "required_input_missing": "cfg",
        "invalid_input_type": "width",
        "return_type_mismatch": "video",
        "bad_linked_input": "vae",
    }


def test_a_slot_that_the_node_does_not_have_is_found() -> None:
    held = graph()
    link = of_class(held, "VAEDecode")["samples"]
    link[1] = 5
    assert found(held) == {"return_type_mismatch": "samples"}


def test_a_circle_is_found() -> None:
    held = graph()
    first = next(name for name, node in held.items() if node["class_type"] == "LoraLoaderModelOnly")
    held[first]["inputs"]["model"] = [first, 0]
    assert found(held) == {"dependency_cycle": ""}


def test_a_graph_that_saves_nothing_is_found() -> None:
    held = {name: node for name, node in graph().items() if node["class_type"] != "SaveVideo"}
    assert found(held) == {"prompt_no_outputs": ""}


def test_a_server_without_the_node_or_the_file_is_told_in_the_documents_words() -> None:
    info = deepcopy(schemas())
    del info["SaveVideo"]
    info["UNETLoader"]["input"]["required"]["unet_name"] = ["COMBO", {"options": ["other.safetensors"]}]
    made = compile_graph(wan(), object_info=info)
    assert made.output == {}
    problems = {(problem.code, problem.path) for problem in made.problems}
    assert ("value_not_in_list", "/stages/0/model") in problems
    assert ("value_not_in_list", "/stages/1/model") in problems
    assert ("missing_node_type", "") in problems


def test_a_server_that_has_everything_is_told_nothing() -> None:
    assert codes(compile_graph(wan(), object_info=schemas())) == set()


def test_uploads_are_not_looked_up_in_the_list() -> None:
    info = deepcopy(schemas())
    info["LoadImage"]["input"]["required"]["image"] = [["old.png"], {"image_upload": True}]
    made = compile_graph(wan("i2v", inputs={"image": "fox.png"}), assets={"image": "fox.png"}, object_info=info)
    assert made.output


@needs_samples
def test_our_own_facts_are_those_of_a_real_server() -> None:
    real = json.loads((SERVER / "object_info.ltx_wan.json").read_text(encoding="utf-8"))
    shared = set(real) & set(schemas())
    assert len(shared) > 40
    for name in shared:
        own, theirs = schemas()[name], real[name]
        assert own["output"] == theirs["output"][: len(own["output"])], name
        assert set(own["input"]["required"]) == set(theirs["input"]["required"]), name
        assert set(own["input"]["optional"]) <= set(theirs["input"].get("optional", {})), name
        for field, (kind, rules) in own["input"]["required"].items():
            same_rules(f"{name}.{field}", kind, rules, theirs["input"]["required"][field])


def same_rules(place: str, kind: Any, rules: dict[str, Any], theirs: list[Any]) -> None:
    theirs = [*theirs, {}]
    choices = theirs[0] if isinstance(theirs[0], list) else theirs[1].get("options")
    if isinstance(kind, list):
        assert set(kind) <= set(choices), place
    elif kind == "FILE":
        assert isinstance(choices, list), place
    else:
        assert theirs[0] == kind, place
        assert {key: theirs[1].get(key) for key in rules} == rules, place


@needs_samples
def test_what_a_real_server_accepted_is_accepted() -> None:
    for name in ("wan22_t2v_14B", "savevideo"):
        body = json.loads((SERVER / f"{name}.prompt_request.json").read_text(encoding="utf-8"))
        stock = [fault for fault in faults(body["prompt"]) if fault.code != "missing_node_type"]
        assert stock == []


@needs_samples
@pytest.mark.parametrize("name", REFUSALS)
def test_what_a_real_server_refused_is_refused_for_the_same_reason(name: str) -> None:
    info = json.loads((SERVER / "object_info.ltx_wan.json").read_text(encoding="utf-8"))
    info |= {"VAEDecode": schemas()["VAEDecode"]}
    body = json.loads((SERVER / f"{name}.prompt_request.json").read_text(encoding="utf-8"))
    assert REFUSALS[name] in found(body["prompt"], info)
