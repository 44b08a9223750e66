"""Which model of the catalogue renders a document."""

from __future__ import annotations

import pytest

from presets_app.backends.base import CatalogueModel
from presets_app.backends.wavespeed.capability import choose_model, honoured
from presets_app.core.problems import Problem
from tests.backends.wavespeed.documents import MODELS, TINY_LTX, ltx, wan


def chosen(document: dict[str, object], model_map: dict[str, str] | None = None) -> str:
    found = choose_model(document, MODELS.values(), model_map or {})
    return found.model_id if isinstance(found, CatalogueModel) else found.code


def test_the_targets_map_of_transformers_comes_first() -> None:
    assert chosen(ltx(), {"matchframe/tiny-ltx-2": TINY_LTX}) == TINY_LTX


@pytest.mark.parametrize(
    ("changes", "model_id"),
    [
        ({}, "wavespeed-ai/ltx-2-19b/text-to-video"),
        ({"family": "ltx-2.3", "task": "i2v"}, "wavespeed-ai/ltx-2.3/image-to-video"),
        ({"family": "ltx-2.5"}, "wavespeed-ai/ltx-2.5/text-to-video"),
        ({"family": "wan-2.2", "width": 832, "height": 480}, "wavespeed-ai/wan-2.2/t2v-480p"),
        ({"family": "wan-2.2", "width": 720, "height": 1280}, "wavespeed-ai/wan-2.2/t2v-720p"),
        ({"family": "wan-2.2", "task": "i2v"}, "wavespeed-ai/wan-2.2/image-to-video"),
        ({"family": "wan-2.6"}, "alibaba/wan-2.6/text-to-video"),
        ({"stages": [{"role": "base", "loras": [{"file": "x"}]}]}, "wavespeed-ai/ltx-2-19b/text-to-video-lora"),
    ],
)
def test_without_a_map_family_task_and_size_decide(changes: dict[str, object], model_id: str) -> None:
    assert chosen(ltx(**changes)) == model_id


def test_a_model_that_is_not_offered_now_is_a_problem_that_names_it() -> None:
    found = choose_model(ltx(), [], {"matchframe/tiny-ltx-2": "gone/model"})
    assert isinstance(found, Problem)
    assert (found.code, "gone/model" in found.message) == ("model_not_offered", True)


@pytest.mark.parametrize(
    "changes", [{"family": "wan-2.1"}, {"task": "s2v"}, {"family": "wan-2.2", "task": "vace-ref2v"}]
)
def test_a_family_or_task_without_a_model_is_a_problem(changes: dict[str, object]) -> None:
    assert chosen(ltx(**changes)) == "no_model"


def test_what_a_model_honours_is_read_from_its_schema() -> None:
    assert "/stages/0/steps" in honoured(MODELS[TINY_LTX])
    assert "/stages/0/steps" not in honoured(MODELS["wavespeed-ai/wan-2.2/t2v-480p"])
    assert "/negative_prompt" in honoured(MODELS["wavespeed-ai/wan-2.2/t2v-480p"])
    assert chosen(wan(), {"high": "wavespeed-ai/wan-2.2/t2v-480p"}) == "wavespeed-ai/wan-2.2/t2v-480p"
