"""Where no number decides: how it is known, what becomes of the pairs, and when the check counts as decided."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.core.parity_classes import PairJudgement
from presets_app.core.parity_review import KEYS, Made, doubt, doubted, held

LTX: dict[str, Any] = {"family": "ltx-2", "variant": "dev", "stages": [{"role": "base"}]}
WAN: dict[str, Any] = {"family": "wan-2.2", "variant": "t2v-a14b", "stages": [{"role": "base"}]}
LORA = {"file": "ltx-2-19b-distilled-lora-384.safetensors", "strength": 1.0}
REFINED = {**LTX, "stages": [{"role": "base"}, {"role": "refine", "loras": [LORA]}]}


def with_stage(**stage: Any) -> dict[str, Any]:
    return {**LTX, "stages": [{"role": "base", **stage}]}


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        (Made(LTX), Made({**LTX, "variant": "distilled"}), "weights"),
        (Made(LTX), Made({**LTX, "models": {"transformer": ["x/LTX-2-Distilled"]}}), "weights"),
        (Made(LTX), Made(with_stage(model="ltx-2-19b-distilled.safetensors")), "weights"),
        (Made(LTX), Made(with_stage(loras=[LORA])), "weights"),
        (Made(LTX), Made(REFINED), "weights"),
        (Made(LTX), Made(LTX, "lightricks/ltx-2-fast"), "weights"),
        (Made(LTX), Made(WAN), "models"),
        (Made(WAN), Made({**WAN, "variant": "ti2v-5b"}), "models"),
        (Made(LTX), Made({**LTX, "family": "ltx-2.3"}), "models"),
        (Made(LTX), Made(with_stage(loras=[{**LORA, "strength": 0}])), None),
        (Made(LTX), Made({**LTX, "models": {"text_encoder": ["distilled-t5"]}, "prompt": "distilled"}), None),
        (Made(LTX), Made({**LTX, "stages": [{"role": "base", "steps": 8, "guidance": 1}]}), None),
        (Made(REFINED), Made(REFINED), None),
        (Made({**LTX, "variant": "distilled"}), Made({**LTX, "variant": "distilled"}, "ltx-2-fast"), None),
        (Made(LTX), None, None),
        (Made({}), Made({"stages": "none", "models": 3}), None),
    ],
)
def test_full_against_distilled_and_two_families_are_known_by_what_was_asked_for(
    left: Made, right: Made | None, kind: str | None
) -> None:
    for one, other in ((left, right), (right, left)):
        found = doubt(one, other)
        assert (found.kind if found else None) == kind


def pair(*codes: str, severity: str = "fail") -> PairJudgement:
    reasons = tuple({"code": code, "severity": severity, "message": code, "place": None} for code in codes)
    return PairJudgement("shot", "different", reasons, {}, 3.4, needs_person=False)


def test_pictures_that_only_differ_ask_a_person_and_what_is_broken_still_fails() -> None:
    asked = doubted(pair("content_differs", "colour_shift"), "weights")
    assert (asked.verdict, asked.pair_class, asked.needs_person) == ("inconclusive", "other_take", True)
    assert (asked.severity, {reason["severity"] for reason in asked.reasons}) == (pytest.approx(2.4), {"ask"})
    for broken in ("black", "static_noise", "frozen", "audio_broken"):
        assert doubted(pair("content_differs", broken), "models").verdict == "fail"
    assert doubted(pair("fps_mismatch", "audio_missing"), "weights").verdict == "fail"
    assert doubted(pair("fps_mismatch", "audio_missing"), "models").verdict == "inconclusive"
    missing = PairJudgement("shot", "error", (), {}, 4.0, needs_person=False)
    assert doubted(missing, "models") == missing


def test_a_pass_waits_for_every_tick_and_a_failure_for_none() -> None:
    passed: dict[str, Any] = {"verdict": "pass", "reasons": [], "requirements": []}
    assert held(passed, "", ()) == passed
    waiting = held(passed, "Two models.", KEYS[:3])
    assert (waiting["verdict"], waiting["reasons"][0]["code"]) == ("inconclusive", "reviewer_ticks_open")
    assert "consistency across seeds" in waiting["reasons"][0]["message"]
    assert "shadows" not in waiting["reasons"][0]["message"]
    done = held(passed, "Two models.", KEYS)
    assert (done["verdict"], done["reasons"], done["requirements"][0]["met"]) == ("pass", [], True)
    failed = held({**passed, "verdict": "fail"}, "Two models.", ())
    assert (failed["verdict"], failed["reasons"], failed["requirements"][0]["met"]) == ("fail", [], False)
