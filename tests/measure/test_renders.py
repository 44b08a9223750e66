"""Real renders of the tiny untrained models, whose pictures look like noise and are not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from presets_app.core.parity import PairJudgement, classify
from presets_app.measure import PairFiles, measure_pairs
from tests.runner.presets import LTX, WAN, ltx, snapshot, wan, with_stage

os.environ.setdefault("OMP_NUM_THREADS", "1")
pytestmark = [pytest.mark.render, pytest.mark.journey]
Judged = dict[str, PairJudgement]


def rendered(folder: Path, weights: Path, document: dict[str, Any], repository: str) -> Judged:
    from runner import pipelines
    from runner.encode import encode

    place = snapshot(weights, repository)
    loaded = pipelines.load(document, place)
    base = loaded.render(document, lambda _progress: None)
    other = loaded.render(with_stage(document, seed=2), lambda _progress: None)
    coarse = pipelines.load(document, place, dtype="bfloat16").render(document, lambda _progress: None)
    late = np.concatenate([base.frames[:1], base.frames[:-1]])
    sides = {"base": (base, base.frames), "again": (base, base.frames), "seed": (other, other.frames)}
    sides |= {"bf16": (coarse, coarse.frames), "late": (base, late)}
    for name, (made, frames) in sides.items():
        encode(frames, document["fps"], folder / f"{name}.mp4", samples=made.samples, audio_rate=made.audio_rate)
    names = [name for name in sides if name != "base"]
    measured = measure_pairs([PairFiles(folder / "base.mp4", folder / f"{name}.mp4") for name in names])
    return {
        name: classify(seen, family=document["family"], key=name) for name, seen in zip(names, measured, strict=True)
    }


@pytest.fixture(scope="module", params=[(wan(), WAN), (ltx(), LTX)], ids=["wan-2.2", "ltx-2"])
def judged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    from runner.tiny.__main__ import main

    weights = tmp_path_factory.mktemp("weights")
    assert main(["--out", str(weights)]) == 0
    return rendered(tmp_path_factory.mktemp("renders"), weights, *request.param)


def test_renders_are_judged_for_what_they_are(judged: Judged) -> None:
    classes = {name: (pair.pair_class, pair.verdict) for name, pair in judged.items()}
    assert classes == {
        "again": ("identical", "pass"),
        "seed": ("other_take", "inconclusive"),
        "bf16": ("same", "pass"),
        "late": ("different", "fail"),
    }
    late = judged["late"].reasons
    assert [(reason["code"], reason.get("frames")) for reason in late] == [("time_shift", 1)]


def test_an_untrained_model_is_not_taken_for_static_noise(judged: Judged) -> None:
    assert "static_noise" not in {reason["code"] for pair in judged.values() for reason in pair.reasons}
