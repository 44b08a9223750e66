"""Files of other programs as documents, and documents in other forms; needs no project and no database."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any

from presets_app.backends import forms
from presets_app.backends.base import Exported, Imported
from presets_app.core import asset_names
from presets_app.core.canonical import normalized
from presets_app.core.diff import changes, summary
from presets_app.core.documents import name_problems, parse, parse_foreign
from presets_app.core.errors import Invalid
from presets_app.core.ledger import leaves
from presets_app.core.lints import review
from presets_app.core.losses import Loss
from presets_app.core.problems import Problem, has_errors
from presets_app.core.redacting import unspoken
from presets_app.core.schema import validate
from presets_app.core.secrets import find
from presets_app.services import embedded, scripts_of_others
from presets_app.services.embedded import DRAWN, RAN

DOCUMENT = "document"
FORMS = (DOCUMENT, *forms.FORMS)
FORMAT = "matchframe/"
PRESET = "a preset document"
GENERIC = "Imported workflow"  # what an importer calls a workflow that has no name
_SEPARATORS = re.compile(r"[\s_]+")
# What an importer says of parts of a file that have no effect: shown apart from what is wrong.
OFF_CODES = frozenset(
    ("node_off", "branch_off", "lora_off", "input_off", "output_further", "node_without_effect", "seed_without_effect")
)
_HINT = "Give a preset, a ComfyUI workflow (also in a PNG, MP4 or WebM), a diffusers call or script, or a request."


@dataclass(frozen=True)
class Converted:
    """`document` is None when nothing could be made of the file. It may be a draft: then `problems` says what a person
    must complete. `came_from` says in words what the file is, `renamed` which file names were made portable."""

    document: dict[str, Any] | None
    problems: list[Problem] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    came_from: str = PRESET
    renamed: tuple[asset_names.Renamed, ...] = ()


def to_document(data: bytes, *, name: str = "", known: Collection[str] = ()) -> Converted:
    """Whatever a file holds as a draft. `name` is the file's, "" for text; `known` are secret values of this install.

    Raises Invalid for a file that cannot be read, that is nothing known here, or that holds a secret: such a file is
    not looked into any further, and no value of it is repeated.
    """
    try:
        found = _read(data, name, known)
    except Invalid as error:
        raise Invalid.of(unspoken(error.problems, known)) from None
    return replace(found, problems=unspoken(found.problems, known))


def _read(data: bytes, name: str, known: Collection[str]) -> Converted:
    found = embedded.carried(data)
    if found is not None:
        return _of_carried(found, known)
    if scripts_of_others.is_script(data, name):
        return _of_script(data, known)
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start not in (b"{", b"["):
        return _of_text(data, known)
    held = parse_foreign(data)
    if held.value is None:
        raise Invalid.of(held.problems)
    value = _one_of(held.value)
    if _is_preset(value):
        return _of_text(data, known)
    return _of_foreign(value, held.problems, known)


def named_like(file: str) -> str:
    """A file's name as a preset's, "" when it cannot be one: "ltx2_puppet-final.json" is "ltx2 puppet-final"."""
    words = _SEPARATORS.sub(" ", PurePath(asset_names.bare(file)).stem).strip(" .-") if file else ""
    return "" if name_problems(words) else words


def named_after(file: str, found: Converted) -> Converted:
    """The same with a file's name as the document's where the file itself gave none."""
    name = named_like(file)
    if not name or found.document is None or found.document.get("name") != GENERIC:
        return found
    return replace(found, document={**found.document, "name": name})


def of_video(path: Path, *, known: Collection[str] = ()) -> Converted:
    """The same for a video in a file of any size, which is not read into this process."""
    return _of_carried(embedded.of_video(path), known)


def _is_preset(value: Mapping[str, Any]) -> bool:
    return str(value.get("format", "")).startswith(FORMAT)


def _of_text(data: bytes, known: Collection[str]) -> Converted:
    """A preset document, as JSON or YAML."""
    parsed = parse(data)
    if parsed.document is None:
        raise Invalid.of(parsed.problems)
    value = parsed.document
    if not _is_preset(value) and forms.reader_of(value) is not None:
        return _of_foreign(value, parsed.problems, known)
    if not _is_preset(value):
        raise _unknown(value)
    document, renamed = asset_names.portable(value)
    found = [*parsed.problems, *asset_names.problems(document, renamed), *review(document, known=known)]
    return Converted(document, _each_once(found), [], PRESET, tuple(renamed))


def _of_foreign(value: Mapping[str, Any], problems: list[Problem], known: Collection[str]) -> Converted:
    reader = forms.reader_of(value)
    if reader is None:
        raise _unknown(value)
    _refuse_secrets(value, "the file", known)
    return _finished(reader.to_document(value), problems, known)


def _of_script(data: bytes, known: Collection[str]) -> Converted:
    text = scripts_of_others.text_of(data)
    _refuse_secrets({"script": text}, "the script", known)
    imported = scripts_of_others.to_document(text)
    if imported.document is None:
        raise Invalid.of(imported.problems)
    return _finished(imported, [], known)


def _of_carried(found: embedded.Carried, known: Collection[str]) -> Converted:
    """The graph that ran is what made the video; the one on the canvas tells what was there and off."""
    values, problems = embedded.values_of(found)
    texts = {name: text for name, text in found.texts.items() if name.lower() not in values}
    _refuse_secrets({**texts, **values}, found.medium, known)
    readers = {name: forms.reader_of(value) for name, value in values.items() if isinstance(value, dict)}
    read = {name: reader.to_document(values[name]) for name, reader in readers.items() if reader}  # type: ignore[arg-type]
    if not read:
        raise Invalid.of(embedded.without_workflow(found.medium, (*found.problems, *problems)))
    first = read.get(RAN) or read[DRAWN]
    told = [*found.problems, *(replace(problem, severity="warning") for problem in problems)]
    if len(read) == 2:
        told += _between(read[RAN], read[DRAWN])
    return _finished(first, told, known, f"{_words(first.came_from)} in {found.medium}")


def _between(ran: Imported, drawn: Imported) -> list[Problem]:
    """Where the two graphs of one file disagree, and what only the drawn one shows."""
    told = [problem for problem in drawn.problems if problem.code in OFF_CODES]
    apart = changes(ran.document, drawn.document) if ran.document and drawn.document else []
    apart = [change for change in apart if change.path not in ("/name", "/description")]
    if apart:
        text = f"The file holds the graph that ran and the one that was drawn, and they differ: {summary(apart)}."
        hint = "The document follows the graph that ran: it made this video."
        told.append(Problem("embedded_graphs_differ", "warning", apart[0].path, text, hint))
    return told


def asset_problems(document: dict[str, Any]) -> list[Problem]:
    """What is named in a document and has to be brought beside it."""
    return asset_names.problems(document, ())


def _finished(imported: Imported, problems: list[Problem], known: Collection[str], words: str = "") -> Converted:
    came_from = words or _words(imported.came_from)
    if imported.document is None:
        return Converted(None, _each_once([*problems, *imported.problems]), imported.losses, came_from)
    document, renamed = asset_names.portable(normalized(imported.document))
    told = [*problems, *imported.problems, *asset_names.problems(document, renamed)]
    paths = {problem.path for problem in imported.problems if problem.severity != "note"}
    own = [
        fault for fault in review(document, known=known) if fault.path not in paths or fault.code.startswith("secret")
    ]
    losses = asset_names.in_losses(imported.losses, renamed)
    return Converted(document, _each_once([*told, *own]), losses, came_from, tuple(renamed))


def _words(kind: str) -> str:
    """What an importer calls its files, as part of a sentence: "a ComfyUI workflow", "an LTX API request"."""
    name = "ComfyUI workflow" if kind == "comfyui" else kind
    if name.startswith(("a ", "an ")):
        return name
    return f"{'an' if name[:1] in 'AEIO' or name.startswith('LTX') else 'a'} {name}"


def _one_of(value: Any) -> Mapping[str, Any]:
    """The object a file holds: itself, or the only entry of a list. Raises Invalid."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        text = f"The file is a list of {len(value):,} entries; one preset is read at a time."
        raise Invalid(text, code="document_not_object", hint="Keep the one entry you mean, and give that.")
    raise Invalid("The file holds a single value.", code="document_not_object", hint=_HINT)


def _unknown(value: Mapping[str, Any]) -> Invalid:
    empty = "The file is an empty object." if not value else "This is no file that can be converted."
    return Invalid(empty, code="form_unknown", hint=_HINT)


def _refuse_secrets(value: Mapping[str, Any], what: str, known: Collection[str]) -> None:
    """Before anything else is said about a file: messages of an importer may quote its texts."""
    found = [_told_of(problem, value, what) for problem in find(value, known=known)]
    if found:
        raise Invalid.of(found)


def _told_of(problem: Problem, value: Mapping[str, Any], what: str) -> Problem:
    place = problem.path or "the top"
    text = f"{problem.message.rstrip('.')}: {place} in {what}{_node_at(value, problem.path)}."
    hint = "Take it out of the file and replace the secret; presets name a variable in `environment` instead."
    return Problem("secret_found", "error", problem.path, text, hint, f"{what}, {place}")


def _node_at(value: Mapping[str, Any], path: str) -> str:
    """ " (node 7, CLIPTextEncode)" for a place inside a node of a graph."""
    parts = path.split("/")[1:]
    inner: Any = value
    held = ""
    for index, part in enumerate(parts):
        inner = _step(inner, part)
        kind = (inner.get("class_type") or inner.get("type")) if isinstance(inner, dict) else None
        if isinstance(kind, str) and len(kind) <= 80 and ("inputs" in inner or "widgets_values" in inner):
            held = f" (node {str(inner.get('id', part))[:40]}, {kind})"
        if index > 40:
            break
    return held


def _step(value: Any, part: str) -> Any:
    if isinstance(value, list):
        return value[int(part)] if part.isdecimal() and int(part) < len(value) else None
    return value.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(value, dict) else None


def _each_once(problems: list[Problem]) -> list[Problem]:
    order = {"error": 0, "warning": 1, "note": 2}
    kept = dict.fromkeys(problems)
    return sorted(kept, key=lambda problem: order[problem.severity])


def to_form(document: Mapping[str, Any], form: str, *, known: Collection[str] = ()) -> Exported:
    """A document in another program's form, with what is wrong with the document itself among the problems. The output
    is empty when the document's shape is wrong. Raises NotFound for a form that is not known, and Invalid when the
    document or the output holds a secret."""
    whole = dict(document)
    held = find(whole, known=known)
    if held:
        raise Invalid.of(held)
    own = [problem for problem in review(whole, known=known) if problem.severity == "error"]
    if form == DOCUMENT:
        exported = Exported(whole, [Loss(path, "carried", path, leaf, leaf) for path, leaf in leaves(whole)], own)
    else:
        write = forms.writer_of(form)
        if has_errors(validate(whole, draft=True, known=known)):
            return Exported({}, [], _each_once(own))
        made = write(whole)
        told = {problem.path for problem in made.problems}
        problems = [*made.problems, *(problem for problem in own if problem.path not in told)]
        exported = replace(made, problems=_each_once(problems))
    leaks = find(exported.output, known=known)
    if leaks:
        raise Invalid.of([replace(leak, source=f"the {form} output") for leak in leaks])
    return exported
