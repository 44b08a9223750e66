"""The noise floors of presets on targets: which hold, which have expired and why, and the one a check is judged in."""

from __future__ import annotations

from typing import Any

from presets_app.core import noise_floor
from presets_app.models import Check, Manifest, NoiseFloor, Preset, Project, Target
from presets_app.queries import drift

PATHS_SHOWN = 100  # newest presets of a project on the page


def newest(preset: Preset, target: Target) -> NoiseFloor | None:
    return NoiseFloor.objects.filter(preset=preset, target=target).order_by("-id").first()


def machine_of(target: Target) -> dict[str, str]:
    """The card and driver that the target last said it has; {} where it does not say."""
    answer = drift.answers([target])[target.slug][1] or {}
    return noise_floor.machine((answer.get("fingerprint") or {}).get("driver") or {})


def facts_of(preset: Preset, target: Target) -> dict[str, Any]:
    """What a floor measured now would be bound to."""
    pins = Manifest.objects.filter(preset=preset, target=target.slug).values_list("digest", flat=True).first()
    return {"document": preset.digest, "manifest": pins or "", "machine": machine_of(target)}


def why_expired(floor: NoiseFloor, now: dict[str, Any] | None = None) -> str:
    """What changed since it was measured; "" while it holds."""
    then = {"document": floor.digest, "manifest": floor.manifest, "machine": floor.machine}
    return noise_floor.why_expired(then, now if now is not None else facts_of(floor.preset, floor.target))


def holding(preset: Preset, target: Target) -> NoiseFloor | None:
    """The floor that counts now, None when there is none, it has expired, or nothing could be measured."""
    found = NoiseFloor.objects.filter(preset=preset, target=target, state="measured").order_by("-id").first()
    return found if found is not None and found.floor.get("usable") and not why_expired(found) else None


def for_check(check: Check) -> dict[str, Any]:
    """What the differences of a check are shown in: {"difference", "gate", "sides": {target: floor id}}, {} without a
    floor on either side. Comparisons of two presets and noise floors themselves have none."""
    if check.preset is None or check.kind == "noise" or check.right.preset_id != check.preset_id:
        return {}
    held = [holding(check.preset, run.target) for run in _once(check)]
    floors = [found for found in held if found is not None]
    combined = noise_floor.combined(found.floor for found in floors)
    return {**combined, "sides": {found.target.slug: found.pk for found in floors}} if combined else {}


def _once(check: Check) -> list[Any]:
    return [check.left] if check.left.target_id == check.right.target_id else [check.left, check.right]


def sentence(check: Check) -> str:
    """In which noise a check's differences are shown, or that none is measured."""
    if check.kind == "noise" or check.preset is None:
        return ""
    if not check.noise:
        names = " or ".join(run.target.name for run in _once(check))
        return f"No noise floor holds for {names}: differences are judged by start values, not in multiples of noise."
    if not check.noise.get("difference"):
        return "The sides repeat themselves exactly and no benign change moved them: there is no noise to count in."
    names = " and ".join(sorted(check.noise["sides"]))
    return f"Differences are in multiples of the noise on {names}: {check.noise['difference']:.4f} (1 - SSIM)."


def listed(project: Project, preset: str = "") -> list[dict[str, Any]]:
    """Each preset on each target that renders, with its floor and whether that holds."""
    targets = list(Target.objects.filter(project=project).exclude(kind="files"))
    presets = Preset.objects.filter(project=project).order_by("-changed_at")
    chosen = presets.filter(slug=preset) if preset else presets[:PATHS_SHOWN]
    machines = {target.pk: machine_of(target) for target in targets}
    pins = {(row.preset_id, row.target): row.digest for row in Manifest.objects.filter(project=project)}
    newest: dict[tuple[int, int], NoiseFloor] = {}
    for floor in NoiseFloor.objects.filter(project=project).select_related("preset", "target").order_by("id"):
        newest[(floor.preset_id, floor.target_id)] = floor
    rows = []
    for found in chosen:
        for target in targets:
            now = {"document": found.digest, "manifest": pins.get((found.pk, target.slug), "")}
            held = newest.get((found.pk, target.pk))
            rows.append(row_of(found, target, held, {**now, "machine": machines[target.pk]}))
    return rows


def row_of(preset: Preset, target: Target, floor: NoiseFloor | None, now: dict[str, Any]) -> dict[str, Any]:
    about: dict[str, Any] = {"preset": preset.slug, "preset_name": preset.name, "target": target.slug}
    about |= {"target_name": target.name, "cloud": target.is_cloud}
    if floor is None:
        empty = {"state": "none", "expired": "", "floor": {}, "change": {}, "checks": {}}
        return {**about, **empty, "text": "Not measured.", "at": None}
    expired = why_expired(floor, now)
    state = "expired" if floor.state == "measured" and expired else floor.state
    text = floor.floor.get("text") or "The renders are under way."
    if state == "expired":
        text = f"Expired: another {expired} since it was measured."
    checks = {"again": floor.again_id, "benign": floor.benign_id}
    held = {"floor": floor.floor, "change": floor.change, "checks": checks, "at": floor.at}
    return {**about, **held, "state": state, "expired": expired, "text": text}
