"""Looks that people accepted: for one input of an unchanged preset, every pair that somebody said yes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.core.canonical import digest
from presets_app.core.errors import MatchframeError
from presets_app.models import Check, Decision, Item, Pair, Preset
from presets_app.queries import people

MOST = 6  # accepted pairs of one input that a new one is held against, the newest
LISTED = 500


@dataclass(frozen=True)
class Look:
    """One accepted pair with the decision that stands; either of its two outputs is a reference."""

    pair: Pair
    by: str
    at: datetime
    reason: str

    @property
    def outputs(self) -> tuple[Item, Item]:
        return self.pair.left, self.pair.right


def of_input(preset: Preset, document: str, key: str, *, without: str = "") -> list[Look]:
    """The accepted looks of one input under the document of that digest, newest first; `without` leaves one check
    out."""
    rows = _accepted(preset, document).filter(key=key).exclude(check_of=without)
    return _looks(rows.order_by("-id")[:MOST])


def listed(preset: Preset, key: str = "") -> list[Look]:
    """Every accepted look of the preset as it is now, by input and newest first."""
    rows = _accepted(preset, preset.digest)
    return _looks((rows.filter(key=key) if key else rows).order_by("key", "-id")[:LISTED])


def _accepted(preset: Preset, document: str) -> Any:
    about = {"check_of__preset": preset, "check_of__digest": document, "check_of__kind": "parity"}
    return Pair.objects.filter(decision="accept", **about).select_related("check_of", "left__run", "right__run")


def _looks(pairs: Any) -> list[Look]:
    rows = list(pairs)
    said: dict[tuple[str, str], Decision] = {}
    ids = {pair.check_of_id for pair in rows}
    for decision in Decision.objects.filter(check_id__in=ids, choice="accept").order_by("number"):
        said[(decision.check_id, decision.key)] = decision
    found = ((pair, said.get((pair.check_of_id, pair.key))) for pair in rows)
    return [Look(pair, decision.by, decision.at, decision.reason) for pair, decision in found if decision]


def asked_for(item: Item) -> str:
    """The digest of what was asked of an item, seeds left out; "" when its request is not there any more."""
    if not item.request:
        return ""
    try:
        document = get_json(wiring.artifacts(), item.request).get("document")
    except MatchframeError:
        return ""
    if not isinstance(document, dict):
        return ""
    stages = [{name: value for name, value in stage.items() if name != "seed"} for stage in document.get("stages", [])]
    return digest({**document, "stages": stages})


def shown(check: Check, pair: Pair) -> list[dict[str, Any]]:
    """For the page of a pair: who accepted which other pair of this input, and where it stands."""
    if check.preset is None or check.kind != "parity":
        return []
    looks = of_input(check.preset, check.digest, pair.key, without=check.id)
    names = people.names({look.by for look in looks})
    return [
        {"check": look.pair.check_of_id, "pair": str(look.pair.pk), "when": look.at}
        | {"person": names.get(look.by, look.by), "reason": look.reason}
        for look in looks
    ]


def row(look: Look) -> dict[str, Any]:
    """As plain JSON values."""
    about = {"key": look.pair.key, "check": look.pair.check_of_id, "by": look.by}
    about["at"] = look.at.isoformat("T", "seconds")
    return {**about, "reason": look.reason, "left": look.pair.left.video, "right": look.pair.right.video}
