"""The kept run of a preset on a target, and what a later one does otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.core import diff, log_lines, manifest
from presets_app.core.errors import MatchframeError, NotFound
from presets_app.core.generation import PHASES
from presets_app.models import Baseline, Item, Preset, Project, Run, Target
from presets_app.queries import drift

Record = dict[str, Any]
UNPAIRED_SHOWN = 50
LINES_SHOWN = 40
PAIRS_ON_PAGE = 25
_LARGEST_LOG = 4 * 1024 * 1024  # bytes


def current(preset: Preset, target: Target) -> Baseline | None:
    """The baseline that counts now, with its run; None before the first good run."""
    return Baseline.objects.select_related("run").filter(preset=preset, target=target).order_by("-number").first()


def must_have(preset: Preset, target: Target) -> Baseline:
    found = current(preset, target)
    if found is None:
        hint = "The first run that renders all of its inputs becomes it."
        raise NotFound(f"{preset.name} has no baseline on {target.name}.", code="no_baseline", hint=hint)
    return found


def is_baseline(run: Run) -> bool:
    return Baseline.objects.filter(run=run).exists()


def newest_after(baseline: Baseline) -> Run | None:
    """The newest run on the same side that is over, other than the baseline's own."""
    rows = Run.objects.filter(preset=baseline.preset, target=baseline.target, state__in=("done", "failed"))
    later = (
        rows.exclude(pk=baseline.run_id)
        .exclude(kind__in=("trial", "recipe"))
        .select_related("preset", "target", "project")
    )
    return later.order_by("-id").first()


def record_of(baseline: Baseline) -> Record:
    value: Record = get_json(wiring.artifacts(), baseline.record)
    return value


def kept(project: Project | None = None) -> set[str]:
    """Digests of all artifacts that baselines hold, which no purge may take."""
    rows = Baseline.objects.all() if project is None else Baseline.objects.filter(project=project)
    found: set[str] = set()
    for row in rows.iterator():
        found |= {row.record, *record_of(row)["keeps"]}
    return found


def made_of(items: list[Item]) -> list[Record]:
    """What is kept of each item: its state, outputs, seeds, seconds by phase, peak memory and log."""
    return [_entry(item) for item in items]


def _entry(item: Item) -> Record:
    result = _result(item)
    failure = item.failure or {}
    return {
        "key": item.key,
        "state": item.state,
        "request": item.request,
        "result": item.result,
        "video": item.video,
        "raw_frames": item.raw_frames,
        "raw_samples": item.raw_samples,
        "seeds": manifest.seeds_of(result),
        "seconds": item.seconds,
        "warm": item.warm,
        "timings": result.get("timings") or {},
        "peak_memory": item.peak_memory,
        "log": result.get("log") or "",
        "originals": [file["sha256"] for file in result.get("originals") or ()],
        "fingerprint": result.get("fingerprint") or {},
        "failure": failure.get("message", ""),
    }


def _result(item: Item) -> Record:
    if not item.result:
        return {}
    try:
        value: Record = get_json(wiring.artifacts(), item.result)
    except MatchframeError:
        return {}
    return value


def compared(baseline: Baseline, run: Run, most: int | None = None) -> Record:
    """What a run does otherwise than the baseline: outputs, pins, seconds, memory and log lines, by input, of the
    first `most` where that is given.

    Inputs are paired by their key; `unpaired` names those that only one side has. With no input in common the first
    of each are held against each other, and no outputs are compared. `document` has the preset's digests.
    """
    record = record_of(baseline)
    old = {entry["key"]: entry for entry in record["items"]}
    rows = run.items.order_by("position")
    new = {entry["key"]: entry for entry in made_of(list(rows.filter(key__in=old)[:most]))}
    pairs = [(key, old[key], new[key]) for key in new]
    outputs = [_outputs(*pair) for pair in pairs]
    if not pairs and old:
        pairs = [(entry["key"], next(iter(old.values())), entry) for entry in made_of(list(rows[:1]))]
    here = [pair[2] for pair in pairs]
    others = set(rows.values_list("key", flat=True)[: len(old) + UNPAIRED_SHOWN])
    return {
        "document": {"before": record["digest"], "after": run.digest, "same": record["digest"] == run.digest},
        "outputs": outputs,
        "unpaired": sorted(old.keys() ^ others)[:UNPAIRED_SHOWN],
        "changes": _changes(baseline, run, list(old.values()), here),
        "timings": _timings([pair[1] for pair in pairs], here),
        "memory": {"before": _peak(old.values()), "after": _peak(here)},
        "log": [line for pair in pairs for line in _log(*pair)],
    }


def same_output(old: Record, new: Record) -> bool | None:
    """Whether two outputs hold the same frames and samples, each {raw_frames, raw_samples, video}. None where that
    cannot be said: a maker that gives no digest of raw frames, and files with other bytes."""
    if old["raw_frames"] and new["raw_frames"]:
        return all(old[name] == new[name] for name in ("raw_frames", "raw_samples"))
    return True if old["video"] and old["video"] == new["video"] else None


def _outputs(key: str, old: Record, new: Record) -> Record:
    seeds = {"before": old["seeds"], "after": new["seeds"], "same": old["seeds"] == new["seeds"]}
    digests = {"before": old["raw_frames"], "after": new["raw_frames"]}
    return {
        "key": key,
        "same": same_output(old, new),
        "state": new["state"],
        "failure": new["failure"],
        "frames": digests,
        "seeds": seeds,
    }


def _changes(baseline: Baseline, run: Run, old: list[Record], new: list[Record]) -> list[Record]:
    """What the two were rendered with, where it differs; by the first input of each that says it."""
    sides = []
    for run_of, entries in ((baseline.run, old), (run, new)):
        told = next((entry["fingerprint"] for entry in entries if entry["fingerprint"]), None)
        if told is None:
            return []
        sides.append(manifest.from_fingerprint(run.preset.slug if run.preset else "", run_of.target.slug, {}, told))
    found = drift.between(sides[0], sides[1], run.target)
    return [{**change.as_json(), "sentence": diff.sentence(change)} for change in found]


def _timings(old: list[Record], new: list[Record]) -> list[Record]:
    """Mean seconds by phase, warm and cold items apart, for phases that both sides measured."""
    found = []
    for warm in (False, True):
        sides = [_means([entry for entry in side if bool(entry["warm"]) is warm]) for side in (old, new)]
        order = [*[phase for phase in PHASES if phase in sides[0]], *sorted(sides[0].keys() - set(PHASES))]
        found += [
            {"phase": phase, "warm": warm, "before": sides[0][phase], "after": sides[1][phase]}
            for phase in order
            if phase in sides[1]
        ]
    return found


def _means(entries: list[Record]) -> dict[str, float]:
    told: dict[str, list[float]] = {}
    for entry in entries:
        for phase, seconds in entry["timings"].items():
            told.setdefault(phase, []).append(float(seconds))
    return {phase: round(sum(values) / len(values), 4) for phase, values in told.items()}


def _peak(entries: Iterable[Record]) -> int | None:
    return max((entry["peak_memory"] for entry in entries if entry["peak_memory"]), default=None)


def _log(key: str, old: Record, new: Record) -> list[Record]:
    if old["log"] == new["log"]:
        return []
    return [{"key": key, **line.as_json()} for line in log_lines.differences(_text(old["log"]), _text(new["log"]))]


def _text(digest: str) -> str:
    if not digest:
        return ""
    try:
        with wiring.artifacts().open(digest) as stream:
            return stream.read(_LARGEST_LOG).decode("utf-8", "replace")
    except MatchframeError:
        return ""


def against(run: Run) -> Record | None:
    """The comparison as the run's page shows it; None for the baseline itself, and while there is none."""
    baseline = current(run.preset, run.target) if run.preset else None
    if baseline is None or baseline.run_id == run.pk:
        return None
    found = compared(baseline, run, PAIRS_ON_PAGE)
    lines = [_line(row) for row in found["log"]]
    return {
        "run": {"id": baseline.run_id, "when": baseline.run.finished_at or baseline.at, "number": baseline.number},
        "same": bool(found["outputs"]) and all(row["same"] for row in found["outputs"]),
        "sentence": _sentence(found["outputs"], same_document=found["document"]["same"]),
        "changes": found["changes"],
        "lines": lines[:LINES_SHOWN],
        "more": max(0, len(lines) - LINES_SHOWN),
        "timings": found["timings"],
        "memory": found["memory"],
        "outputs": found["outputs"],
    }


def _line(row: Record) -> Record:
    number = row["line_after"] or row["line_before"]
    about = {"label": f"line {number}", "group": row["key"], "path": ""}
    return {**about, "kind": row["kind"], "before": row["before"], "after": row["after"]}


def _sentence(rows: list[Record], *, same_document: bool) -> str:
    revision = "" if same_document else " The preset was another revision then."
    if not rows:
        return f"The two have no input in common, so no outputs are compared.{revision}"
    equal, other = (sum(row["same"] is answer for row in rows) for answer in (True, False))
    silent = len(rows) - equal - other
    told = f"{equal} of {len(rows)} outputs have the same frames and samples, bit by bit"
    told += f"; {other} {'differs' if other == 1 else 'differ'}" if other else ""
    return told + (f"; of {silent} it cannot be said" if silent else "") + f".{revision}"
