"""What the pages about changing a preset show: the editor, a merge of two people's changes, and a restore."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app import wiring
from presets_app.core import diff
from presets_app.core.lints import review
from presets_app.core.merging import Merged, merge
from presets_app.core.permissions import Actor
from presets_app.models import Preset, PresetDraft, Project, Revision
from presets_app.queries import people
from presets_app.queries.preset_history import end, read, revision

Document = dict[str, Any]


def newest(project: Project, preset: Preset) -> Document:
    with wiring.store(project.slug) as store:
        return read(store, preset, preset.head)


def draft_of(project: Project, actor: Actor, preset: Preset) -> PresetDraft | None:
    return PresetDraft.objects.filter(project=project, slug=preset.slug, by=actor.username).first()


def since(preset: Preset, digest: str) -> dict[str, Any] | None:
    """The newest revision, when it is another one than that of the digest: who saved it, and when."""
    if digest == preset.digest:
        return None
    row = revision(preset, "")
    return end(row, people.names({row.author}))


def merging(
    project: Project, preset: Preset, mine: Document, *, base: str, choices: Mapping[str, str]
) -> tuple[Merged, dict[str, Any]]:
    """What the person's document and the newest revision become, and what the page shows of it. `base` is the digest
    of the revision the person began from; without such a revision every difference is theirs to decide."""
    began = preset.history.filter(digest=base).order_by("-number").first()
    theirs = revision(preset, "")
    with wiring.store(project.slug) as store:
        before = read(store, preset, began.commit) if began else None
        merged = merge(before, mine, read(store, preset, theirs.commit), choices)
    names = people.names({theirs.author} | ({began.author} if began else set()))
    return merged, {
        "base": end(began, names) if began else None,
        "theirs": end(theirs, names),
        "conflicts": merged.conflicts,
        "open": len(merged.open),
        "from_theirs": [_as_change(one) for one in merged.taken if one.side == "theirs"],
        "from_mine": [_as_change(one) for one in merged.taken if one.side == "mine"],
        "problems": review(merged.document),
    }


def _as_change(taken: Any) -> diff.Change:
    after = taken.theirs if taken.side == "theirs" else taken.mine
    kind: Any = "removed" if taken.side in taken.absent else "added" if "base" in taken.absent else "changed"
    words = diff.word_changes(taken.base, after) if _prose(taken.path, taken.base, after) else ()
    return diff.Change(taken.path, kind, taken.label, taken.base, after, words)


def _prose(path: str, before: Any, after: Any) -> bool:
    texts = ("prompt", "negative_prompt", "description", "source")
    return isinstance(before, str) and isinstance(after, str) and path.rsplit("/", 1)[-1] in texts


def restorable(project: Project, preset: Preset, commit: str) -> dict[str, Any]:
    """An old revision, and what saving it again would change. Raises NotFound."""
    old, head = revision(preset, commit), revision(preset, "")
    with wiring.store(project.slug) as store:
        changes = diff.changes(read(store, preset, head.commit), read(store, preset, old.commit))
    names = people.names({old.author, head.author})
    return {"old": end(old, names), "newest": end(head, names), "changes": changes, "message": _message(old)}


def _message(old: Revision) -> str:
    return f"Restore revision {old.number}: {old.message}"[:200]
