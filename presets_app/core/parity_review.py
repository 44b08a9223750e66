"""Comparisons in which no number can be trusted: two different models make two films of one prompt. There a named
reviewer ticks what was looked at, and pictures that merely differ ask a person instead of failing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from presets_app.core.distilled import extent, is_distilled_service
from presets_app.core.families import rules_of
from presets_app.core.parity_classes import PairJudgement

OPEN = "reviewer_ticks_open"
# What compares the pictures or the sound of the two sides. Of two models these say that they are two models; what is
# broken by itself (black, flat, static, standing still, unreadable) stays a fault whoever made it.
PICTURES = frozenset(
    (
        "audio_content", "audio_harsh", "audio_level", "audio_offset", "blur", "brightness_drift", "colour_shift",
        "content_differs", "duplicate_frames", "flicker", "speed_change", "time_shift",
    )
)  # fmt: skip
# Full and distilled weights are asked for one size, rate and sound; two model families have each their own.
SHAPES = frozenset(
    (
        "audio_format_mismatch", "audio_missing", "codec_mismatch", "duration_mismatch", "fps_mismatch",
        "frame_count_mismatch", "pixel_format_mismatch", "size_mismatch",
    )
)  # fmt: skip
ASKED = {"models": PICTURES | SHAPES, "weights": PICTURES}


@dataclass(frozen=True)
class Area:
    """One thing to look at; `labels` are those of inputs that show it best."""

    key: str
    title: str
    look: str
    labels: tuple[str, ...] = ()


AREAS = (
    Area("small_text", "Small text", "Signs, pages and logos are as readable on both sides.", ("small text",)),
    Area("shadows", "Shadows", "Dark areas keep their detail and do not crawl or band.", ("complex lighting",)),
    Area("texture", "Texture", "Hair, cloth and skin keep their grain, near and far.", ("fine texture",)),
    Area("seeds", "Consistency across seeds", "With other seeds both sides are as good, not only with one."),
)
KEYS = tuple(area.key for area in AREAS)


@dataclass(frozen=True)
class Made:
    """What one side was asked for: the document, and the name of a service's model where a service rendered it."""

    document: Mapping[str, Any]
    service_model: str = ""

    @property
    def model(self) -> str:
        rules = rules_of(dict(self.document))
        return rules.title if rules else str(self.document.get("family", ""))

    @property
    def distilled(self) -> tuple[str, tuple[str, ...]]:
        return ("distilled", ()) if is_distilled_service(self.service_model) else extent(self.document)


@dataclass(frozen=True)
class Doubt:
    """Why the numbers of a comparison decide nothing: `kind` is "models" (two families) or "weights" (full against
    distilled), `why` a sentence."""

    kind: str
    why: str

    def as_json(self) -> dict[str, str]:
        return {"kind": self.kind, "why": self.why}


def doubt(left: Made | None, right: Made | None) -> Doubt | None:
    """None where numbers may decide, or where a side is not known to come from a preset."""
    if left is None or right is None:
        return None
    if left.model != right.model:
        text = f"{left.model} against {right.model}: two models make two films, and no number says which is good."
        return Doubt("models", text)
    (one, some), (other, rest) = left.distilled, right.distilled
    if one != other:
        text = f"The left side renders {_weights(one)}, the right side {_weights(other)}."
        return Doubt("weights", f"{text} No number says what that costs.")
    if one == "partly distilled" and set(some) != set(rest):
        text = "The two sides render other stages with distilled weights. No number says what that costs."
        return Doubt("weights", text)
    return None


def _weights(word: str) -> str:
    return {"full": "the full model", "distilled": "a distilled one"}.get(word, "some stages with distilled weights")


def doubted(judged: PairJudgement, kind: str) -> PairJudgement:
    """The pair of such a comparison: what only compares the two sides asks a person. What is broken by itself, or
    could not be measured, stays as it is."""
    reasons = tuple(_asking(reason, ASKED[kind]) for reason in judged.reasons)
    if judged.verdict != "fail" or any(reason["severity"] == "fail" for reason in reasons):
        return judged
    severity = 2 + judged.severity % 1
    return replace(judged, pair_class="other_take", reasons=reasons, severity=severity, needs_person=True)


def _asking(reason: dict[str, Any], codes: frozenset[str]) -> dict[str, Any]:
    turned = reason["code"] in codes and reason["severity"] == "fail"
    return {**reason, "severity": "ask"} if turned else reason


def open_areas(ticked: Collection[str]) -> tuple[Area, ...]:
    return tuple(area for area in AREAS if area.key not in ticked)


def held(verdict: dict[str, Any], why: str, ticked: Collection[str]) -> dict[str, Any]:
    """A check's verdict with the ticks counted in: a pass waits for all of them, a failure needs none. `why` is the
    doubt's sentence; without one the verdict stays as it is."""
    if not why:
        return verdict
    left = open_areas(ticked)
    names = ", ".join(area.title.lower() for area in left)
    said = f"to tick: {names}" if left else "a named person ticked all four"
    requirement = {"name": "reviewer", "met": not left, "text": said}
    answer = {**verdict, "requirements": [*verdict["requirements"], requirement]}
    if not left or verdict["verdict"] not in ("pass", "inconclusive"):
        return answer
    text = f"{why} A reviewer looks and ticks: {names}."
    asked = {"code": OPEN, "severity": "ask", "message": text, "ticks": len(left)}
    return {**answer, "verdict": "inconclusive", "reasons": [asked, *verdict["reasons"]]}
