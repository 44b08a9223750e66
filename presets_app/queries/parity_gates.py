"""The gates of a project that are on trial, from what its checks have seen of them."""

from __future__ import annotations

from collections import Counter

from presets_app.core import gates, policy
from presets_app.core.gates import Trial
from presets_app.models import Check, Pair, Project

LOOKED_AT = 400  # judged checks, the newest


def trials(project: Project) -> list[Trial]:
    """Each gate on trial with how many pairs it has been judged on. A check counts for the gates that were on trial
    when it was judged."""
    rules = policy.merged(project.policy)
    named = [trial.code for trial in gates.trials(rules, {}, {})]
    if not named:
        return []
    rows = Check.objects.filter(project=project, state="judged").order_by("-id")[:LOOKED_AT]
    held = {pk: set(kept.get("on_trial", ())) for pk, kept in rows.values_list("id", "rules")}
    held = {pk: codes & set(named) for pk, codes in held.items() if codes & set(named)}
    judged: Counter[str] = Counter()
    fired: Counter[str] = Counter()
    pairs = Pair.objects.filter(check_of__in=held).exclude(pair_class__in=("", "error"))
    for check, reasons in pairs.values_list("check_of_id", "reasons"):
        judged.update(held[check])
        fired.update({reason["code"] for reason in reasons if reason["severity"] == "dry_run"} & held[check])
    return gates.trials(rules, judged, fired)
