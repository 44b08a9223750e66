"""What going back to a snapshot does on each side: what Matchframe restores, what is left to a person at the machine,
and what nobody can restore."""

from __future__ import annotations

import re
from typing import Any

from presets_app.core import manifest
from presets_app.core.diff import Change
from presets_app.gitstore import Store
from presets_app.models import Release, Revision, Snapshot, Target
from presets_app.queries import drift
from presets_app.queries.migration_rows import side_of

VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+!_-]{0,60}")
REPOSITORY = re.compile(r"[0-9A-Za-z][\w.-]{0,90}/[0-9A-Za-z][\w.-]{0,90}", re.ASCII)
PACKAGES = ("/driver/libraries.", "/driver/packages/value/")
RELEASES_LOOKED_AT = 200
Plan = dict[str, Any]
Pinned = dict[str, Any]
Sides = dict[str, dict[str, str]]


def plans(store: Store, snapshot: Snapshot, live: Sides, targets: dict[str, Target]) -> list[Plan]:
    """One plan a side, as shared/restore.html takes it, with the target's slug."""
    answers = drift.answers(target for slug, target in targets.items() if slug in snapshot.sides)
    numbers = dict(Revision.objects.filter(preset=snapshot.preset).values_list("commit", "number"))
    commits = release_commits(snapshot)
    found = []
    for slug, held in sorted(snapshot.sides.items()):
        target, answer = answers.get(slug, (None, None))
        restores = _restores(live.get(slug), held, numbers)
        plan = {**side_of(slug, targets), "slug": slug, "restores": restores, "person": [], "cannot": []}
        if target is None:
            why = "This target has left the project: its entry moves, and nothing renders there."
            found.append({**plan, "cannot": [{"what": "target", "why": why}]})
            continue
        pinned = pinned_as(store, snapshot.preset.slug, slug, held["manifest"], [held["manifest_commit"], *commits])
        found.append({**plan, **_machine(target, answer, pinned)})
    return sorted(found, key=lambda plan: plan["kind"] == "cloud")


def release_commits(snapshot: Snapshot) -> list[str]:
    """The commits of the preset's newest releases, where the pins of a side may stand."""
    rows = Release.objects.filter(preset=snapshot.preset).order_by("-id").values_list("commit", flat=True)
    return list(rows[:RELEASES_LOOKED_AT])


def pinned_as(store: Store, preset: str, target: str, digest: str, commits: list[str]) -> Pinned | None:
    """The manifest of that digest, looked for in these commits; going back moves `live/` and leaves newer pins in
    place, so the commit that a side went live with need not hold it."""
    for commit in commits if digest else ():
        found = drift.pins_at(store, preset, target, commit)
        if found is not None and manifest.digest(found) == digest:
            return found
    return None


def _restores(live: dict[str, str] | None, held: dict[str, Any], numbers: dict[str, int]) -> list[dict[str, Any]]:
    now = live or {"revision": "", "digest": "", "manifest": ""}
    moves = []
    if (now["revision"], now["digest"]) != (held["revision"], held["digest"]):
        before, after = (_revision(side, numbers) for side in (now, held))
        moves.append({"what": "preset", "before": before, "after": after})
    if now["manifest"] != held["manifest"]:
        moves.append({"what": "pins", "before": now["manifest"][:8], "after": held["manifest"][:8]})
    return moves


def _revision(side: dict[str, Any], numbers: dict[str, int]) -> str:
    number = numbers.get(side["revision"])
    return f"revision {number} ({side['digest'][:8]})" if number else side["digest"][:8]


def _machine(target: Target, answer: dict[str, Any] | None, pinned: Pinned | None) -> Plan:
    if pinned is None:
        why = "The snapshot holds no pins of this side, so what it was made of cannot be compared."
        return {"cannot": [{"what": "pins", "why": why}, *_service(target)]}
    if answer is None:
        why = "The target has not said what it is now: ask it on its page, then look here again."
        return {"cannot": [{"what": "machine", "why": why}, *_service(target)]}
    moved = drift.changes(pinned, target, answer)
    if target.is_cloud:
        return {"cannot": [*(_offered(change, target) for change in moved), *_service(target)]}
    return {"person": steps(known(moved), pinned, target), "cannot": _unknown(pinned)}


def known(moved: list[Change]) -> list[Change]:
    """Without what was not known when it was pinned: nobody can set that back."""
    return [change for change in moved if change.before not in (None, "unknown")]


def _service(target: Target) -> list[dict[str, str]]:
    """What of a cloud nobody here can set back."""
    if not target.is_cloud:
        return []
    why = f"{target.name} does not let an older build of its model or machines be chosen; the proof says if it matters."
    return [{"what": "the service itself", "why": why}]


def _offered(change: Change, target: Target) -> dict[str, str]:
    now = change.after or "nothing"
    return {"what": change.label, "why": f"{target.name} has {now} now; it was {change.before or 'not there'}."}


def _unknown(pinned: Pinned) -> list[dict[str, str]]:
    names = [key for name in drift.COMPARED for key, pin in sorted(pinned[name].items()) if pin["status"] == "unknown"]
    if not names:
        return []
    why = f"Not known when the snapshot was taken, so not compared: {', '.join(names)}."
    return [{"what": "unknown pins", "why": why}]


def steps(moved: list[Change], pinned: Pinned, target: Target) -> list[dict[str, Any]]:
    """What a person sets back on a machine of their own: [{what, before (now), after (then), commands}]."""
    files = [change for change in moved if change.path.startswith("/model/files")]
    found = [_step(change, pinned, target) for change in moved if change not in files]
    if files:
        commands = _download(pinned, target)
        found.append({"what": f"{len(files)} files of the model", "before": "other bytes", "commands": commands})
        found[-1]["after"] = "the bytes pinned"
    return found


def _step(change: Change, pinned: Pinned, target: Target) -> dict[str, Any]:
    named = "NVIDIA driver" if change.path == "/driver/gpu.driver" else change.label
    return {
        "what": _package(change) or named,
        "before": change.after or "not there",
        "after": change.before or "not there",
        "commands": _commands(change, pinned, target),
    }


def _package(change: Change) -> str:
    """The Python package that a change is about, "" for any other change."""
    prefix = next((prefix for prefix in PACKAGES if change.path.startswith(prefix)), None)
    return change.path.removeprefix(prefix) if prefix else ""


def _commands(change: Change, pinned: Pinned, target: Target) -> list[str]:
    """Only what is safe to paste: every word is a plain name or version."""
    version = str(change.before or "")
    if name := _package(change):
        if not VERSION.fullmatch(name):
            return []
        if version in ("", "none"):
            return [f"pip uninstall {name}"]
        return [f"pip install {name}=={version}"] if VERSION.fullmatch(version) else []
    if change.path == "/driver/gpu.driver" and VERSION.fullmatch(version):
        return [f"sudo apt-get install nvidia-driver-{version.partition('.')[0]}"]
    return _download(pinned, target) if change.path == "/model/revision" else []


def _download(pinned: Pinned, target: Target) -> list[str]:
    """How the pinned weights are fetched; nothing for a stand-in, whose weights are on no hub."""
    model = pinned["model"]
    name, revision = (str(model.get(key, {}).get("value") or "") for key in ("repository", "revision"))
    known = REPOSITORY.fullmatch(name) and VERSION.fullmatch(revision)
    return [f"hf download {name} --revision {revision}"] if known and not target.stand_in else []
