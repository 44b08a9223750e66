"""What the parity pages show: lists, one check with its verdict, and what can be asked for."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.urls import reverse

from presets_app.core.lifecycle import FINISHED_CHECK
from presets_app.core.parity import CODES
from presets_app.core.parity_streak import GOOD
from presets_app.core.parity_verdict import TITLES
from presets_app.models import Check, Migration, Pair, Preset, Project
from presets_app.queries import (
    parity_charts,
    parity_costs,
    parity_gates,
    parity_noise,
    parity_review,
    parity_streak,
    people,
)
from presets_app.queries.paging import by_id
from presets_app.queries.parity_pair import chosen_pair, pair_row, sides_of
from presets_app.queries.sides import honest, preset_of

QUIET = ("identical", "same")
USUAL_MORE = 15  # the smoke standard once more
DRAWN_FROM_FILES = "clips brought in as files"


def listed(project: Project, asked: dict[str, str]) -> dict[str, Any]:
    """The checks of a project; on the first page those that need a person come first."""
    rows = Check.objects.filter(project=project).select_related(
        "preset", "left__target", "right__target", "left__preset", "right__preset"
    )
    page = by_id(rows, asked)
    first = sorted(page.rows, key=lambda check: not check.waits) if not asked.get("before") else page.rows
    names = people.names({check.created_by for check in first})
    return {"checks": [{**_row(check), "person": names[check.created_by]} for check in first], "pages": page.pages}


def _row(check: Check) -> dict[str, Any]:
    left, right = sides_of(check)
    return {
        "id": check.id,
        "state": state_of(check),
        "preset": subject(check),
        "from": left,
        "to": right,
        "pairs": check.counts.get("pairs") or check.left.total,
        "undecided": check.undecided,
        "sentence": check.said,
        "when": check.judged_at or check.created_at,
        "kind": check.kind,
    }


def subject(check: Check) -> dict[str, str]:
    """What was compared: a preset, or whatever its note says where it is no check of one preset."""
    named = preset_of(check.preset) if check.kind in ("parity", "restore") else None
    return named or {"slug": "", "name": check.note or DRAWN_FROM_FILES}


def state_of(check: Check) -> str:
    """The one word for a check: its outcome once judged, else how far it is."""
    return check.outcome if check.state in ("judged", "failed") and check.outcome else check.state


def detail(check: Check, chosen: str) -> dict[str, Any]:
    """A check with its pairs; `chosen` is a pair's id, or "" for the worst undecided."""
    pairs = list(_ranked(check))
    loud = [pair for pair in pairs if pair.pair_class not in QUIET or pair.needs_person]
    quiet = [pair for pair in pairs if pair not in loud]
    order = loud + quiet if check.state in FINISHED_CHECK else []
    decided = sum(bool(pair.decision) for pair in loud)
    return {
        "check": _head(check, measured=sum(bool(pair.pair_class) for pair in pairs)),
        "gates": [*(_gate(rule) for rule in _standing(check, "requirements")), *_row_of_passes(check), *_trials(check)],
        "pairs": [pair_row(pair) for pair in loud] if order else [],
        "quiet": [pair_row(pair) for pair in quiet] if order else [],
        "counts": {"all": len(pairs), "undecided": check.undecided, "decided": decided},
        "pair": chosen_pair(check, order, chosen) if order else None,
        "add": _more(check),
        "charts": parity_charts.of_check(check, pairs) if check.state == "judged" else None,
        "costs": parity_costs.shown(check) if check.state == "judged" else [],
        "review": parity_review.shown(check, pairs),
        "migration_url": _migration_url(check),
    }


def _ranked(check: Check) -> Any:
    """Undecided first, then worst first."""
    asked = Case(When(needs_person=True, decision="", then=Value(0)), default=Value(1), output_field=IntegerField())
    return check.pairs.select_related("left", "right").order_by(asked, "-severity", "position")


def _head(check: Check, *, measured: int) -> dict[str, Any]:
    left, right = sides_of(check)
    finished = check.state in FINISHED_CHECK
    given = check.left.input_set
    return {
        "id": check.id,
        "finished": finished,
        "version": f"{check.version}.{check.left.version}.{check.right.version}",
        "state": state_of(check),
        "sentence": _standing(check, "sentence") if finished else _underway(check),
        "bound": bound_of(check),
        "noise": parity_noise.sentence(check) if check.state == "judged" else "",
        "reasons": _standing(check, "reasons"),
        "preset": subject(check),
        "revision": check.digest,
        "from": {**left, "run_url": _run_url(check, check.left_id)},
        "to": {**right, "run_url": _run_url(check, check.right_id)},
        "input_set": {"slug": given.slug, "name": given.name} if given else None,
        "when": check.judged_at or check.created_at,
        "person": people.names({check.created_by})[check.created_by],
        "done": measured if check.state == "judging" else _rendered(check),
        "total": check.left.total if check.state == "judging" else check.left.total + check.right.total,
        "evidence": check.evidence,
        "standard": check.plan.get("standard", ""),
        "honest": honest(check.left.target, check.right.target),
        "cause": check.cause,
        "note": check.note,
        "kind": check.kind,
    }


def _rendered(check: Check) -> int:
    return sum(run.done + run.failed + run.cancelled for run in (check.left, check.right))


def _underway(check: Check) -> str:
    if check.state == "judging":
        return "Every input is rendered; the pairs are measured."
    sides = [f"{run.target.name}: {run.done} of {run.total}" for run in (check.left, check.right)]
    return "Rendering. " + ", ".join(sides) + "."


def bound_of(check: Check) -> str:
    """How the sample of a check was chosen, and what was left out of it."""
    kept = check.plan.get("not_compared") or 0
    why = check.plan.get("why", "")
    parts = [f"{str(why).rstrip('.')}."] if why else []
    if kept:
        parts.append(f"{kept} local-only items were not compared.")
    return " ".join(parts)


def _standing(check: Check, name: str) -> Any:
    """What the check says with people's decisions; of one judged before they were counted in, what it said then."""
    return check.standing[name] if name in check.standing else getattr(check, name)


def _row_of_passes(check: Check) -> list[dict[str, Any]]:
    """The gate of passes in a row, where the policy asks for more than one."""
    if check.kind != "parity" or check.state != "judged" or parity_streak.needed(check.project) < 2:
        return []
    row = parity_streak.of_check(check)
    state = "pass" if row.met else "waiting"
    return [{"title": "Passes in a row", "state": state, "found": row.count, "wanted": row.needed, "note": row.text}]


def _trials(check: Check) -> list[dict[str, Any]]:
    """The gates that were on trial when the check was judged: what they would have said, which decided nothing."""
    names = check.rules.get("on_trial") or []
    if not names:
        return []
    now = {trial.code: trial for trial in parity_gates.trials(check.project)}
    fired = Counter(
        reason["code"] for pair in check.pairs.all() for reason in pair.reasons if reason["severity"] == "dry_run"
    )
    seen = {code: f"judged on {trial.judged} of {trial.needed} pairs before it decides" for code, trial in now.items()}
    return [
        {
            "title": CODES.get(code, code.replace("_", " ")).rstrip("."),
            "state": "fail" if fired[code] else "pass",
            "found": fired[code],
            "note": seen.get(code, ""),
            "dry_run": True,
        }
        for code in names
    ]


def _gate(rule: dict[str, Any]) -> dict[str, Any]:
    """One rule of the verdict as a ticked line."""
    state = "pass" if rule["met"] else "inconclusive" if rule["name"] in ("decisions", "sample", "reviewer") else "fail"
    return {
        "title": TITLES.get(rule["name"], rule["name"]),
        "state": state,
        "found": "yes" if rule["met"] else "no",
        "note": rule["text"],
    }


def _run_url(check: Check, run: str) -> str:
    return reverse("runs.detail", kwargs={"project": check.project.slug, "run": run})


def _more(check: Check) -> dict[str, Any] | None:
    """How many further items would let the check decide, and where to ask for them."""
    if check.state != "judged" or check.kind != "parity" or check.preset is None:
        return None
    asked = check.standing.get("more")
    left = int(check.plan.get("batch", 0)) - int(check.plan.get("n", 0))
    items = min(int(asked or USUAL_MORE), left)
    names = {"project": check.project.slug, "check": check.id}
    again = reverse("parity.again", kwargs=names)
    short = check.outcome in GOOD and bool(parity_streak.shortfall(check))
    if items <= 0:
        return {"items": 0, "again_url": again, "short": short}
    address = reverse("parity.extend", kwargs=names)
    return {"items": items, "most": left, "asked": bool(asked), "url": address, "again_url": again, "short": short}


def _migration_url(check: Check) -> str | None:
    found = Migration.objects.filter(project=check.project, check_id=check.id).order_by("-id").first()
    if found is not None:
        return reverse("migrations.detail", kwargs={"project": check.project.slug, "migration": found.id})
    if check.outcome not in ("pass", "accepted", "inconclusive") or check.waits or check.kind != "parity":
        return None
    return reverse("migrations.new", kwargs={"project": check.project.slug}) + f"?check={check.id}"


def pair_of(check: Check, number: str) -> Pair | None:
    return check.pairs.filter(pk=int(number)).first() if number.isdigit() and len(number) < 18 else None


def of_preset(preset: Preset, target: str) -> Any:
    """Judged checks of a preset with a side on a target, newest first."""
    on = Q(left__target__slug=target) | Q(right__target__slug=target)
    return Check.objects.filter(on, preset=preset, state="judged").order_by("-id")
