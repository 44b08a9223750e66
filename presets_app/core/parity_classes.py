"""One pair's class and verdict from its measurement. Weight-free: no learned metric is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from presets_app.core import parity_thresholds as gate
from presets_app.core.parity_faults import broken_pictures, container_faults
from presets_app.core.parity_pictures import differs_in_grain, is_same, picture_faults, related
from presets_app.core.parity_reasons import Reason, number
from presets_app.core.parity_shots import far_apart
from presets_app.core.parity_sound import sound_faults, sound_streams
from presets_app.core.parity_thresholds import SameAs, same_as
from presets_app.core.problems import Failure

PairClass = Literal["identical", "same", "other_take", "different", "error"]
PairVerdict = Literal["pass", "fail", "inconclusive", "error"]
_RANK = {"error": 4.0, "fail": 3.0, "inconclusive": 2.0, "pass": 0.0}
_ORDER = ("fail", "ask", "dry_run", "note")


@dataclass(frozen=True)
class Primary:
    """The one measure that decided the class; the others explain. `in_noise` is the difference in multiples of the
    measured noise floor, None without one."""

    metric: str
    value: float | None
    unit: str
    threshold: float | None
    source: str
    in_noise: float | None = None


@dataclass(frozen=True)
class PairJudgement:
    """One pair as judged, JSON inside so that it can be kept and read back. `pair_class` is "error" when it could not
    be rendered or measured; `severity` orders pairs, worst first; `preview` pairs are hand-picked and reported
    apart."""

    key: str
    pair_class: str
    reasons: tuple[dict[str, Any], ...]
    primary: dict[str, Any]
    severity: float
    needs_person: bool
    preview: bool = False

    @property
    def verdict(self) -> PairVerdict:
        if self.pair_class == "error":
            return "error"
        if self.pair_class == "different" or any(reason["severity"] == "fail" for reason in self.reasons):
            return "fail"
        return "inconclusive" if self.needs_person else "pass"

    def as_json(self) -> dict[str, Any]:
        judged = {"key": self.key, "class": self.pair_class, "verdict": self.verdict, "reasons": list(self.reasons)}
        more = {"primary": self.primary, "severity": self.severity, "needs_person": self.needs_person}
        return {**judged, **more, "preview": self.preview}


def unrendered(failures: Sequence[Failure], *, key: str = "", preview: bool = False) -> PairJudgement:
    """A pair of which at least one side was never rendered: an error, counted apart from differences."""
    said = [
        Reason("not_rendered", "fail", failure.message, None, {"cause": failure.cause, "failure": failure.code})
        for failure in failures
    ]
    reasons = tuple(said) or (Reason("not_rendered", "fail", "One side was not rendered."),)
    primary = Primary("none", None, "", None, "not measured")
    return replace(_judgement(key, "error", "error", reasons, primary), preview=preview)


def classify(
    measurement: Mapping[str, Any],
    *,
    noise: Mapping[str, Any] | None = None,
    family: str = "",
    key: str = "",
    dry_run: Collection[str] = (),
) -> PairJudgement:
    """Judge one measurement of presets_app.measure.

    `noise` is the floor of this preset ({"ssim", "psnr"} of a benign repeat), `family` chooses the start values, and
    reasons whose code is in `dry_run` are said without deciding.
    """
    video = measurement["video"]
    if not video:
        nothing = Primary("none", None, "", None, "not measured")
        return _judgement(key, "error", "error", tuple(_unreadable(measurement)), nothing)
    limit = same_as(family, noise)
    reasons = tuple(_trials(_all_reasons(measurement, limit), dry_run))
    class_, reasons = _class(measurement, limit, reasons)
    verdict: PairVerdict = "pass"
    if class_ == "different" or any(reason.severity == "fail" for reason in reasons):
        verdict = "fail"
    elif class_ == "other_take" or any(reason.severity == "ask" for reason in reasons):
        verdict = "inconclusive"
    return _judgement(key, class_, verdict, reasons, _primary(video, class_, limit))


def _judgement(
    key: str, pair_class: PairClass, verdict: PairVerdict, reasons: tuple[Reason, ...], primary: Primary
) -> PairJudgement:
    distance = 1.0 if primary.value is None else min(max(1 - primary.value, 0.0), 1.0)
    ranked = sorted(reasons, key=lambda reason: _ORDER.index(reason.severity))
    said = tuple(reason.as_json() for reason in ranked)
    severity = round(_RANK[verdict] + distance * 0.99, 6)
    return PairJudgement(key, pair_class, said, asdict(primary), severity, verdict == "inconclusive")


def _trials(reasons: Iterator[Reason], dry_run: Collection[str]) -> Iterator[Reason]:
    for reason in reasons:
        tried = reason.code in dry_run and reason.severity in {"fail", "ask"}
        yield replace(reason, severity="dry_run") if tried else reason


def _unreadable(measurement: Mapping[str, Any]) -> Iterator[Reason]:
    for problem in measurement["problems"]:
        side = problem.get("side")
        said = f"The {side} file: {problem['message']}." if side else f"{problem['message'].capitalize()}."
        place = {"side": side, "frame": problem.get("frame")} if side else None
        yield Reason(problem["code"], "fail", said, place, {"kind": problem.get("kind")})


def _all_reasons(measurement: Mapping[str, Any], limit: SameAs) -> Iterator[Reason]:
    video, facts = measurement["video"], measurement["container"]
    left, right = facts["left"], facts["right"]
    yield from _unreadable(measurement)
    yield from container_faults(left, right)
    yield from sound_streams(left.get("audio"), right.get("audio"))
    broken = tuple(broken_pictures(video))
    yield from broken
    bad = any(reason.severity == "fail" for reason in broken)
    if not (bad or measurement["identical"]) and video["frames"]:
        # An average over uneven times is no speed.
        rates = (None, None) if left.get("uneven_timing") or right.get("uneven_timing") else (left["fps"], right["fps"])
        yield from picture_faults(video, limit, rates)
    if measurement["audio"]:
        fps = float(Fraction(left["fps"])) if left.get("fps") else 0.0
        late = 1000 * int(video["offset_frames"]) / fps if fps else 0.0
        yield from sound_faults(measurement["audio"], alike=is_same(video, limit) or related(video), shifted_ms=late)


def _class(
    measurement: Mapping[str, Any], limit: SameAs, reasons: tuple[Reason, ...]
) -> tuple[PairClass, tuple[Reason, ...]]:
    video = measurement["video"]
    if measurement["identical"]:
        return "identical", reasons
    if any(reason.severity == "fail" for reason in reasons):
        return "different", reasons
    asked = {reason.code for reason in reasons if reason.severity == "ask"}
    doubted = bool(asked & {"content_differs", "time_shift"})
    if not doubted and (is_same(video, limit) or differs_in_grain(video, limit)):
        # What a person is asked about, a sound say, does not make another take of pictures that agree.
        return "same", reasons
    far = [] if related(video) else far_apart(video)
    if len(far) >= 2:
        reasons = tuple(reason for reason in reasons if reason.code != "content_differs")
        message = "The clips are too unlike for two takes of one shot: " + "; ".join(far) + "."
        return "different", (*reasons, Reason("content_differs", "fail", message, None, {"measures": far}))
    return "other_take", reasons if "content_differs" in asked else (*reasons, _ask(video, limit, far))


def _ask(video: dict[str, Any], limit: SameAs, far: list[str]) -> Reason:
    ssim, psnr = number(video["ssim"]["mean"]), number(video["psnr"]["mean"])
    shot = "the same shot" if related(video) else "another take"
    message = (
        f"SSIM {ssim:.3f} is not within noise ({limit.ssim:g}); colour, contrast, motion and sharpness fit {shot}. "
        "No learned metric was used, so a person decides."
        if ssim is not None
        else "The pictures could not be compared point by point. A person decides."
    )
    numbers = {"ssim": ssim, "psnr": psnr, "threshold": limit.ssim, "measures": far}
    return Reason("content_differs", "ask", message, None, numbers)


def _primary(video: dict[str, Any], class_: PairClass, limit: SameAs) -> Primary:
    ssim = number(video["ssim"]["mean"])
    if class_ in {"identical", "same"} or related(video):
        return Primary("ssim_mean", ssim, "", limit.ssim, limit.source, limit.in_noise(ssim))
    overlap = number(video["between"]["histogram_overlap"])
    source = "own choice, weight-free; no learned metric was used"
    return Primary("histogram_overlap", overlap, "", gate.HISTOGRAM_OVERLAP, source)
