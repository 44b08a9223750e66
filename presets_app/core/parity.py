"""PROVISIONAL by the integrator, to be replaced by the parity engineer. services/parity_flow.py calls exactly this API
(PairJudgement with these fields in this order, unrendered, classify, judge with a plan dict and the policy dict)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from presets_app.core.parity_bounds import sentence
from presets_app.core.problems import Failure


@dataclass(frozen=True)
class PairJudgement:
    """`severity` orders pairs, worst first. `pair_class` is identical, same, other_take, different or error."""

    key: str
    pair_class: str
    reasons: tuple[dict[str, Any], ...] = ()
    primary: dict[str, Any] | None = None
    severity: float = 0.0
    needs_person: bool = False
    preview: bool = False


@dataclass(frozen=True)
class Verdict:
    verdict: str
    sentence: str
    reasons: tuple[dict[str, Any], ...]
    counts: dict[str, int]
    requirements: tuple[dict[str, Any], ...]


def unrendered(failures: Sequence[Failure]) -> PairJudgement:
    """A pair with a side that was not rendered: class error, a reason per failure (code, message, cause)."""
    return PairJudgement("", "error", tuple({"code": f.code, "message": f.message, "cause": f.cause} for f in failures), {}, 100.0)


def classify(measured: dict[str, Any], *, family: str = "", noise: dict[str, Any] | None = None) -> PairJudgement:
    name = measured.get("class") or "identical"
    return PairJudgement("", name, tuple(measured.get("reasons", ())), {}, 0.0, name == "other_take")


def judge(pairs: Sequence[PairJudgement], plan: dict[str, Any], policy: dict[str, Any]) -> Verdict:
    drawn = [p for p in pairs if not p.preview]
    failed = sum(p.pair_class == "different" for p in pairs)
    errors = sum(p.pair_class == "error" for p in pairs)
    undecided = sum(p.needs_person for p in pairs)
    word = "error" if errors else "fail" if failed else "inconclusive" if undecided else "pass"
    reasons = tuple(r for p in pairs for r in p.reasons)
    said = sentence(plan["batch"], min(plan["n"], len(drawn) or 1), min(failed, len(drawn)))
    counts: dict[str, int] = {}
    for p in pairs:
        counts[p.pair_class] = counts.get(p.pair_class, 0) + 1
    return Verdict(word, said.text, reasons, counts, ())
