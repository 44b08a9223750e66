"""What the target pages show: how each place is, what it is made of, and what is pinned there."""

from __future__ import annotations

from typing import Any

from presets_app import wiring
from presets_app.core.errors import MatchframeError
from presets_app.core.manifest.making import MAPS
from presets_app.models import Manifest, Project, Target
from presets_app.queries import drift, people, target_figures, variables
from presets_app.queries.sides import side

KINDS = {
    "local": "local GPU runner",
    "comfyui": "ComfyUI server",
    "wavespeed": "cloud backend, WaveSpeed",
    "files": "files brought in by hand",
}
ADDABLE = [(kind, KINDS[kind]) for kind in ("comfyui", "local", "wavespeed")]
PINS_SHOWN = 50


def listed(project: Project) -> list[dict[str, Any]]:
    targets = list(Target.objects.filter(project=project))
    answers = drift.answers(targets)
    waits = target_figures.waiting(project)
    with wiring.store(project.slug) as store:
        return [
            {
                **_row(target, drifted=bool(drift.of_target(store, target, answers[target.slug][1]))),
                "figures": target_figures.of(target, answers[target.slug][1]),
                "waiting": waits.get(target.pk, 0),
            }
            for target in targets
        ]


def _row(target: Target, *, drifted: bool) -> dict[str, Any]:
    state, sentence = _state(target, drifted)
    return {
        **side(target),
        "label": KINDS.get(target.kind, target.kind),
        "state": state,
        "sentence": sentence,
        "probed": target.probed_at,
        "honest": target.stand_in,
    }


def _state(target: Target, drifted: bool) -> tuple[str, str]:
    """The one word for a target, and a sentence where the word alone does not say what to do."""
    if target.kind == "files":
        return "", "Renders nothing: it holds outputs that were brought in."
    if target.probe_failure:
        failure = target.probe_failure
        return "down", f"{failure.get('message', '')} {failure.get('hint', '')}".strip()
    if not target.probe:
        return "unknown", "It has not been asked about itself yet."
    if drifted:
        return "drifted", "It is no longer what was pinned."
    return "up", ""


def detail(target: Target) -> dict[str, Any]:
    """One target: state, health, pins of its last answer, what was pinned on it and whether that still holds."""
    answer = drift.answers([target])[target.slug][1]
    with wiring.store(target.project.slug) as store:
        moved = drift.of_target(store, target, answer)
    address = target.settings.get("base_url") or f"queue gpu:{target.settings.get('pool', 'local')}"
    facts, fault = health(target, answer)
    shown = {**_row(target, drifted=bool(moved)), "address": "" if target.kind == "files" else address}
    return {
        "target": {**shown, "state": "down", "sentence": fault} if fault else shown,
        "health": facts,
        "figures": target_figures.of(target, answer),
        "askable": target.kind != "files" and not (target.is_outside and target.project.local_only),
        "pins": pins(target, answer),
        "drift": moved[0][1] if moved else [],
        "drift_presets": [{"slug": row.preset.slug, "name": row.preset.name} for row, _ in moved],
        "pinned": _pinned(target, {row.pk for row, _ in moved}),
        "carries": [],
        "variables": variables.kept(target),
        "keeps": target.kind != "files",
    }


def _pinned(target: Target, moved: set[int]) -> list[dict[str, Any]]:
    """The presets with pins on this target, newest pin first."""
    rows = Manifest.objects.select_related("preset").filter(project=target.project_id, target=target.slug)
    found = list(rows.order_by("-at", "-id")[:PINS_SHOWN])
    names = people.names({row.by for row in found})
    return [
        {
            "preset": {"slug": row.preset.slug, "name": row.preset.name},
            "digest": row.digest,
            "when": row.at,
            "person": names[row.by],
            "unknown": row.unknown,
            "state": "drifted" if row.pk in moved else "pinned",
        }
        for row in found
    ]


def health(target: Target, answer: dict[str, Any] | None) -> tuple[list[tuple[str, Any]], str]:
    """Short facts as (label, value), of a local pool as it is now, of a service as it last said; and the sentence
    that tells what keeps a pool from rendering now, "" for nothing."""
    if target.is_dispatched:
        facts = [(_words(key), value) for key, value in ((answer or {}).get("facts") or {}).items()]
        return facts + devices(answer), ""
    if target.kind != "local":
        return [], ""
    try:
        found = wiring.local_client(target.settings.get("pool", "local")).health()
    except MatchframeError as error:
        return [], f"{error} {error.problems[0].hint}".strip()
    faults = " ".join(f"{problem.message} {problem.hint}".strip() for problem in found.problems)
    return [(_words(key), value) for key, value in found.facts.items()], faults


def devices(answer: dict[str, Any] | None) -> list[tuple[str, Any]]:
    """What a server renders on, as far as its last answer names it."""
    listed = (answer or {}).get("devices") or []
    return [("device", f"{held['name']}, {_memory(held.get('memory'))}") for held in listed]


def _memory(size: int | None) -> str:
    return "memory unknown" if size is None else f"{size / 1024**3:.1f} GiB"


def _words(key: str) -> str:
    return key.replace("_", " ")


def pins(target: Target, answer: dict[str, Any] | None) -> list[dict[str, Any]]:
    """What the last answer says the target is made of, as rows of shared/pins.html."""
    if answer is None:
        return []
    rows: list[tuple[str, str, str | None]]
    if target.is_cloud:
        models = answer.get("catalogue", [])
        used = set(target.settings.get("models", {}).values())
        priced = [(row["model_id"], f"{row['base_price'] or '-'} USD") for row in models if row["model_id"] in used]
        rows = [("model", "catalogue", f"{len(models)} models"), *(("model", name, price) for name, price in priced)]
    else:
        fingerprint = answer.get("fingerprint", {})
        weights = answer.get("checkpoints", {}).items()
        rows = [("model", name, _weights(held)) for name, held in sorted(weights)]
        rows += [("driver", *row) for row in flat(fingerprint.get("driver", {}))]
        rows += [("determinism", *row) for row in flat(fingerprint.get("determinism", {}))]
    return [
        {"section": section, "label": label, "value": text, "status": "captured" if text is not None else "unknown"}
        for section, label, text in rows
    ]


def _weights(held: dict[str, Any] | None) -> str:
    if not held or not held.get("revision"):
        return "not there"
    return f"revision {held['revision'][:12]}, {len(held.get('files') or {})} files, each with its SHA-256"


def flat(values: dict[str, Any], prefix: str = "") -> list[tuple[str, str | None]]:
    """Nested facts as (dotted name, text); None for what the target does not know itself."""
    rows: list[tuple[str, str | None]] = []
    for key, value in sorted(values.items()):
        if isinstance(value, dict) and value.keys() == {"unknown"}:
            rows.append((f"{prefix}{key}", None))
        elif isinstance(value, dict) and value and key not in MAPS:
            rows += flat(value, f"{prefix}{key}.")
        else:
            rows.append((f"{prefix}{key}", _memory(value) if key == "memory" and value else _text(value)))
    return rows


def _text(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, dict):
        return f"{len(value)} named" if value else "none"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
