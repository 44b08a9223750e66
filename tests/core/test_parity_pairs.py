"""One pair's class from its numbers: reasons, start values by family, measured noise."""

from __future__ import annotations

import json
from typing import Any

import pytest

from presets_app.core.parity import CODES, classify, unrendered
from presets_app.core.problems import Failure

NO_RUN = {"count": 0, "longest": 0, "at": None, "of": 48}
REGION = {"x": 80, "y": 48, "width": 40, "height": 24}
SIDE: dict[str, Any] = {
    "travel": 20.0,
    "contrast": 40.0,
    "black_frames": NO_RUN,
    "flat_frames": NO_RUN,
    "still_frames": NO_RUN,
    "noise_frames": {**NO_RUN, "of": 9},
    "noise": {"grain": 40.0, "smooth_share": 0.6, "neighbour_correlation": 0.9, "repeat_correlation": 0.9},
}
FACTS: dict[str, Any] = {
    "codec": "h264",
    "width": 320,
    "height": 192,
    "fps": "24",
    "frames": 49,
    "pixel_format": "yuv420p",
    "color_range": "limited",
    "rotation": 0,
    "audio": {"rate": 48000, "channels": 2},
}
UNEVEN = {"video__between__apart__lasting_usual": 3.0}
SOUND = {"duration_s": 2.04, "loudness_lufs": -18.0, "rms_db": -20.0, "bad_samples": 0, "true_peak_dbtp": -6.0}
MEASURED: dict[str, Any] = {
    "problems": [],
    "container": {"left": FACTS, "right": FACTS},
    "identical": False,
    "video": {
        "frames": 49,
        "offset_frames": 0,
        "psnr": {"mean": 36.0, "min": 34.0},
        "ssim": {"mean": 0.97, "min": 0.95},
        "alignment": {"cost_unshifted": 9.0, "cost": 0.2, "speed": 1.0, "steps": [], "held": []},
        "worst_frames": [{"frame": 7, "region": {"x": 0, "y": 0, "width": 40, "height": 24}}],
        "left": SIDE,
        "right": SIDE,
        "between": {
            "delta_e": 0.3,
            "chroma_shift": [0.1, 0.0],
            "likeness": 0.99,
            "luma_shift_drift": 0.2,
            "contrast_ratio": 1.0,
            "motion_ratio": 1.0,
            "sharpness_ratio": 1.0,
            "histogram_overlap": 0.95,
            "held": {"left": NO_RUN, "right": NO_RUN},
            "colour": {"delta_e": 0.3, "delta_e_most": 0.6, "region": REGION, "frame": 3},
            "tone": {"contrast": 1.0, "contrast_agreement": 1.0, "saturation": 1.0, "saturation_agreement": 1.0},
            "drift": {"luma": 0.2, "chroma": [0.0, 0.1], "luma_range": 0.3, "start_luma": 0.0, "start_chroma": 0.0},
            "flicker": {
                "levels": 0.05,
                "turns": 0,
                "frame": 4,
                "region_levels": 0.2,
                "region_turns": 0,
                "region_frame": 4,
                "region": REGION,
            },
            "apart": {
                "usual": 0.5,
                "most": 2.0,
                "frame": 7,
                "region": REGION,
                "lasting": 0.9,
                "lasting_usual": 0.6,
                "lasting_region": REGION,
            },
            "dark": {side: {"regions": 0, "frame": 0, "frames": 0, "region": None} for side in ("left", "right")},
            "edges": {
                "energy": 0.98,
                "agreement": 0.97,
                "strength": 0.99,
                "steps": [60.0, 59.0],
                "steepness": 0.98,
                "steepness_back": 0.99,
                "by_time": [0.96, 1.0],
                "by_place": [0.95, 1.0],
                "frame": 6,
                "added": 1.5,
                "added_correlation": 0.2,
            },
        },
    },
    "audio": {
        "left": SOUND,
        "right": SOUND,
        "identical": False,
        "correlation": 0.99,
        "offset_ms": 0.0,
        "spectral_similarity": 0.999,
        "log_mel_similarity": 0.995,
        "harshness_db": {"left": -15.0, "right": -14.8},
        "gain_db": 0.1,
        "stretch": None,
    },
}


def measured(**changes: Any) -> dict[str, Any]:
    """The good pair with values set by dotted path (written with __)."""
    made = json.loads(json.dumps(MEASURED))  # deepcopy would keep both sides one object
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = made
        for parent in parents:
            place = place[parent]
        place[last] = value
    return made


def far(**changes: Any) -> dict[str, Any]:
    """Pictures that do not agree."""
    apart = {"video__ssim": {"mean": 0.4, "min": 0.3}, "video__psnr": {"mean": 15.0, "min": 12.0}}
    apart |= edges(agreement=0.02)
    return measured(**{**apart, "video__between__likeness": 0.2, **changes})


def edges(**changes: Any) -> dict[str, Any]:
    return {f"video__between__edges__{name}": value for name, value in changes.items()}


def codes(judged: Any) -> list[tuple[str, str]]:
    return [(reason["code"], reason["severity"]) for reason in judged.reasons]


def test_pictures_within_the_start_values_are_the_same() -> None:
    judged = classify(measured(), family="wan-2.2", key="a")
    assert (judged.key, judged.pair_class, judged.verdict, codes(judged)) == ("a", "same", "pass", [])
    assert judged.primary["metric"] == "ssim_mean"
    assert judged.primary["threshold"] == 0.90
    assert "WAN 2.2" in judged.primary["source"]


@pytest.mark.parametrize(("family", "expected"), [("ltx-2", "other_take"), ("wan-2.2", "same"), ("", "same")])
def test_each_family_has_its_own_start_values(family: str, expected: str) -> None:
    seen = measured(video__psnr={"mean": 29.5, "min": 29.0}, video__between__apart__lasting=7.7, **UNEVEN)
    assert classify(seen, family=family).pair_class == expected


def test_measured_noise_widens_the_gate_and_is_named() -> None:
    far_off = {"video__ssim": {"mean": 0.80, "min": 0.78}, "video__psnr": {"mean": 25.0, "min": 24.0}}
    seen = measured(**far_off, video__between__apart__lasting=7.7, **UNEVEN)
    assert classify(seen).pair_class == "other_take"
    judged = classify(seen, noise={"ssim": 0.80, "psnr": 25.0})
    assert judged.pair_class == "same"
    assert judged.primary["in_noise"] == pytest.approx(1.0)
    assert judged.primary["source"].startswith("measured noise")


def test_a_side_that_repeats_itself_exactly_does_not_narrow_the_gate() -> None:
    assert classify(measured(), noise={"ssim": 1.0, "psnr": None}).pair_class == "same"


def test_another_take_asks_a_person_and_says_that_no_learned_metric_was_used() -> None:
    judged = classify(far())
    assert (judged.pair_class, judged.verdict, judged.needs_person) == ("other_take", "inconclusive", True)
    assert codes(judged) == [("content_differs", "ask")]
    assert "No learned metric" in judged.reasons[0]["message"]


def test_clips_unlike_in_two_measures_are_different() -> None:
    seen = far(video__between__delta_e=30.0, video__between__motion_ratio=6.0)
    judged = classify(seen)
    assert (judged.pair_class, judged.verdict, codes(judged)) == ("different", "fail", [("content_differs", "fail")])


def test_unlike_in_one_measure_still_asks() -> None:
    assert classify(far(video__between__motion_ratio=6.0)).pair_class == "other_take"


RUN = {"count": 12, "longest": 12, "at": 36, "of": 48}
FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"container__right__width": 640}, "size_mismatch"),
    ({"container__right__rotation": 90}, "size_mismatch"),
    ({"container__right__fps": "25"}, "fps_mismatch"),
    ({"container__right__frames": 48}, "frame_count_mismatch"),
    ({"container__right__frames": 40}, "duration_mismatch"),
    ({"container__right__pixel_format": "yuv444p"}, "pixel_format_mismatch"),
    ({"container__right__color_range": "full"}, "pixel_format_mismatch"),
    ({"container__right__audio": None}, "audio_missing"),
    ({"container__right__codec": "hevc"}, "codec_mismatch"),
    ({"container__right__color_transfer": "PQ"}, "pixel_format_mismatch"),
    ({"container__right__uneven_timing": True}, "fps_mismatch"),
    ({"video__offset_frames": -2}, "time_shift"),
    ({"video__alignment__held": [{"side": "right", "frame": 20, "late": 1, "still": 0}]}, "time_shift"),
    ({"video__alignment__held": [{"side": "right", "frame": 20, "late": 1, "still": 2}]}, "duplicate_frames"),
    ({"video__alignment__held": [{"side": "right", "frame": 20, "late": 4, "still": 4}]}, "frozen"),
    ({"video__alignment__speed": 1.1}, "speed_change"),
    ({"container__right__fps": "30"}, "speed_change"),
    ({"video__between__colour__delta_e": 4.0}, "colour_shift"),
    ({"video__between__tone__contrast": 0.86}, "colour_shift"),
    ({"video__between__tone__saturation": 0.7}, "colour_shift"),
    ({"video__between__drift__luma": 9.0}, "brightness_drift"),
    ({"video__between__drift__chroma": [4.0, 3.0]}, "brightness_drift"),
    ({"video__between__drift__luma_range": 9.0}, "brightness_drift"),
    ({"video__between__flicker__levels": 2.0, "video__between__flicker__turns": 40}, "flicker"),
    ({"video__between__flicker__region_levels": 6.0, "video__between__flicker__region_turns": 40}, "flicker"),
    (edges(strength=0.5, steepness_back=1.6, energy=0.2), "blur"),
    (edges(strength=2.0, steepness=1.6, energy=5.0, by_time=[1.8, 2.1], by_place=[1.7, 2.1]), "blur"),
    (edges(strength=0.85, steepness_back=1.0, energy=0.7, by_time=[0.4, 0.98]), "blur"),
    (edges(added=8.0, added_correlation=0.02, energy=3.0), "static_noise"),
    ({"video__between__apart__lasting": 20.0}, "content_differs"),
    ({"video__between__apart__most": 40.0}, "content_differs"),
    (
        {
            "video__between__dark__right": {"regions": 9, "frame": 4, "frames": 40, "region": REGION},
            "video__between__tone__contrast_agreement": 0.5,
        },
        "black",
    ),
    ({"video__between__lost": {"right": {"black": {"count": 1, "at": 20}, "flat": NO_RUN}}}, "black"),
    ({"video__right__travel": 0.1}, "frozen"),
    ({"video__between__held__right": RUN}, "frozen"),
    ({"video__between__held__right": {**RUN, "longest": 1}}, "duplicate_frames"),
    ({"video__right__black_frames": {**RUN, "count": 48}}, "black"),
    ({"video__right__flat_frames": {**RUN, "count": 48}}, "grey"),
    ({"video__right__noise_frames": {"count": 4, "longest": 4, "at": 12, "of": 9}}, "static_noise"),
    ({"video__psnr": {"mean": 33.0, "min": 12.0}}, "content_differs"),
    ({"audio__right__duration_s": 1.8}, "duration_mismatch"),
    ({"audio__right__loudness_lufs": -22.0, "audio__gain_db": -4.0}, "audio_level"),
    ({"audio__right__rms_db": -120.0}, "audio_missing"),
    ({"audio__harshness_db": {"left": -15.0, "right": -9.0}}, "audio_harsh"),
    ({"audio__stretch": {"at_s": 0.7, "seconds": 0.3, "level_db": -30.0}}, "audio_content"),
    ({"audio__right__bad_samples": 3}, "audio_broken"),
    ({"audio__offset_ms": 60.0}, "audio_offset"),
    ({"audio__correlation": 0.1, "audio__log_mel_similarity": 0.6}, "audio_content"),
    ({"problems": [{"code": "undecodable", "kind": "truncated", "side": "right", "message": "cut"}]}, "undecodable"),
]


@pytest.mark.parametrize(("changes", "code"), FAULTS, ids=[f"{code}-{n}" for n, (_, code) in enumerate(FAULTS)])
def test_each_fault_fails_with_its_own_code(changes: dict[str, Any], code: str) -> None:
    judged = classify(measured(**changes))
    assert (judged.pair_class, judged.verdict) == ("different", "fail")
    assert (code, "fail") in codes(judged)
    assert code in CODES


def test_a_fade_that_ends_a_frame_earlier_is_not_called_black() -> None:
    dark = {"count": 10, "longest": 10, "at": 39, "of": 49}
    lost = {side: {"black": NO_RUN, "flat": NO_RUN} for side in ("left", "right")}
    assert classify(measured(video__left__black_frames=dark, video__between__lost=lost)).verdict == "pass"


def test_two_still_pictures_are_said_and_decide_nothing() -> None:
    still = {"count": 48, "longest": 48, "at": 1, "of": 48}
    both = {f"video__{side}__{name}": value for side in ("left", "right") for name, value in
            (("travel", 0.1), ("still_frames", still))}  # fmt: skip
    judged = classify(measured(**both))
    assert (judged.verdict, set(codes(judged))) == ("pass", {("frozen", "note")})


@pytest.mark.parametrize("code", ["black_frames", "flat_frames"])
def test_broken_pictures_fail_even_when_both_sides_agree(code: str) -> None:
    flat = {**RUN, "count": 48}
    seen = measured(identical=True, **{f"video__left__{code}": flat, f"video__right__{code}": flat})
    judged = classify(seen)
    assert (judged.pair_class, judged.verdict) == ("identical", "fail")


def test_another_sample_rate_is_said_and_decides_nothing() -> None:
    judged = classify(measured(container__right__audio={"rate": 44100, "channels": 2}))
    assert (judged.verdict, codes(judged)) == ("pass", [("audio_format_mismatch", "note")])


def test_a_sound_of_other_channels_asks_a_person() -> None:
    judged = classify(measured(container__right__audio={"rate": 48000, "channels": 1}))
    assert (judged.pair_class, judged.verdict) == ("same", "inconclusive")
    assert codes(judged) == [("audio_format_mismatch", "ask")]


def test_every_reason_has_numbers_a_sentence_and_where_it_can_a_place() -> None:
    for changes, code in FAULTS:
        said = next(reason for reason in classify(measured(**changes)).reasons if reason["code"] == code)
        assert said["message"].endswith(".")
        assert said.keys() - {"code", "severity", "message", "place"}


def test_a_lag_that_brings_nothing_together_asks_a_person() -> None:
    """Two takes of one shot may share a rhythm."""
    seen = measured(video__offset_frames=-10, video__alignment__cost=7.8, video__alignment__cost_unshifted=13.0)
    assert codes(classify(seen))[0] == ("time_shift", "ask")
    assert classify(seen).verdict == "inconclusive"


def test_grain_that_an_encoder_took_is_still_the_same() -> None:
    seen = measured(video__ssim={"mean": 0.86, "min": 0.84})
    assert (classify(seen).pair_class, classify(seen).verdict) == ("same", "pass")
    seen["video"]["between"]["apart"].update(lasting=7.7, lasting_usual=3.0)
    assert classify(seen).pair_class == "other_take"


def test_a_compression_that_softens_is_no_blur() -> None:
    """An encoder keeps what it keeps: at its own edges the other side is no steeper."""
    seen = measured(**edges(strength=0.7, steepness=0.7, steepness_back=1.02, energy=0.57))
    assert (classify(seen).verdict, codes(classify(seen))) == ("pass", [])


def test_a_tint_that_comes_with_a_drift_is_said_once() -> None:
    drift = {"luma": 15.0, "chroma": [0.0, 0.0], "luma_range": 15.0, "start_luma": 0.5, "start_chroma": 0.1}
    seen = measured(video__between__drift=drift, video__between__colour__delta_e=4.0)
    assert [code for code, _ in codes(classify(seen))] == ["brightness_drift"]


def test_a_louder_sound_that_is_only_harsher_is_harsh() -> None:
    changes = {"audio__harshness_db": {"left": -15.0, "right": -5.0}, "audio__right__loudness_lufs": -15.5}
    assert codes(classify(measured(**changes))) == [("audio_harsh", "fail"), ("audio_level", "note")]


def test_a_sound_that_is_late_with_its_pictures_is_not_late() -> None:
    late = classify(measured(video__offset_frames=3, audio__offset_ms=125.0))
    assert [code for code, _ in codes(late)] == ["time_shift"]


def test_the_same_pictures_with_another_sound_ask_a_person() -> None:
    judged = classify(measured(audio__correlation=0.5))
    assert (judged.verdict, codes(judged)[0]) == ("inconclusive", ("audio_content", "ask"))
    assert judged.pair_class == "same"


def test_a_gate_on_trial_is_said_and_decides_nothing() -> None:
    judged = classify(measured(video__offset_frames=1), dry_run={"time_shift"})
    assert (judged.pair_class, judged.verdict, codes(judged)) == ("same", "pass", [("time_shift", "dry_run")])


def test_what_could_not_be_measured_or_rendered_is_an_error() -> None:
    problem = {"code": "undecodable", "kind": "playlist", "side": "right", "message": "the file is a playlist"}
    unread = classify({**measured(problems=[problem]), "video": {}, "audio": {}})
    assert (unread.pair_class, unread.verdict) == ("error", "error")
    assert unread.reasons[0]["message"] == "The right file: the file is a playlist."
    failed = unrendered([Failure("service", "upstream_500", "later", "The service answered 500.")], key="x")
    assert (failed.verdict, failed.reasons[0]["cause"]) == ("error", "service")


def test_pairs_are_ordered_worst_first() -> None:
    judged = [
        classify(measured(identical=True, video__ssim={"mean": 1.0, "min": 1.0}), key="identical"),
        classify(measured(), key="same"),
        classify(far(), key="take"),
        classify(measured(video__offset_frames=1), key="late"),
        unrendered([], key="lost"),
    ]
    ranked = sorted(judged, key=lambda pair: -pair.severity)
    assert [pair.key for pair in ranked] == ["lost", "late", "take", "same", "identical"]
