"""The verdict of a check: what its pairs, people's decisions and the sample together allow to be said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from presets_app.core.parity_bounds import CONFIDENCE, Sentence, Sequential, sentence
from presets_app.core.parity_classes import PairJudgement
from presets_app.core.parity_reasons import CODES
from presets_app.core.policy import merged
from presets_app.core.sampling import SamplePlan

Outcome = Literal["pass", "fail", "inconclusive", "error"]
ACCEPTED = {"accept", "accepted"}
REJECTED = {"reject", "rejected"}
NAMED = 5
# What each requirement is called where a person reads it.
TITLES = {
    "sample": "Enough pairs",
    "standard": "The standard's minimum",
    "failures": "No failure beyond what the batch may hold",
    "decisions": "Every open pair decided",
    "errors": "Every pair could be measured",
    "preview": "The preview set",
    "reviewer": "A reviewer looked where no number decides",
}


@dataclass(frozen=True)
class Requirement:
    """One rule of the verdict, ticked or not."""

    name: str
    met: bool
    text: str


@dataclass(frozen=True)
class Verdict:
    """`more` is how many further items would let the check decide; 0 when none are needed or none would."""

    verdict: Outcome
    reasons: tuple[dict[str, Any], ...]
    sentence: str
    bound: Sentence
    counts: dict[str, int]
    requirements: tuple[dict[str, Any], ...]
    more: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "sentence": self.sentence,
            "bound": self.bound.as_json(),
            "counts": self.counts,
            "requirements": list(self.requirements),
            "more": self.more,
        }


@dataclass
class _Tally:
    """Pairs by what is known of them now: the drawn ones, and beside them the hand-picked."""

    batch: int
    planned: int
    drawn: dict[str, list[PairJudgement]] = field(default_factory=dict)
    picked: dict[str, list[PairJudgement]] = field(default_factory=dict)

    def add(self, pair: PairJudgement, state: str, *, counted: bool) -> None:
        (self.drawn if counted else self.picked).setdefault(state, []).append(pair)

    def of(self, state: str) -> int:
        return len(self.drawn.get(state, ()))

    def all_of(self, state: str) -> list[PairJudgement]:
        return [*self.drawn.get(state, ()), *self.picked.get(state, ())]

    @property
    def failed(self) -> int:
        return self.of("failed") + self.of("rejected")

    @property
    def decided(self) -> int:
        return self.of("passed") + self.of("accepted") + self.failed

    @property
    def total(self) -> int:
        return sum(len(pairs) for pairs in self.drawn.values())

    @property
    def picked_failed(self) -> int:
        return len(self.picked.get("failed", ())) + len(self.picked.get("rejected", ()))


def judge(
    pairs: Sequence[PairJudgement],
    plan: SamplePlan | Mapping[str, Any],
    policy: Mapping[str, Any] | None = None,
    *,
    decisions: Mapping[str, str] | None = None,
) -> Verdict:
    """Judge a check.

    `plan` needs `batch` and `n`; pairs outside its `drawn` (without one: preview pairs) are hand-picked, must not
    fail either, and support no bound. `policy` is the project's document, defaults filled in; its `sequential` may
    name p0, p1, alpha and beta. `decisions` maps a pair's key to accept or reject.

    One failure does not end the check: Wald's test says whether the batch is refused, accepted or needs more items.
    Pairs that could not be measured are counted apart.
    """
    rules = merged(dict(policy or {}))
    asked = asdict(plan) if isinstance(plan, SamplePlan) else dict(plan)
    test = Sequential(**rules.get("sequential", {}))
    tally = _tally(pairs, asked, decisions or {})
    bound = sentence(max(tally.batch, tally.decided), tally.decided, tally.failed, rules.get("confidence", CONFIDENCE))
    errors_allowed = float(rules["error_share"])
    outcome, own, more = _outcome(tally, test, errors_allowed)
    return Verdict(
        verdict=outcome,
        reasons=(*own, *_grouped(pairs, tally)),
        sentence=_said(bound, tally, int(asked.get("not_compared") or 0)),
        bound=bound,
        counts=_counts(pairs, tally),
        requirements=tuple(asdict(rule) for rule in _requirements(tally, test, asked, errors_allowed)),
        more=more,
    )


def _tally(pairs: Sequence[PairJudgement], plan: Mapping[str, Any], decisions: Mapping[str, str]) -> _Tally:
    tally = _Tally(int(plan["batch"]), min(int(plan["n"]), int(plan["batch"])))
    drawn = plan.get("drawn")
    for pair in pairs:
        counted = pair.key in drawn if drawn is not None else not pair.preview
        tally.add(pair, _state(pair, decisions.get(pair.key, "")), counted=counted)
    return tally


def _state(pair: PairJudgement, decision: str) -> str:
    if pair.verdict == "error":
        return "error"
    if decision in REJECTED:
        return "rejected"
    if pair.verdict == "fail":
        return "failed"
    if pair.verdict == "inconclusive":
        return "accepted" if decision in ACCEPTED else "waiting"
    return "passed"


def _outcome(tally: _Tally, test: Sequential, errors_allowed: float) -> tuple[Outcome, list[dict[str, Any]], int]:
    failed, decided, waiting, errors = tally.failed, tally.decided, len(tally.all_of("waiting")), tally.of("error")
    whole = decided >= tally.batch
    if failed and (test.decide(decided, failed) == "reject" or (whole and failed > test.p0 * decided)):
        return "fail", [], 0
    if tally.picked_failed:
        text = f"{tally.picked_failed} of the hand-picked preview pairs failed."
        return "fail", [_own("preview_failed", text, pairs=tally.picked_failed)], 0
    if not decided and not waiting:
        return "error", [_own("nothing_measured", "No pair could be measured.", pairs=errors)], 0
    if errors > errors_allowed * tally.total:
        text = f"{errors} of {tally.total} pairs could not be measured; at most {errors_allowed:.0%} may be missing."
        return "error", [_own("too_many_errors", text, pairs=errors)], 0
    if waiting:
        text = f"{_pairs(waiting)} for a person to accept or reject."
        return "inconclusive", [_own("waiting_for_person", text, pairs=waiting)], 0
    return _enough(tally, test)


def _enough(tally: _Tally, test: Sequential) -> tuple[Outcome, list[dict[str, Any]], int]:
    failed, decided = tally.failed, tally.decided
    needed = tally.planned if not failed else max(tally.planned, test.accepts_at(failed))
    more = min(needed, tally.batch) - decided
    if more <= 0:
        return "pass", [], 0
    if failed:
        text = f"{failed} of {decided} failed, which neither accepts nor refuses the batch: compare {more} more."
        return "inconclusive", [_own("extend_sample", text, more=more)], more
    text = f"{decided} of {needed} pairs are measured: {more} more."
    return "inconclusive", [_own("sample_short", text, more=more)], more


def _pairs(count: int) -> str:
    return f"{count} {'pair waits' if count == 1 else 'pairs wait'}"


def _own(code: str, message: str, **numbers: int) -> dict[str, Any]:
    return {"code": code, "severity": "ask", "message": message, **numbers}


def _grouped(pairs: Sequence[PairJudgement], tally: _Tally) -> list[dict[str, Any]]:
    """Reasons of the pairs by code, the commonest first, each with its worst pair's sentence. A pair that a person
    accepted no longer asks."""
    settled = {pair.key for pair in tally.all_of("accepted")}
    found: dict[tuple[str, str], list[tuple[PairJudgement, str]]] = {}
    for pair in sorted(pairs, key=lambda pair: -pair.severity):
        for reason in pair.reasons:
            if reason["severity"] in {"fail", "ask"} and pair.key not in settled:
                found.setdefault((reason["code"], reason["severity"]), []).append((pair, reason["message"]))
    grouped = [
        {
            "code": code,
            "severity": severity,
            "message": said[0][1] if len(said) == 1 else f"{CODES.get(code, code)} In {len(said)} pairs: {said[0][1]}",
            "pairs": len(said),
            "keys": [pair.key for pair, _ in said[:NAMED]],
        }
        for (code, severity), said in found.items()
    ]
    keys = [pair.key for pair in tally.all_of("rejected")]
    if keys:
        text = f"A person rejected {len(keys)} of the pairs."
        grouped.append(
            {"code": "rejected", "severity": "fail", "message": text, "pairs": len(keys), "keys": keys[:NAMED]}
        )
    return sorted(grouped, key=lambda entry: (entry["severity"] != "fail", -int(str(entry["pairs"]))))


def _said(bound: Sentence, tally: _Tally, kept_local: int) -> str:
    waiting, errors = len(tally.all_of("waiting")), tally.of("error")
    text = bound.text
    if not tally.decided and waiting:
        text = f"nothing is shown yet about the {tally.batch}"
    text += f"; {_pairs(waiting)} for a person" if waiting else ""
    text += f"; {errors} could not be measured" if errors else ""
    return text + (f"; {kept_local} more are local-only and were not compared" if kept_local else "")


def _counts(pairs: Sequence[PairJudgement], tally: _Tally) -> dict[str, int]:
    classes = Counter(pair.pair_class for pair in pairs)
    counts = {name: classes[name] for name in ("identical", "same", "other_take", "different")}
    states = {name: tally.of(name) for name in ("passed", "accepted", "rejected", "waiting")}
    picked = {"preview": sum(len(kept) for kept in tally.picked.values()), "preview_failed": tally.picked_failed}
    rest = {"failed": tally.failed, "errors": tally.of("error"), "sample": tally.decided, "batch": tally.batch}
    return {"pairs": len(pairs), **counts, **states, **rest, **picked}


def _requirements(
    tally: _Tally, test: Sequential, plan: Mapping[str, Any], errors_allowed: float
) -> Iterator[Requirement]:
    failed, decided, errors = tally.failed, tally.decided, tally.of("error")
    waiting = len(tally.all_of("waiting"))
    why = f" ({plan['why'].rstrip('.')})" if plan.get("why") else ""
    yield Requirement("sample", decided >= tally.planned, f"{decided} of {tally.planned} planned pairs decided{why}")
    if plan.get("minimum"):
        yield _standard(plan)
    settled = not failed or test.decide(decided, failed) == "accept"
    text = "no failure" if decided else "nothing is decided yet"
    text = f"{failed} failed; the batch is accepted from {test.accepts_at(failed)} on" if failed else text
    yield Requirement("failures", bool(decided) and settled, text)
    if tally.picked:
        said = f"{tally.picked_failed} of {sum(len(kept) for kept in tally.picked.values())} preview pairs failed"
        yield Requirement("preview", not tally.picked_failed, said)
    yield Requirement("decisions", not waiting, f"{_pairs(waiting)} for a person" if waiting else "no pair waits")
    missing = f"{errors} of {tally.total} could not be measured; {errors_allowed:.0%} may be missing"
    yield Requirement("errors", errors <= errors_allowed * max(tally.total, 1), missing)


def _standard(plan: Mapping[str, Any]) -> Requirement:
    minimum, n = int(plan["minimum"]), int(plan["n"])
    text = f"the {plan.get('standard', '')} minimum of {minimum} is kept"
    if n < minimum:
        text = f"{plan.get('override_by')} set {n} instead of {minimum}: {plan.get('override_reason')}"
    return Requirement("standard", n >= minimum, text)
