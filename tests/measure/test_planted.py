"""Clips drawn by code with a planted fault: each fault gets its code, and what is benign passes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from presets_app.core.parity import PairJudgement, classify
from presets_app.measure import PairFiles, measure_pairs
from runner.standins import drawn

pytestmark = pytest.mark.journey

EXPECTED = {
    "none": ("identical", "pass", None),
    "re-encode": ("same", "pass", None),
    "one-frame-late": ("different", "fail", "time_shift"),
    "colour-shift": ("different", "fail", "colour_shift"),
    "frozen-tail": ("different", "fail", "frozen"),
    "audio-missing": ("different", "fail", "audio_missing"),
    "other-take": ("other_take", "inconclusive", "content_differs"),
    "blur": ("different", "fail", "blur"),
    "brightness-drift": ("different", "fail", "brightness_drift"),
    "black": ("different", "fail", "black"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("drawn")
    assert drawn.main(["--out", str(place)]) == 0
    return place


@pytest.fixture(scope="module")
def judged(folder: Path) -> dict[str, PairJudgement]:
    index = json.loads((folder / "index.json").read_text())["pairs"]
    measured = measure_pairs([PairFiles(folder / pair["left"], folder / pair["right"]) for pair in index])
    return {pair["key"]: classify(seen, key=pair["key"]) for pair, seen in zip(index, measured, strict=True)}


@pytest.mark.parametrize("pair", drawn.PAIRS, ids=lambda pair: pair.key)
def test_a_planted_fault_gets_its_class_and_code(pair: drawn.DrawnPair, judged: dict[str, PairJudgement]) -> None:
    found = judged[pair.key]
    pair_class, verdict, code = EXPECTED[pair.planted]
    assert (found.pair_class, found.verdict) == (pair_class, verdict)
    assert [reason["code"] for reason in found.reasons if reason["severity"] != "note"] == ([code] if code else [])


def test_every_label_says_that_code_drew_it(folder: Path) -> None:
    index = json.loads((folder / "index.json").read_text())["pairs"]
    assert all(pair["label"].startswith("clip drawn by code, planted: ") for pair in index)
    assert all((folder / pair[side]).is_file() for pair in index for side in ("left", "right"))


def test_a_scene_is_drawn_the_same_every_time() -> None:
    first = drawn.scene("text", frames=5)
    drawn.scene.cache_clear()
    again = drawn.scene("text", frames=5)
    assert np.array_equal(first.frames, again.frames)
    assert first.sound is not None
    assert again.sound is not None
    assert np.array_equal(first.sound, again.sound)


def held_out(tmp_path: Path, right: drawn.Clip, name: str = "shapes") -> PairJudgement:
    """A clip that no threshold was chosen on: another take, another size, another length."""
    left = drawn.scene(name, take=11, size=(256, 160), frames=33)
    for clip, side in ((left, "left"), (right, "right")):
        drawn.write(clip, tmp_path / f"{side}.mp4")
    return classify(measure_pairs([PairFiles(tmp_path / "left.mp4", tmp_path / "right.mp4")])[0])


@pytest.mark.parametrize("scene", drawn.SCENES)
@pytest.mark.parametrize("planted", ["re-encode", "one-frame-late", "colour-shift", "frozen-tail", "brightness-drift"])
def test_the_same_holds_on_clips_nothing_was_tuned_on(tmp_path: Path, scene: str, planted: str) -> None:
    clip = drawn.scene(scene, take=11, size=(256, 160), frames=33)
    found = held_out(tmp_path, drawn.PLANTED[planted](clip), scene)
    pair_class, _, code = EXPECTED[planted]
    assert found.pair_class == pair_class
    assert not code or code in {reason["code"] for reason in found.reasons}


def test_static_noise_is_named_even_where_both_sides_have_it(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    noise = rng.normal(128, 45, (33, 160, 256, 1)).repeat(3, axis=3).clip(0, 255).astype(np.uint8)
    clip = drawn.scene("shapes", take=11, size=(256, 160), frames=33)
    for side in ("left", "right"):
        drawn.write(replace(clip, frames=noise), tmp_path / f"{side}.mp4")
    found = classify(measure_pairs([PairFiles(tmp_path / "left.mp4", tmp_path / "right.mp4")])[0])
    assert (found.pair_class, found.verdict) == ("identical", "fail")
    assert {reason["code"] for reason in found.reasons} == {"static_noise"}


def test_flat_grey_is_named(tmp_path: Path) -> None:
    clip = drawn.scene("shapes", take=11, size=(256, 160), frames=33)
    found = held_out(tmp_path, replace(clip, frames=np.full_like(clip.frames, 127)))
    assert [reason["code"] for reason in found.reasons] == ["grey"]


def test_a_single_repeated_frame_is_named(tmp_path: Path) -> None:
    clip = drawn.scene("shapes", take=11, size=(256, 160), frames=33)
    frames = clip.frames.copy()
    frames[20] = frames[19]
    found = held_out(tmp_path, replace(clip, frames=frames))
    assert "duplicate_frames" in {reason["code"] for reason in found.reasons}


def test_another_scene_never_passes(tmp_path: Path) -> None:
    other = drawn.scene("text", take=11, size=(256, 160), frames=33)
    assert held_out(tmp_path, other).verdict in {"fail", "inconclusive"}
