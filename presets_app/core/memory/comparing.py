"""The estimate beside every published figure, with its error: nothing is left out because it does not fit."""

from __future__ import annotations

from typing import Any

from presets_app.core.memory import Component, Estimate, Plan, estimate
from presets_app.core.memory.activations import GIB
from presets_app.core.memory.published import CLAIMS, NAMED, RENDERS, SAVED, TOKENS, TWENTY, WEIGHTS, Claim, Figure
from presets_app.core.memory.sizes import components

_UNITS = {"GB": 1e9, "GiB": GIB, "B": 1e9}


def compare() -> dict[str, list[dict[str, Any]]]:
    """`figures`: {source, what, low, high, unit, ours, error_percent, plan, note}, the error 0 inside the range;
    `renders` the same, with the plan that comes nearest and what everything on the card would take; `claims`:
    {source, what, card_gib, said, ours, agrees, note}."""
    return {
        "figures": [_exact(figure) for figure in (*WEIGHTS, *TWENTY, *TOKENS, *NAMED)],
        "renders": [*(_render(figure) for figure in RENDERS), *(_saved(figure, other) for figure, other in SAVED)],
        "claims": [_claim(claim) for claim in CLAIMS],
    }


def _row(figure: Figure, ours: float, **more: Any) -> dict[str, Any]:
    return {
        "source": figure.source,
        "what": figure.what,
        "low": figure.low,
        "high": figure.high,
        "unit": figure.unit,
        "ours": round(ours, 2),
        "error_percent": error(ours, figure.low, figure.high),
        **more,
        "note": figure.note,
    }


def error(ours: float, low: float, high: float) -> float:
    """Percent of the nearer bound; 0 inside the range."""
    if low <= ours <= high:
        return 0.0
    bound = low if ours < low else high
    return round((ours - bound) / bound * 100, 1)


def _exact(figure: Figure) -> dict[str, Any]:
    if figure.unit == "tokens":
        return _row(figure, estimate(figure.document).tokens or 0, plan=None)
    parts = [_part(figure, name) for name in figure.part.split("+")]
    counted = sum(part.parameters for part in parts)
    size = counted if figure.unit == "B" else sum(part.bytes_at(figure.width) for part in parts)
    return _row(figure, size / _UNITS[figure.unit], plan=None)


def _part(figure: Figure, name: str) -> Component:
    if name == "20B":
        return Component(name, "denoise", 20_000_000_000, 20_000_000_000)
    return next(part for part in components(figure.document) if part.name == name)


def _render(figure: Figure) -> dict[str, Any]:
    """A card's gigabytes are taken for GiB, as its makers do."""
    made = estimate(figure.document)
    near = min(made.plans, key=lambda plan: _distance(plan, figure))
    whole = made.plans[0].peak / GIB
    more = {"resident": round(whole, 2), "resident_error_percent": error(whole, figure.low, figure.high)}
    return _row(figure, near.peak / GIB, plan=near.name, **more)


def _distance(plan: Plan, figure: Figure) -> float:
    return abs(error(plan.peak / GIB, figure.low, figure.high))


def _saved(figure: Figure, other: Any) -> dict[str, Any]:
    """In the plan where the two differ most."""
    pairs = zip(estimate(figure.document).plans, estimate(other).plans, strict=True)
    most, plan = max(((full.peak - half.peak) / GIB, full.name) for full, half in pairs)
    return _row(figure, most, plan=plan, resident=None, resident_error_percent=None)


def _claim(claim: Claim) -> dict[str, Any]:
    made = estimate(claim.document)
    plan = _asked(made, claim)
    return {
        "source": claim.source,
        "what": claim.what,
        "card_gib": claim.card,
        "said": claim.fits,
        "ours": plan is not None,
        "agrees": claim.fits is (plan is not None),
        "plan": plan.name if plan else None,
        "note": claim.note,
    }


def _asked(made: Estimate, claim: Claim) -> Plan | None:
    """Of a claim about everything on the card only that plan counts; of the others any."""
    if claim.note == "resident":
        return made.plans[0] if made.plans[0].fits(claim.card) else None
    return made.best(claim.card)
