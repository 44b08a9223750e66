"""The parity check that a decision rests on, as pages name it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from presets_app.models import Check, Project, Target
from presets_app.queries.parity import bound_of, state_of
from presets_app.queries.sides import honest

OFFERED = 20  # checks to choose from


def of_check(check: Check | None) -> dict[str, Any] | None:
    """{id, state, sentence, bound, url, undecided}; `bound` says too what stood behind the targets."""
    if check is None:
        return None
    stood_in = honest(check.left.target, check.right.target)
    bound = " ".join([bound_of(check), *(f"{text[:1].upper()}{text[1:]}." for text in stood_in)]).strip()
    return {
        "id": check.id,
        "state": state_of(check),
        "sentence": check.said or "It is not judged yet.",
        "bound": bound,
        "url": reverse("parity.detail", kwargs={"project": check.project.slug, "check": check.id}),
        "undecided": check.undecided,
    }


def check_of(project: Project, number: str) -> Check | None:
    """The check of that number, with what `of_check` reads."""
    sides = ("project", "preset", "left__target", "right__target")
    return Check.objects.select_related(*sides).filter(project=project, pk=number).first() if number else None


def offered(project: Project, **about: Any) -> list[tuple[str, str]]:
    """(id, label) of the newest judged checks of a project; `about` narrows them, as a filter does."""
    rows = Check.objects.filter(project=project, kind="parity", state="judged", preset__isnull=False, **about)
    found = rows.select_related("preset", "left__target", "right__target").order_by("-id")[:OFFERED]
    return [(check.id, label(check)) for check in found]


def label(check: Check) -> str:
    sides = f"{check.left.target.name} and {check.right.target.name}"
    name = check.preset.name if check.preset else check.note
    return f"{name}, {check.digest[:8]}, {sides}: {state_of(check)}, {check.judged_at:%Y-%m-%d %H:%M} UTC"


def between(rows: list[tuple[str, str]], project: Project, targets: set[str]) -> list[tuple[str, str]]:
    """Of `offered` checks, those whose two sides are these targets."""
    wanted = set(Target.objects.filter(project=project, slug__in=targets).values_list("pk", flat=True))
    pairs = Check.objects.filter(pk__in=[key for key, _ in rows]).values_list("pk", "left__target", "right__target")
    kept = {key for key, left, right in pairs if {left, right} == wanted}
    return [row for row in rows if row[0] in kept]
