"""A file somebody brings, as a draft to look at and to mend: no preset is saved before they say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from presets_app import wiring
from presets_app.core import muting
from presets_app.core.asset_names import Renamed, bare
from presets_app.core.documents import parse, to_yaml_bytes
from presets_app.core.errors import Invalid, NotFound
from presets_app.core.lints import fixes, review
from presets_app.core.losses import Group, Loss, grouped
from presets_app.core.permissions import Actor
from presets_app.core.pointers import value_at
from presets_app.core.problems import Problem, has_errors
from presets_app.core.redacting import unspoken, without_secrets
from presets_app.core.secrets import find, is_secret
from presets_app.models import Project, Revision
from presets_app.services import bringing_assets, converting, embedded, presets, reasons
from presets_app.services.bringing_assets import Given

TEXT = "text that cannot be read yet"
_TEXTUAL = (".json", ".yaml", ".yml", ".py", ".txt")


@dataclass(frozen=True)
class Draft:
    """`document` and `text` (its YAML, or the text as it was typed) hold no secrets: those are withheld, and
    `problems` says where they stood. `off` is what the file held without effect. `source` is the digest of the file
    as it was brought, "" for a preset document: with it the draft can be read again after a change. `turned_off`
    counts the warnings and notes that the project does not want to see."""

    document: dict[str, Any]
    text: str
    problems: list[Problem] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    came_from: str = ""
    off: list[Problem] = field(default_factory=list)
    renamed: tuple[Renamed, ...] = ()
    source: str = ""
    suggested: str = ""
    why: str = ""
    turned_off: int = 0

    @property
    def name(self) -> str:
        name = self.suggested or self.document.get("name", "")
        return name if isinstance(name, str) else ""

    @property
    def savable(self) -> bool:
        return not has_errors(self.problems)

    @property
    def fates(self) -> list[Group]:
        return grouped(self.losses)

    @property
    def missing(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.code in ("asset_missing", "asset_not_kept")]

    @property
    def message(self) -> str:
        """What was typed as a reason, or what an import is usually saved with."""
        if self.why:
            return self.why
        return f"Imported from {self.came_from}" if self.came_from not in ("", TEXT, converting.PRESET) else ""

    @property
    def mendable(self) -> list[dict[str, Any]]:
        """Each problem with the fix offered for it: {problem, fix (words or ""), do (what the form sends)}."""
        order = ("error", "warning", "note")
        listed = sorted(self.problems, key=lambda problem: order.index(problem.severity))
        return [_mendable(problem, self.document) for problem in listed]


def _mendable(problem: Problem, document: dict[str, Any]) -> dict[str, Any]:
    fix = fixes.fix_for(problem, document)
    return {"problem": problem, "fix": fix.label if fix else "", "do": f"fix:{problem.code}:{problem.path}"}


def read(project: Project, actor: Actor, files: Sequence[Given]) -> Draft:
    """What was brought, as a draft: one of the files is the preset, the others are kept when it names them. Raises
    Invalid when none of them is anything that can become a preset."""
    known = presets.known_secrets(project)
    main, others = _main_of(files)
    converted = converting.to_document(main.data, name=main.name, known=known)
    if converted.document is None:
        raise Invalid.of(converted.problems)
    kept = bringing_assets.keep(actor, converted.document, others, known=known)
    source = "" if converted.came_from == converting.PRESET else wiring.artifacts().put(main.data)
    problems = [*bringing_assets.settled(converted.problems, kept), *bringing_assets.unkept(kept.document)]
    draft = _draft(project, replace(converted, document=kept.document, problems=problems), source)
    name = draft.document.get("name")
    unnamed = name == converting.GENERIC or (
        isinstance(name, str) and name != "" and draft.came_from.endswith(f" {name}")
    )
    return replace(draft, suggested=converting.named_like(main.name) if unnamed else "")


def _main_of(files: Sequence[Given]) -> tuple[Given, list[Given]]:
    """The file that is the preset, and the others. Raises Invalid when there is none, or when it could be several."""
    if not any(file.data.strip() for file in files):
        raise Invalid("There is nothing to read.", code="document_empty", hint="Choose a file, or paste its text.")
    texts = [
        file for file in files if file.name.lower().endswith(_TEXTUAL) or not bringing_assets.media_type_of(file.data)
    ]
    carrying = texts or [file for file in files if _carries(file)] or list(files)
    if len(carrying) > 1 and len(texts) != 1:
        listed = ", ".join(bare(file.name) if file.name else "the pasted text" for file in carrying[:4])
        hint = "Bring one preset at a time, with the pictures, videos and sounds it names."
        raise Invalid(f"Several of these files could be the preset: {listed}.", code="files_ambiguous", hint=hint)
    return carrying[0], [file for file in files if file is not carrying[0]]


def _carries(file: Given) -> bool:
    found = embedded.carried(file.data)
    return found is not None and bool(found.ran or found.drawn)


def _draft(project: Project, converted: converting.Converted, source: str) -> Draft:
    known = presets.known_secrets(project)
    document = converted.document or {}
    told = {problem.path for problem in converted.problems}
    own = [problem for problem in find(document, known=known) if problem.path not in told]
    wrong = [problem for problem in converted.problems if problem.code not in converting.OFF_CODES]
    problems, turned_off = muting.parted([*wrong, *own], project.policy)
    shown = without_secrets(document, known=known)
    return Draft(
        shown,
        to_yaml_bytes(shown).decode(),
        problems,
        converted.losses if shown is document else [],
        converted.came_from,
        [problem for problem in converted.problems if problem.code in converting.OFF_CODES],
        converted.renamed,
        source,
        turned_off=len(turned_off),
    )


def again(project: Project, actor: Actor, text: str, *, source: str = "", files: Sequence[Given] = ()) -> Draft:
    """A draft whose text was changed, read again. What reading the file told still stands, but for the fields that
    differ from it now: those were seen to."""
    known = presets.known_secrets(project)
    draft = as_typed(project, text)
    if draft.came_from == TEXT or draft.document != _parsed(text):
        return replace(draft, source=source)
    kept = bringing_assets.keep(actor, draft.document, files, known=known)
    first = _reread(project, source)
    told = _still(first, kept.document) if first else []
    missing = converting.asset_problems(kept.document)
    own = [*missing, *bringing_assets.unkept(kept.document), *review(kept.document, known=known)]
    paths = {problem.path for problem in told if problem.severity != "note"}
    problems = [*told, *(problem for problem in own if problem.path not in paths), *kept.problems]
    whole = replace(first, problems=problems) if first else converting.Converted(None, problems)
    fresh = _draft(project, replace(whole, document=kept.document), source)
    return replace(fresh, text=text if kept.document == draft.document else fresh.text)


def _parsed(text: str) -> dict[str, Any] | None:
    return parse(text.encode("utf-8", "replace")).document


def _reread(project: Project, source: str) -> converting.Converted | None:
    """The file a draft came from, converted again; None when there is none any more."""
    if not source:
        return None
    try:
        return converting.to_document(wiring.artifacts().get(source), known=presets.known_secrets(project))
    except (Invalid, NotFound):
        return None


def _still(first: converting.Converted, document: dict[str, Any]) -> list[Problem]:
    """What the file's reading told and a look at the document does not, for fields that are as they were."""
    seen = {(problem.code, problem.path) for problem in review(first.document)}
    return [
        problem
        for problem in first.problems
        if (problem.code, problem.path) not in seen
        and problem.code not in ("asset_missing", "asset_renamed")
        and (not problem.path or value_at(first.document, problem.path) == value_at(document, problem.path))
    ]


def mended(project: Project, actor: Actor, text: str, wanted: str, *, source: str = "") -> Draft:
    """The draft with one fix applied: `wanted` is the `do` of a mendable problem. Raises Invalid when it is not offered
    any more."""
    draft = again(project, actor, text, source=source)
    problem = next((row["problem"] for row in draft.mendable if row["fix"] and row["do"] == wanted), None)
    fix = fixes.fix_for(problem, draft.document) if problem else None
    if fix is None:
        raise Invalid("That is not offered any more: the draft has changed.", code="fix_gone", hint="Look again below.")
    changed = to_yaml_bytes(fixes.apply(draft.document, fix)).decode()
    return again(project, actor, changed, source=source)


def as_typed(project: Project, text: str) -> Draft:
    """A text that was refused, as a draft to go on with: as it was typed, or without what must not be shown again."""
    known = presets.known_secrets(project)
    parsed = parse(text.encode("utf-8", "replace"))
    document = parsed.document
    if document is None:
        faults = [_under_text(fault) for fault in unspoken(parsed.problems, known)]
        return Draft({}, speakable(project, text), faults, came_from=TEXT)
    shown = without_secrets(document, known=known)
    kept = text if shown is document else to_yaml_bytes(shown).decode()
    return Draft(shown, kept, [*unspoken(parsed.problems, known), *review(document, known=known)])


def speakable(project: Project, text: str) -> str:
    """A text to show again to whoever typed it; "" when it looks like a secret."""
    return "" if is_secret(text, presets.known_secrets(project)) else text


def save(
    project: Project, actor: Actor, text: str, *, name: str, message: str, files: Sequence[Given] = ()
) -> Revision:
    """Save a new preset from its text, with the files it names. `name` is what the person wrote beside it. Raises
    Invalid or Conflict."""
    document = _document(project, text)
    if name:
        document["name"] = name
    reason = _reason(project, message)
    if files:
        kept = bringing_assets.keep(actor, document, files, known=presets.known_secrets(project))
        faults = [problem for problem in kept.problems if problem.severity != "note"]
        if faults:
            raise Invalid.of(faults)
        document = kept.document
    return presets.save(project, actor, document, message=reason)


def bring(project: Project, actor: Actor, files: Sequence[Given], *, message: str = "") -> tuple[Revision, Draft]:
    """Save what was brought without looking at it first. Raises Invalid with every problem when there is an error."""
    actor.must("preset.save")
    draft = read(project, actor, files)
    if not draft.savable:
        raise Invalid.of(draft.problems)
    document = {**draft.document, "name": draft.name}
    text = message or f"Import {draft.name}"
    return presets.save(project, actor, document, message=text), draft


def _document(project: Project, text: str) -> dict[str, Any]:
    parsed = parse(text.encode("utf-8", "surrogatepass"))
    if parsed.document is None:
        told = unspoken(parsed.problems, presets.known_secrets(project))
        raise Invalid.of([_under_text(problem) for problem in told])
    return parsed.document


def _under_text(problem: Problem) -> Problem:
    """A text that cannot be read has no place inside a document: its fault belongs to the field it was typed in."""
    return Problem(problem.code, problem.severity, "/text", problem.message, problem.hint, problem.source)


def _reason(project: Project, message: str) -> str:
    return reasons.checked(project, message, needed="Say why, in a few words.", field="message")
