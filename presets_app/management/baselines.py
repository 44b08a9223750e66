"""`manage.py runs baseline`: the kept run as a program reads it, and what a later one does otherwise."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from presets_app.core.errors import Conflict
from presets_app.management.json_command import taking
from presets_app.queries import baselines, projects


def arguments(parser: ArgumentParser) -> None:
    taking("preset", "target")(parser)
    parser.add_argument("--against", default="", metavar="RUN", help="the later run; the newest finished when left out")
    parser.add_argument("--set", default="", dest="chosen", metavar="RUN", help="hold later runs against this one")
    parser.add_argument("--reason", default="", help="why another run is the baseline from now on")


def answer(project: Any, preset: Any, target: Any, against: str) -> dict[str, Any]:
    """`run` is null, and nothing is compared, while there is no later run. Raises NotFound without a baseline."""
    baseline = baselines.must_have(preset, target)
    later = projects.run(project, against) if against else baselines.newest_after(baseline)
    if later is not None and (later.preset_id, later.target_id) != (preset.pk, target.pk):
        text = f"The run {later.id} is not of {preset.name} on {target.name}."
        raise Conflict(text, code="baseline_of_another", hint="Name a run of the same preset on the same target.")
    found = {"preset": preset.slug, "target": target.slug, "baseline": _shown(baseline), "run": None}
    if later is None:
        return found
    return {**found, "run": _run(later), **baselines.compared(baseline, later)}


def equal(item: Any, again: dict[str, Any]) -> dict[str, Any]:
    """Whether a replay gave the same frames and samples; `same` is null where that cannot be said yet."""
    was = {name: getattr(item, name) for name in ("raw_frames", "raw_samples", "video")}
    return {"key": item.key, **was, "same": baselines.same_output(was, again)}


def _shown(baseline: Any) -> dict[str, Any]:
    record = baselines.record_of(baseline)
    kept = {"number": baseline.number, "by": baseline.by, "at": baseline.at.isoformat(), "reason": baseline.reason}
    about = {name: record[name] for name in ("run", "name", "revision", "manifest", "started", "finished")}
    fingerprint: dict[str, Any] = next((entry["fingerprint"] for entry in record["items"] if entry["fingerprint"]), {})
    items = [{name: value for name, value in entry.items() if name != "fingerprint"} for entry in record["items"]]
    return {**kept, **about, "record": baseline.record, "fingerprint": fingerprint, "items": items}


def _run(run: Any) -> dict[str, Any]:
    return {"id": run.id, "name": run.name, "state": run.state, "manifest": run.manifest}
