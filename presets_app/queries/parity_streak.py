"""How many passes in a row a document has between two places."""

from __future__ import annotations

from django.db.models import Q

from presets_app.core import policy
from presets_app.core.parity_streak import Observed, Streak, streak
from presets_app.models import Check, Project, Run

LOOKED_AT = 40  # checks; a longer row decides nothing that this one does not


def needed(project: Project) -> int:
    return int(policy.merged(project.policy)["streak"])


def of_check(check: Check) -> Streak:
    """The row that ends with the newest judged check of the same document between the same two targets."""
    ends = (check.left.target_id, check.right.target_id)
    between = Q(left__target__in=ends[:1], right__target__in=ends[1:]) | Q(
        left__target__in=ends[1:], right__target__in=ends[:1]
    )
    rows = Check.objects.filter(between, project=check.project_id, preset=check.preset_id, digest=check.digest)
    judged = rows.filter(kind="parity", state="judged").select_related("left__target", "right__target")
    newest = judged.order_by("-id")[:LOOKED_AT]
    return streak((_observed(found) for found in newest), needed(check.project))


def shortfall(check: Check) -> str:
    """What keeps a check from carrying an approval, as far as passes in a row go; "" when nothing does."""
    if check.kind != "parity" or needed(check.project) < 2:
        return ""
    row = of_check(check)
    if row.met:
        return "" if check.id in row.checks else "newer checks make up the passes in a row"
    return f"{row.count} of {row.needed} passes in a row"


def _observed(check: Check) -> Observed:
    sides = sorted((check.left, check.right), key=lambda run: run.target_id)
    drawn = set(check.plan.get("drawn", ()))
    seeds = check.left.items.values_list("key", "seeds")
    return Observed(
        check.id,
        check.outcome,
        (sides[0].manifest, sides[1].manifest),
        frozenset((key, sent) for key, sent in seeds if key in drawn),
        _is_cold(sides),
    )


def _is_cold(sides: list[Run]) -> bool:
    """A service does not say whether it was warm, so only sides that do can show a cold start."""
    own = [run for run in sides if not run.target.is_cloud]
    return bool(own) and all(run.items.filter(warm=False, state="done").exists() for run in own)
