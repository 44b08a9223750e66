"""What a comparison can be made of, as options of a form: runs, baselines, and presets on targets."""

from __future__ import annotations

from presets_app.models import Baseline, InputSet, Preset, Project, Run, Target

RUNS, PRESETS = 40, 60  # the newest of each


def options(project: Project) -> list[tuple[str, str]]:
    targets = list(Target.objects.filter(project=project).exclude(kind="files"))
    presets = list(Preset.objects.filter(project=project).order_by("-changed_at")[:PRESETS])
    now = [
        (f"{preset.slug}/{target.slug}", f"render now: {preset.name} on {target.name}")
        for preset in presets
        for target in targets
    ]
    rows = Baseline.objects.filter(project=project).select_related("preset", "target").order_by("preset__name")
    kept = {(row.preset.slug, row.target.slug): row for row in rows}
    held = [
        (f"baseline:{preset}/{target}", f"baseline: {row.preset.name} on {row.target.name}")
        for (preset, target), row in kept.items()
    ]
    done = Run.objects.filter(project=project, done__gt=0).exclude(kind="trial").order_by("-id")[:RUNS]
    return [*now, *held, *((f"run:{run.pk}", f"run: {run.name}, {run.done} done") for run in done)]


def input_sets(project: Project) -> list[tuple[str, str]]:
    rows = InputSet.objects.filter(project=project).order_by("name")
    return [("", "those of the other side")] + [(row.slug, f"{row.name} ({row.items} items)") for row in rows]
