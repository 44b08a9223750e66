"""How a place that renders is doing: its cards, what its runners keep loaded, and how long a render took lately."""

from __future__ import annotations

from typing import Any

from django.db.models import Avg, Count, Max, Q

from presets_app import wiring
from presets_app.core.errors import MatchframeError
from presets_app.models import Item, Project, Target
from presets_app.queries import cards

LATELY = 200  # renders
OPEN = ("waiting", "running")  # states of a run with work left
OVER = ("done", "failed", "cancelled")  # of an item


def of(target: Target, answer: dict[str, Any] | None) -> dict[str, Any] | None:
    """What targets/figures.html shows; None for what renders nothing or renders elsewhere."""
    if target.kind == "files" or target.is_cloud:
        return None
    recent = Item.objects.filter(run__target=target, state="done").order_by("-id").values("pk")[:LATELY]
    cold, warm = Q(warm=False), Q(warm=True)
    times = Item.objects.filter(pk__in=list(recent.values_list("pk", flat=True))).aggregate(
        cold_seconds=Avg("seconds", filter=cold),
        cold_count=Count("pk", filter=cold),
        warm_seconds=Avg("seconds", filter=warm),
        warm_count=Count("pk", filter=warm),
        peak_bytes=Max("peak_memory"),
    )
    return {
        "cards": [card.words for card in cards.of(answer)],
        "memory": _machine(answer),
        "warm": _warm(target),
        "asked": answer is not None,
        "cpu": _renders_on_cpu(answer),
        "times": times,
        "lately": LATELY,
    }


def waiting(project: Project) -> dict[int, int]:
    """{target: items of its runs that are not over}."""
    items = Item.objects.filter(run__project=project, run__state__in=OPEN).exclude(state__in=OVER)
    return dict(items.values_list("run__target").annotate(count=Count("pk")))


def _driver(answer: dict[str, Any] | None) -> dict[str, Any]:
    told = ((answer or {}).get("fingerprint") or {}).get("driver")
    return told if isinstance(told, dict) else {}


def _machine(answer: dict[str, Any] | None) -> int | None:
    size = _driver(answer).get("memory")
    return size if isinstance(size, int) else None


def _renders_on_cpu(answer: dict[str, Any] | None) -> bool:
    """Whether the runner itself says that there is no card."""
    gpu = _driver(answer).get("gpu")
    return isinstance(gpu, dict) and gpu.get("present") is False


def _warm(target: Target) -> list[dict[str, Any]] | None:
    """[{repository, revision, bytes, seconds}]; None where nobody can tell."""
    if target.kind != "local":
        return None
    try:
        return wiring.local_client(target.settings.get("pool", "local")).warm()
    except MatchframeError:
        return None
