"""Judging pairs and checks: the front door of the parity_* modules beside it. Pure.

classify(measurement) -> PairJudgement      one pair: class, verdict, reasons
judge(pairs, plan, decisions, policy) -> Verdict    one check
sentence(batch, sample, failed) -> Sentence         what a sample proves about its batch
"""

from presets_app.core.parity_bounds import Sentence, Sequential, items_needed, max_bad, sentence
from presets_app.core.parity_classes import PairClass, PairJudgement, PairVerdict, Primary, classify, unrendered
from presets_app.core.parity_reasons import CODES, Reason
from presets_app.core.parity_verdict import Requirement, Verdict, judge

__all__ = [
    "CODES",
    "PairClass",
    "PairJudgement",
    "PairVerdict",
    "Primary",
    "Reason",
    "Requirement",
    "Sentence",
    "Sequential",
    "Verdict",
    "classify",
    "items_needed",
    "judge",
    "max_bad",
    "sentence",
    "unrendered",
]
