"""What a person is changing in a preset before they save it: kept for them alone, and never with a secret in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from presets_app.core import editing
from presets_app.core.documents import document_digest, parse, to_json_bytes, to_yaml_bytes
from presets_app.core.errors import Invalid
from presets_app.core.lints import review
from presets_app.core.permissions import Actor
from presets_app.core.problems import Problem
from presets_app.core.redacting import unspoken, without_secrets
from presets_app.core.secrets import find, is_secret
from presets_app.models import Preset, PresetDraft, Project
from presets_app.services.presets import known_secrets

VIEWS = ("form", "yaml", "json")
LIVE = 100_000  # characters looked at while somebody types: YAML of ten times that takes seconds to read
_REMARK = re.compile(r"#[^\n]*")
_UNTYPED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Working:
    """A draft in somebody's hands. `document` is None while its text cannot be read; `text` is the raw text, "" in the
    form's view. `problems` are all there are, those of an unreadable text at "/text"."""

    document: dict[str, Any] | None
    view: str
    text: str = ""
    problems: tuple[Problem, ...] = ()


def of_document(project: Project, document: dict[str, Any], view: str = "form") -> Working:
    text = "" if view == "form" else spelled(document, view)
    return Working(document, view, text, tuple(review(document, known=known_secrets(project))))


def of_text(project: Project, text: str, view: str = "yaml") -> Working:
    parsed = parse(text.encode("utf-8", "surrogatepass"))
    if parsed.document is None:
        told = unspoken(parsed.problems, known_secrets(project))
        return Working(None, view, text, tuple(replace(fault, path="/text") for fault in told))
    return replace(of_document(project, parsed.document, view), text=text)


def of_post(project: Project, posted: Mapping[str, str]) -> Working:
    """What a form sent: `text` is the raw view; else `draft` is the document, as JSON, that the form was made from,
    and every pointer is a field of it."""
    if "text" in posted or "draft" not in posted:
        view = "json" if posted.get("view") == "json" else "yaml"
        return of_text(project, posted.get("text", ""), view)
    started = of_text(project, posted["draft"], "json")
    if started.document is None:
        return started
    return of_document(project, editing.applied(started.document, {name: _plain(posted[name]) for name in posted}))


def _plain(text: str) -> str:
    """What a person can type into a control: without control characters and halves of surrogate pairs."""
    return text if text.isprintable() else _UNTYPED.sub("", text)


def too_long_to_follow(posted: Mapping[str, str]) -> bool:
    """Whether a raw text is so long that it is looked at only when somebody asks."""
    return len(posted.get("text", "")) > LIVE


def of_draft(project: Project, draft: PresetDraft) -> Working:
    """The draft as it was left. A form's draft that cannot be read any more is shown as text."""
    if draft.raw:
        return of_text(project, draft.text, "json" if draft.text.lstrip().startswith("{") else "yaml")
    found = of_text(project, draft.text, "json")
    return found if found.document is None else of_document(project, found.document)


def shown_as(project: Project, working: Working, view: str) -> Working:
    """The same draft in another view, when its text can be read; otherwise as it is."""
    if working.document is None or view not in VIEWS or view == working.view:
        return working
    return of_document(project, working.document, view)


def speakable(project: Project, working: Working) -> Working:
    """The draft as it may be shown again: without what looks like a secret."""
    known = known_secrets(project)
    if working.document is None:
        return replace(working, text="") if is_secret(working.text, known) else working
    clean = without_secrets(working.document, known=known)
    if clean is working.document and not find({"text": _remarks(working)}, known=known):
        return working
    return replace(working, document=clean, text=spelled(clean, working.view) if working.text else "")


def _remarks(working: Working) -> list[str]:
    """The comments of a YAML text: no part of the document, and kept with the draft all the same."""
    return _REMARK.findall(working.text) if working.view == "yaml" else []


def spelled(document: dict[str, Any], view: str) -> str:
    return (to_yaml_bytes if view == "yaml" else to_json_bytes)(document).decode()


def keep(project: Project, actor: Actor, preset: Preset, working: Working, base: str) -> PresetDraft | None:
    """Keep the draft for the person; None when it says what is saved already, and then there is no draft any more.
    Raises Invalid when it holds what looks like a secret, and keeps nothing of it."""
    actor.must("preset.save")
    text, held = working.text, working.document
    _refuse_secrets(project, working)
    if held is not None and document_digest(held) == preset.digest:
        discard(project, actor, preset)
        return None
    raw = held is None or working.view != "form"
    known_base = base if preset.history.filter(digest=base).exists() else ""
    kept = text if raw else json.dumps(held, ensure_ascii=False, sort_keys=True)
    values = {"text": kept, "raw": raw, "base": known_base}
    draft, _ = PresetDraft.objects.update_or_create(
        project=project, slug=preset.slug, by=actor.username, defaults=values
    )
    return draft


def _refuse_secrets(project: Project, working: Working) -> None:
    known = known_secrets(project)
    held = working.document if working.document is not None else {"text": working.text}
    found = [*find(held, known=known), *find({"text": _remarks(working)}, known=known)]
    if found:
        hint = "Take it out, and name a variable in `environment` instead. The rest is kept again then."
        raise Invalid("This draft is not kept: it holds what looks like a secret.", problems=_told(found, hint))


def _told(found: list[Problem], hint: str) -> list[Problem]:
    first = Problem("draft_not_kept", "error", "", "Not kept: it holds what looks like a secret.", hint)
    return [first, *found]


def discard(project: Project, actor: Actor, preset: Preset) -> None:
    actor.must("preset.save")
    PresetDraft.objects.filter(project=project, slug=preset.slug, by=actor.username).delete()
