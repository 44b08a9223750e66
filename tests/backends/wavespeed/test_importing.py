"""A request as a draft: nothing is made up."""

from __future__ import annotations

from presets_app.backends.wavespeed.compiling import compile_request
from presets_app.backends.wavespeed.importing import import_request
from tests.backends.wavespeed.documents import MODELS, TINY_LTX, ltx


def test_a_request_comes_back_as_the_parts_of_the_document_that_it_holds() -> None:
    model = MODELS[TINY_LTX]
    draft, losses, problems = import_request(model, compile_request(ltx(), model).body)
    assert (draft["width"], draft["frames"], draft["stages"][0]["seed"]) == (96, 17, 10)
    assert {loss.target_path[1:] for loss in losses} == set(compile_request(ltx(), model).body)
    assert problems == []


def test_what_a_request_does_not_say_is_left_out_and_named() -> None:
    draft, losses, problems = import_request(
        MODELS["wavespeed-ai/wan-2.2/t2v-480p"], {"prompt": "x", "size": "832*480", "duration": 5, "seed": -1}
    )
    assert (draft["width"], draft["height"], draft["family"], draft["task"]) == (832, 480, "wan-2.2", "t2v")
    assert "frames" not in draft
    assert "seed" not in draft["stages"][0]
    assert {problem.path for problem in problems} == {"/stages/0/seed", "/frames", "/fps"}
    assert [loss.target_path for loss in losses if loss.status == "dropped"] == ["/seed", "/duration"]
