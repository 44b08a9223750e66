"""The ladder of causes, from requests as they are really compiled."""

from __future__ import annotations

from typing import Any

from presets_app.backends.wavespeed.compiling import compile_request
from presets_app.core.parity_ladder import ORDER, effect, ladder, of_request, of_result, rung_of
from tests.backends.wavespeed.documents import MODELS, TINY_LTX, ltx, two_stage_ltx

WEIGHTS = {"repository": "matchframe/tiny-ltx-2", "revision": "a" * 40}


def local(document: dict[str, Any]) -> dict[str, Any]:
    return {"document": document, "weights": WEIGHTS}


def cloud(document: dict[str, Any], model: str = TINY_LTX) -> dict[str, Any]:
    sent = compile_request(document, MODELS[model])
    return {"document": document, "body": sent.body, "model": model, "losses": [loss.as_json() for loss in sent.losses]}


def paths(rungs: Any) -> list[str]:
    return [rung.path for rung in rungs]


def test_equal_requests_have_no_rungs() -> None:
    assert ladder(of_request(local(ltx())), of_request(local(ltx()))) == []


def test_what_a_service_does_not_take_is_a_rung_and_what_it_takes_is_none() -> None:
    found = ladder(of_request(local(ltx())), of_request(cloud(ltx())), testable=["left"])
    assert not {"/stages/0/seed", "/stages/0/steps", "/prompt", "/frames"} & set(paths(found))
    assert {"/runtime/offload"} <= set(paths(found))
    unstated = found[-1]
    assert (unstated.rung, unstated.left, unstated.right) == ("other", None, None)
    assert "own default" in unstated.label
    offload = next(rung for rung in found if rung.path == "/runtime/offload")
    assert (offload.change, offload.right) == (None, None)
    assert offload.why_not == "The other side does not say what it used."


def test_rungs_come_in_the_order_of_their_known_impact() -> None:
    other = ltx(fps=25, runtime={"dtype": "bfloat16", "noise_device": "cpu"})
    other["stages"] = [{**other["stages"][0], "steps": 8, "seed": 11, "guidance": 5.0, "sampler": "heun"}]
    found = ladder(of_request(local(ltx())), of_request(local(other)), testable=["left", "right"])
    ranks = [ORDER.index(rung.rung) for rung in found]
    assert ranks == sorted(ranks)
    assert [rung.rung for rung in found][:4] == ["sigmas", "sampler", "seed", "guidance"]
    steps = found[0]
    assert (steps.label, steps.side, steps.change) == ("stage 1, steps", "left", {"/stages/0/steps": 8})


def test_seconds_are_not_tried_as_frames() -> None:
    model = "wavespeed-ai/ltx-2-19b/text-to-video"
    document = two_stage_ltx()
    found = ladder(of_request(local(document)), of_request(cloud(document, model)), testable=["left"])
    frames = next(rung for rung in found if rung.path == "/frames")
    assert (frames.right, frames.change) == (5, None)
    assert frames.why_not == "The two say it in different words."
    assert "more" in frames.note


def test_a_seed_that_a_service_returned_otherwise_is_a_rung() -> None:
    seeds = [{"stage": "all", "sent": 10, "returned": 77, "noise_device": None}]
    right = {**of_request(cloud(ltx())), **of_result({"seeds": seeds})}
    found = ladder(of_request(local(ltx())), right, testable=["left"])
    assert found[[rung.rung for rung in found].index("seed")].right == 77


def test_the_places_of_the_issue_have_rungs_of_their_own() -> None:
    places = {
        "/stages/0/sigmas": "sigmas",
        "/stages/0/sampler": "sampler",
        "/ran/noise_device": "seed",
        "/service/enable_prompt_expansion": "prompt",
        "/stages/1/loras/0/strength": "lora",
        "/stages/1/guidance": "guidance",
        "/stages/0/shift": "shift",
        "/runtime/dtype": "dtype",
        "/ran/attention": "attention",
        "/runtime/vae_tiling": "tiling",
        "/fps": "fps",
        "/output/crf": "encoder",
    }
    assert {place: rung_of(place) for place in places} == places


def test_a_test_says_how_much_it_explains() -> None:
    assert effect([0.6, 0.7], [1.0, 0.98], ["identical", "same"])["word"] == "explains"
    assert effect([0.6], [0.8], ["other_take"])["word"] == "part"
    assert effect([0.6], [0.61], ["other_take"])["word"] == "nothing"
    assert effect([0.6], [0.2], ["different"])["word"] == "worse"
    assert effect([], [], [])["word"] == "unclear"
