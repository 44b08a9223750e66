"""What the run pages show."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Avg, Max, Q
from django.urls import reverse
from django.utils import timezone

from presets_app import wiring
from presets_app.core.errors import MatchframeError
from presets_app.core.lifecycle import FINISHED_RUN
from presets_app.models import Check, InputSet, Item, Preset, Project, Run, Target
from presets_app.queries import baselines, outputs, people, phases, progress
from presets_app.queries.manifests import pin_rows
from presets_app.queries.paging import Page, by_id
from presets_app.queries.sides import honest, preset_of, side, video_url

KINDS = [("", "All kinds"), *((kind, kind) for kind, _ in Run.KINDS)]
STATES = [("", "All states"), *((state, state) for state in ("waiting", "running", "done", "failed", "cancelled"))]
STARTABLE = [("preview", "preview"), ("batch", "batch")]
ITEMS_SHOWN = 200
_SEEN = ("phase", "step", "position", "warm", "preview")  # of live progress, what the page shows


def listed(project: Project, asked: dict[str, str]) -> dict[str, Any]:
    """The runs of a project, newest first."""
    rows = Run.objects.filter(project=project).select_related("preset", "target")
    for name in ("kind", "state"):
        if asked.get(name) in dict(KINDS if name == "kind" else STATES):
            rows = rows.filter(**{name: asked[name]}) if asked[name] else rows
    page: Page = by_id(rows, asked)
    return {
        "runs": [_row(run) for run in page.rows],
        "pages": page.pages,
        "kind": asked.get("kind", ""),
        "state": asked.get("state", ""),
        "kinds": KINDS,
        "states": STATES,
        "unfinished": any(run.state not in FINISHED_RUN for run in page.rows),
    }


def _row(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "name": run.name,
        "kind": run.kind,
        "state": run.state,
        "preset": preset_of(run.preset),
        "target": side(run.target),
        "done": run.done,
        "total": run.total,
        "failed": run.failed,
        "started": run.started_at or run.created_at,
        "seconds": _took(run),
        "spent_usd": float(run.spent) if run.spent else None,
    }


def _took(run: Run) -> float | None:
    if run.started_at is None:
        return None
    return ((run.finished_at or timezone.now()) - run.started_at).total_seconds()


def choices(project: Project) -> dict[str, Any]:
    """What a run can be started from."""
    presets = Preset.objects.filter(project=project).order_by("name")
    targets = Target.objects.filter(project=project).exclude(kind="files")
    sets = InputSet.objects.filter(project=project).order_by("name")
    return {
        "presets": [(preset.slug, preset.name) for preset in presets],
        "targets": [(target.slug, target.name) for target in targets],
        "input_sets": [(found.slug, f"{found.name} ({found.items} items, {found.kind})") for found in sets],
        "kinds": STARTABLE,
    }


def detail(run: Run) -> dict[str, Any]:
    """One run with its items; live progress of the item in hand where the runner tells it."""
    items = list(run.items.order_by("position")[:ITEMS_SHOWN])
    finished = run.state in FINISHED_RUN
    check = Check.objects.filter(Q(left=run) | Q(right=run)).order_by("-id").first()
    return {
        "run": {**_row(run), **_progress(run, items), **_figures(run), "finished": finished, "version": version(run)},
        "items": [_item(run, item) for item in items],
        **_rendered_with(run, items),
        "against": baselines.against(run) if finished else None,
        "check": _check(check),
        "log_url": None,
    }


def version(run: Run) -> str:
    """Another text whenever the page would show something else: an item that ended, or a step of the one in hand."""
    if run.state in FINISHED_RUN:
        return str(run.version)
    open_items = run.items.filter(state__in=("running", "queued")).order_by("-state", "position")
    live = _live(run, current) if (current := open_items.first()) else {}
    return "-".join(str(word) for word in (run.version, *(live.get(key, "") for key in _SEEN)))


def _progress(run: Run, items: list[Item]) -> dict[str, Any]:
    current = next((item for item in items if item.state == "running"), None)
    current = current or next((item for item in items if item.state == "queued"), None)
    live = _live(run, current) if current and run.state not in FINISHED_RUN else {}
    in_flight = sum(item.state == "running" for item in items)
    return {
        "sentence": _sentence(run),
        "in_flight": in_flight if run.target.is_cloud and run.state not in FINISHED_RUN else None,
        "left_seconds": _left(run),
        "phase": phases.words(live.get("phase")),
        "warm": live.get("warm"),
        "step": live.get("step"),
        "steps": live.get("steps"),
        "position": live.get("position"),
        "preview_url": _preview_url(run, current, live),
        "person": people.names({run.created_by})[run.created_by],
        "ended": run.finished_at,
        "revision": run.digest,
        "honest": "; ".join(honest(run.target)),
        "input_set": {"slug": run.input_set.slug, "name": run.input_set.name} if run.input_set else None,
    }


def _sentence(run: Run) -> str:
    if run.note and not run.done and not run.failed:
        return run.note
    text = f"{run.done} of {run.total} inputs are rendered"
    text += f", {run.failed} failed" if run.failed else ""
    text += f", {run.cancelled} cancelled" if run.cancelled else ""
    return text + "."


def _live(run: Run, item: Item) -> dict[str, Any]:
    """The runner's own word on the item in hand; nothing when the queue does not answer."""
    if run.target.is_cloud:
        return {}
    if run.target.is_served:
        return progress.of(item.id)
    try:
        return wiring.local_client(run.target.settings.get("pool", "local")).progress(item.id, max(item.attempts, 1))
    except MatchframeError:
        return {}


def _preview_url(run: Run, item: Item | None, live: dict[str, Any]) -> str | None:
    """Of the item in hand; another address for each picture, so that none is shown from a cache."""
    if item is None or not live.get("preview"):
        return None
    kwargs = {"project": run.project.slug, "kind": "preview", "digest": item.id}
    return f"{reverse('media.show', kwargs=kwargs)}?{urlencode({'of': str(live['preview'])})}"


def _left(run: Run) -> float | None:
    done = run.done + run.failed
    if run.state in FINISHED_RUN or not done or run.started_at is None:
        return None
    return (timezone.now() - run.started_at).total_seconds() / done * (run.total - done)


def _figures(run: Run) -> dict[str, Any]:
    found = run.items.aggregate(
        cold=Max("seconds", filter=Q(warm=False)), warm=Avg("seconds", filter=Q(warm=True)), peak=Max("peak_memory")
    )
    return {
        "cold_seconds": None if run.target.is_cloud else found["cold"],
        "warm_seconds": found["warm"],
        "peak_bytes": found["peak"],
        "budget_usd": None,
        "baseline": baselines.is_baseline(run),
    }


def _item(run: Run, item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "place": item.position + 1,
        "label": item.key,
        "state": item.state,
        "phase": None,
        "seconds": item.seconds,
        "video_url": video_url(run.project, item.video),
        "poster_url": None,
        "digest": item.raw_frames or item.video,
        "seeds": item.seeds,
        "failure": item.failure,
        "attempts": item.attempts,
    }


def _rendered_with(run: Run, items: list[Item]) -> dict[str, Any]:
    """What the first rendered item says it was rendered with, and what of that is not as pinned."""
    made = outputs.first_rendered(items)
    if made is None:
        return {"pins": [], "moved": []}
    with wiring.store(run.project.slug) as store:
        return {"pins": pin_rows(made), "moved": outputs.differs(store, run, made) or []}


def _check(check: Check | None) -> dict[str, Any] | None:
    if check is None:
        return None
    address = reverse("parity.detail", kwargs={"project": check.project.slug, "check": check.id})
    state = check.outcome or check.state
    return {"url": address, "state": state, "title": check.preset.name if check.preset else check.note}


def failed_items(run: Run) -> list[Item]:
    return list(run.items.filter(state="failed").select_related("run__target"))
