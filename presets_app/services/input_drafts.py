"""Input sets while they are made: kept in the database until somebody freezes them into Git."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from presets_app.core import input_lines
from presets_app.core.documents import slug_of
from presets_app.core.errors import Conflict, Invalid, NotFound
from presets_app.core.inputs import INPUTS_FORMAT, validate_inputs
from presets_app.core.permissions import Actor
from presets_app.core.problems import Problem, has_errors
from presets_app.models import InputDraft, InputSet, Project
from presets_app.services import audit, inputs, reasons
from presets_app.services.presets import known_secrets

RIGHT = "inputs.freeze"


def begin(project: Project, actor: Actor, *, name: str, kind: str, lines: str, local_only: bool = False) -> InputDraft:
    """Keep a new list. Raises Invalid with every problem, Conflict when the name is taken."""
    actor.must(RIGHT)
    items, problems = input_lines.read_lines(lines)
    if not items and not problems:
        problems = [Problem("inputs_empty", "error", "/items", "There is no input yet.", "Write at least one line.")]
    document = {"format": INPUTS_FORMAT, "name": name, "kind": kind, "items": items}
    _refuse(project, document, problems)
    slug = slug_of(name)
    if InputSet.objects.filter(project=project, slug=slug).exists():
        raise _taken(name)
    try:
        with transaction.atomic():
            draft = InputDraft.objects.create(
                project=project, slug=slug, name=name, kind=kind, items=items, local_only=local_only, by=actor.username
            )
            audit.note(project, actor, "inputs.draft", "inputs", slug, name=name)
    except IntegrityError:
        raise _taken(name) from None
    return draft


def _taken(name: str) -> Conflict:
    text = f"There is an input set named {name} already."
    problem = Problem("inputs_exist", "error", "/name", text, "Open that one, or choose another name.")
    return Conflict(text, problems=[problem])


def add(project: Project, actor: Actor, slug: str, *, prompt: str, labels: str, seed: str) -> InputDraft:
    """One more input at the end."""
    actor.must(RIGHT)
    with transaction.atomic():
        draft = _found(project, slug)
        if len(draft.items) >= input_lines.MOST:
            text = f"A list made on a page has at most {input_lines.MOST:,} inputs."
            raise Invalid(text, code="inputs_too_many", hint="Freeze a longer list from a file.")
        key = f"item-{input_lines.next_number(draft.items):03d}"
        item, problems = input_lines.item_of(prompt, input_lines.labels_of(labels), seed, key=key)
        _refuse(project, _document(draft, [item]), problems)
        draft.items = [*draft.items, item]
        draft.save(update_fields=["items", "changed_at"])
    return draft


def remove(project: Project, actor: Actor, slug: str, key: str) -> InputDraft:
    """Take one input out. Raises NotFound when it is not there any more."""
    actor.must(RIGHT)
    with transaction.atomic():
        draft = _found(project, slug)
        kept = [item for item in draft.items if item["key"] != key]
        if len(kept) == len(draft.items):
            raise NotFound("That input is not in the set any more.", code="item_not_found")
        draft.items = kept
        draft.save(update_fields=["items", "changed_at"])
    return draft


def freeze(project: Project, actor: Actor, slug: str, reason: str) -> InputSet:
    """Commit the list as it is; the draft is gone then. Raises Invalid and keeps the draft when it cannot be."""
    actor.must(RIGHT)
    reason = reasons.checked(project, reason, needed="Freezing needs a reason.")
    with transaction.atomic():
        draft = _found(project, slug)
    if not draft.items:
        raise Invalid("There is no input in this set yet.", code="inputs_empty", hint="Add one, then freeze it.")
    frozen = inputs.freeze(project, actor, as_document(draft), reason=reason)
    InputDraft.objects.filter(pk=draft.pk).delete()
    return frozen


def as_document(draft: InputDraft) -> dict[str, Any]:
    """The draft as the document that freezing would commit."""
    items = [{**item, "local_only": True} for item in draft.items] if draft.local_only else draft.items
    return _document(draft, items)


def _document(draft: InputDraft, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"format": INPUTS_FORMAT, "name": draft.name, "kind": draft.kind, "items": items}


def _refuse(project: Project, document: dict[str, Any], problems: list[Problem]) -> None:
    found = [*problems, *validate_inputs(document, known=known_secrets(project))]
    faults = [problem for problem in found if problem.severity == "error"]
    if problems and not document["items"]:
        faults = [*problems, *(problem for problem in faults if problem.path == "/name")]
    if has_errors(faults):
        raise Invalid.of(faults)


def _found(project: Project, slug: str) -> InputDraft:
    if InputSet.objects.filter(project=project, slug=slug).exists():
        hint = "Make a new set with what should differ."
        raise Conflict("This set is frozen; it is never changed.", code="inputs_frozen", hint=hint)
    draft = InputDraft.objects.select_for_update().filter(project=project, slug=slug).first()
    if draft is None:
        raise NotFound(f"There is no input set {slug}.", code="inputs_not_found")
    return draft
