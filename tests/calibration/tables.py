"""The confusion table and the counts, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from tests.calibration.planting import Case

HARMFUL = ("right", "other_code", "missed")
BENIGN = ("passed", "asked", "failed")
GOOD = {"right", "passed", "open"}
OWN_CODE = 0.95  # of the harmful changes; the goal is all of them, and the sets show 98 %


def counts(cases: Iterable[Case]) -> dict[str, dict[str, int]]:
    """Outcomes by set."""
    found: dict[str, Counter[str]] = {}
    for case in cases:
        found.setdefault(case.set, Counter())[case.outcome] += 1
    return {name: {key: table[key] for key in (*HARMFUL, *BENIGN, "open")} for name, table in found.items()}


def met(cases: Iterable[Case]) -> bool:
    """Every harmful change caught with its right code and every benign one passed."""
    return all(case.outcome in GOOD for case in cases)


def held(cases: Iterable[Case]) -> bool:
    """No benign change failed, and at least `OWN_CODE` of the harmful ones got their right code."""
    found = list(cases)
    harmful = [case for case in found if case.kind == "harmful"]
    right = sum(case.outcome in GOOD for case in harmful)
    failed = any(case.kind == "benign" and case.outcome == "failed" for case in found)
    return not failed and right >= OWN_CODE * len(harmful)


def as_json(cases: list[Case]) -> dict[str, Any]:
    listed = [{**asdict(case), "outcome": case.outcome} for case in cases]
    return {"counts": counts(cases), "goals_met": met(cases), "cases": listed}


def lines(cases: list[Case], *, every: bool = False) -> Iterator[str]:
    """The table by planted change, then each wrong answer (or, with `every`, each), then the counts."""
    yield f"{'planted':28} {'set':9} {'n':>3}  {'found: class verdict codes, how often'}"
    groups: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        groups.setdefault((case.change, case.set), []).append(case)
    for (change, set_), group in groups.items():
        yield f"{change:28} {set_:9} {len(group):3}  {_found(group)}"
    wrong = [case for case in cases if case.outcome not in GOOD]
    yield ""
    yield f"wrong answers: {len(wrong)} of {len(cases)}"
    for case in cases if every else wrong:
        yield f"  {case.outcome:10} {case.key}: {case.found_class} {case.verdict} {_codes(case)}"
        yield from (f"             {message}" for message in case.messages[:3])
    yield ""
    yield from _summary(cases)


def _found(group: list[Case]) -> str:
    answers = Counter(f"{case.found_class} {case.verdict} {_codes(case)}".strip() for case in group)
    return "; ".join(f"{count}x {answer}" for answer, count in answers.most_common(4)) + (
        f"; and {len(answers) - 4} other answers" if len(answers) > 4 else ""
    )


def _codes(case: Case) -> str:
    deciding = [code if severity != "ask" else f"{code}?" for code, severity in case.said if severity != "note"]
    noted = [f"({code})" for code, severity in case.said if severity == "note"]
    return ",".join(dict.fromkeys([*deciding, *noted]))


def _summary(cases: list[Case]) -> Iterator[str]:
    for name, table in counts(cases).items():
        harmful, benign = sum(table[key] for key in HARMFUL), sum(table[key] for key in BENIGN)
        yield (
            f"{name}: of {harmful} harmful changes {table['right']} caught with their code, {table['other_code']} with "
            f"another, {table['missed']} missed; of {benign} benign {table['passed']} passed, {table['asked']} "
            f"asked about or misnamed, {table['failed']} failed"
        )
        extra = sum(1 for case in cases if case.set == name and _more_than_planted(case))
        yield f"{name}: {extra} harmful changes got further failing codes beside their own"


def _more_than_planted(case: Case) -> bool:
    failing = {code for code, severity in case.said if severity == "fail"}
    return case.kind == "harmful" and case.outcome == "right" and bool(failing - set(case.codes))
