"""A noise floor from repeats, and when it no longer holds."""

from __future__ import annotations

from presets_app.core.document_values import with_values
from presets_app.core.noise_floor import Repeat, benign_changes, combined, floor_of, in_noise, machine, why_expired

SAME = [Repeat("a", True), Repeat("b", True)]


def test_a_side_that_repeats_itself_is_deterministic_and_one_that_does_not_is_named() -> None:
    assert floor_of(SAME)["deterministic"] is True
    drifting = floor_of([Repeat("a", True), Repeat("b", False, 0.97, 34.0)])
    assert (drifting["deterministic"], drifting["difference"]) == (False, 0.03)
    assert "this side is not deterministic" in drifting["text"]


def test_the_farthest_pair_is_the_floor_and_differences_are_counted_in_it() -> None:
    found = floor_of(SAME, [Repeat("a", False, 0.98, 36.0), Repeat("b", False, 0.96, 33.0)])
    noise = combined([found])
    assert (found["ssim"], found["psnr"], found["difference"]) == (0.96, 33.0, 0.04)
    assert in_noise(0.88, noise) == 3.0
    assert noise["gate"] == {"ssim": 0.96, "psnr": 33.0}


def test_two_sides_are_judged_in_the_wider_floor() -> None:
    near, far = (floor_of(SAME, [Repeat("a", False, ssim, 30.0)]) for ssim in (0.99, 0.95))
    assert combined([near, far])["difference"] == 0.05
    assert combined([]) == {}
    assert in_noise(0.9, combined([floor_of(SAME)])) is None


def test_a_floor_as_wide_as_another_take_does_not_widen_the_class_that_far() -> None:
    noise = combined([floor_of(SAME, [Repeat("a", False, 0.4, 12.0)])])
    assert noise["difference"] == 0.6
    assert noise["gate"] == {"ssim": 0.7, "psnr": None}


def test_a_repeat_that_could_not_be_measured_makes_no_floor() -> None:
    found = floor_of([Repeat("a", False, fault="The left side is black.")], [Repeat("a", False, 0.9)])
    assert (found["usable"], found["deterministic"]) == (False, None)
    assert combined([found]) == {}
    assert "black" in found["text"]


def test_it_expires_with_the_pins_the_card_and_the_driver() -> None:
    card = {"gpu": {"devices": [{"name": "H200"}], "driver": "580.1"}, "libraries": {"torch": "2.13.0"}}
    then = {"document": "d", "manifest": "m", "machine": machine(card)}
    assert why_expired(then, then) == ""
    newer = {**then, "machine": machine({**card, "gpu": {**card["gpu"], "driver": "590.2"}})}
    assert why_expired(then, newer) == "driver (580.1 to 590.2)"
    assert why_expired(then, {**then, "manifest": "n", "document": "e"}) == "document, manifest"


def test_benign_changes_are_places_of_the_document() -> None:
    document = {"runtime": {"dtype": "bfloat16", "vae_tiling": True}}
    found = {change.path: change.after for change in benign_changes(document)}
    assert found["/runtime/vae_tiling"] is False
    assert with_values(document, found)["runtime"]["dtype"] == "float32"
    assert document["runtime"]["dtype"] == "bfloat16"
