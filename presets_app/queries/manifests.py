"""What the page of a manifest shows: its pins in three sections, its files, how it came to be, and what differs."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from presets_app import wiring
from presets_app.core import environments, manifest
from presets_app.core.errors import NotFound
from presets_app.core.manifest.making import MAPS
from presets_app.core.problems import has_errors
from presets_app.gitstore import CommitInfo, Store, paths
from presets_app.models import Preset, Target
from presets_app.queries import baselines, drift, people
from presets_app.queries.sides import side

COMMITS_SHOWN = 25
NOUNS = {"files": "file", "configs": "configuration", "packages": "package", "flags": "flag"}
FOLDED = {"libraries.": "packages", "determinism.environment.": "flags", "determinism.": "flags"}
_GIB = 1024**3
FORMS = {"pip": "pip constraints", "comfyui": "ComfyUI", "container": "Container"}
Pinned = dict[str, Any]


def commit(preset: Preset, target: Target, sha: str) -> str:
    """The commit of these pins, the newest for "". Raises NotFound for one that never wrote them."""
    with wiring.store(preset.project.slug) as store:
        commits = _commits(store, preset, target)
        return (_chosen(commits, sha) or commits[0]).sha


def _commits(store: Store, preset: Preset, target: Target) -> list[CommitInfo]:
    found = store.log(path=paths.manifest(preset.slug, target.slug), limit=COMMITS_SHOWN)
    if not found:
        hint = "Pin it on the preset's page, under Targets and pins."
        raise NotFound(f"{preset.name} is not pinned on {target.name}.", code="not_pinned", hint=hint)
    return found


def detail(preset: Preset, target: Target, asked: dict[str, str]) -> dict[str, Any]:
    """One side's pins at a commit (`commit`, the newest when "") against another (`from`, the one before when "")."""
    with wiring.store(preset.project.slug) as store:
        commits = _commits(store, preset, target)
        at = _chosen(commits, asked.get("commit", "")) or commits[0]
        shown = _at(store, preset, target, at)
        return {
            "preset": {"slug": preset.slug, "name": preset.name},
            "target": {**side(target), "honest": target.stand_in},
            "manifest": _about(at, shown, newest=at.sha == commits[0].sha),
            "pins": pin_rows(_unfolded(shown)),
            "lists": _lists(shown),
            "drift": _drift(shown, target),
            "diff": _diff(store, preset, target, commits, (at, shown), asked.get("from", "")),
            "history": _history(preset, target, commits, at),
            "declarable": [(name, _called(name)) for name in manifest.declarable(shown)],
            "exports": _exports(shown),
            "baseline": _baseline(preset, target),
        }


def pin_rows(pinned: Pinned) -> list[dict[str, Any]]:
    """The pins of a manifest as rows of shared/pins.html."""
    return [
        {
            "section": section,
            "label": manifest.label_of(section, key),
            "value": _value(key, pin),
            "status": pin["status"],
            "note": pin.get("why", ""),
        }
        for section in manifest.SECTIONS
        for key, pin in sorted(pinned[section].items())
    ]


def _value(key: str, pin: dict[str, Any]) -> str | None:
    value = pin.get("value")
    if pin["status"] == "unknown":
        return None
    if isinstance(value, dict) and value:
        noun = "packages" if key in MAPS else "files, each with its SHA-256"
        return f"{len(value)} {noun}"
    if key == "memory" and isinstance(value, int):
        return f"{value / _GIB:.1f} GiB"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = manifest.spelled({**pin, "status": "captured"})
    return f"{text}, declared by {pin['by']}" if pin["status"] == "declared" else text


def _called(name: str) -> str:
    part, _, key = name.partition(".")
    return f"{part.capitalize()}: {manifest.label_of(part, key)}"


def _folds(key: str, pin: dict[str, Any]) -> bool:
    """Whether a captured pin stands in a list of its own kind, so that the page shows first what people look for."""
    return pin["status"] == "captured" and key.startswith(tuple(FOLDED))


def _unfolded(pinned: Pinned) -> Pinned:
    driver = {key: pin for key, pin in pinned["driver"].items() if not _folds(key, pin)}
    return {**pinned, "driver": driver}


def _lists(pinned: Pinned) -> list[dict[str, Any]]:
    """Files with hash and size, configurations, packages, flags: [{name, noun, rows [{name, value, size, hashed}]}]."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for part, key in (("model", "files"), ("model", "configs"), ("driver", "packages")):
        value = pinned[part].get(key, {}).get("value")
        found[key] = {name: _entry(name, inner) for name, inner in value.items()} if isinstance(value, dict) else {}
    for key, pin in pinned["driver"].items():
        if _folds(key, pin):
            prefix = next(prefix for prefix in FOLDED if key.startswith(prefix))
            name = key.removeprefix(prefix)
            found.setdefault(FOLDED[prefix], {})[name] = _entry(name, _value(key, pin))
    return [
        {"name": name, "noun": NOUNS[name], "rows": [rows[key] for key in sorted(rows, key=str.lower)]}
        for name, rows in found.items()
        if rows
    ]


def _entry(name: str, value: Any) -> dict[str, Any]:
    held = value if isinstance(value, dict) else {"sha256": value}
    digest = held.get("sha256")
    hashed = bool(manifest.file_hashes({name: digest}))
    return {"name": name, "value": digest, "size": held.get("size"), "hashed": hashed}


def _about(at: CommitInfo, shown: Pinned, *, newest: bool) -> dict[str, Any]:
    who = str(at.trailers.get("Matchframe-Actor", at.author.email))
    pins = [pin for name in manifest.SECTIONS for pin in shown[name].values()]
    return {
        "digest": manifest.digest(shown),
        "commit": at.sha,
        "when": at.at,
        "person": people.names({who})[who],
        "newest": newest,
        "unknown": sum(pin["status"] == "unknown" for pin in pins),
        "declared": sum(pin["status"] == "declared" for pin in pins),
        "total": len(pins),
    }


def _chosen(commits: list[CommitInfo], sha: str) -> CommitInfo | None:
    """The commit that was asked for. Raises NotFound for one that did not write these pins."""
    found = next((info for info in commits if info.sha == sha), None)
    if sha and found is None:
        raise NotFound("There are no such pins.", code="manifest_not_found", hint="The list on the page names them.")
    return found


def _at(store: Store, preset: Preset, target: Target, at: CommitInfo) -> Pinned:
    found = drift.pins_at(store, preset.slug, target.slug, at.sha)
    if found is None:
        raise NotFound("There are no such pins.", code="manifest_not_found")
    return found


def _drift(shown: Pinned, target: Target) -> list[Any]:
    answer = drift.answers([target])[target.slug][1]
    return drift.changes(shown, target, answer) if answer else []


def _diff(
    store: Store, preset: Preset, target: Target, commits: list[CommitInfo], now: tuple[CommitInfo, Pinned], asked: str
) -> dict[str, Any] | None:
    """From an earlier commit (the one just before, unless one is named) to the one shown; None for the first."""
    at, shown = now
    others = [info for info in commits if info.sha != at.sha]
    older = commits[commits.index(at) + 1 :]
    start = _chosen(commits, asked) or (older[0] if older else None)
    if start is None or start.sha == at.sha:
        return None
    changes = manifest.differences(_at(store, preset, target, start), shown)
    options = [(info.sha, f"{info.at:%Y-%m-%d %H:%M} {info.subject}"[:80]) for info in others]
    return {"from": {"commit": start.sha, "when": start.at}, "changes": changes, "options": options}


def _history(preset: Preset, target: Target, commits: list[CommitInfo], at: CommitInfo) -> list[dict[str, Any]]:
    who = [str(info.trailers.get("Matchframe-Actor", info.author.email)) for info in commits]
    names = people.names(set(who))
    words = {"project": preset.project.slug, "preset": preset.slug, "target": target.slug}
    here = reverse("manifests.detail", kwargs=words)
    return [
        {
            "commit": info.sha,
            "when": info.at,
            "person": names[person],
            "subject": info.subject,
            "here": info.sha == at.sha,
            "url": f"{here}?commit={info.sha}",
        }
        for info, person in zip(commits, who, strict=True)
    ]


def _exports(shown: Pinned) -> list[tuple[str, str]]:
    """The forms this environment can be written out in."""
    return [(form, FORMS[form]) for form, made in environments.FORMS.items() if not has_errors(made(shown).problems)]


def _baseline(preset: Preset, target: Target) -> dict[str, Any] | None:
    found = baselines.current(preset, target)
    return {"run": found.run_id, "when": found.at, "number": found.number} if found else None
