"""A document as the flat request of a hosted model. Pure: what a model takes is read from its request schema, never
from its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app.backends.base import CatalogueModel, Compiled
from presets_app.backends.request_account import Account, misfit
from presets_app.backends.request_fields import NAMED, STAGE
from presets_app.backends.request_geometry import size
from presets_app.backends.request_inputs import media
from presets_app.backends.request_prompts import rewriting, shots
from presets_app.backends.request_stages import same_as_first, seed_stated, stages
from presets_app.backends.request_timing import length
from presets_app.core.ledger import BOOKKEEPING

_BY_MODEL = ("/family", "/variant", "/task", "/models/transformer")
_NOTES = {
    "output": "The service chooses its own file format; frames are compared after decoding.",
    "runtime": "Decided by the service's own machines.",
    "models": "The service uses the files that belong to its model and does not name them.",
}
_SAMPLING = frozenset(STAGE) - {"seed", "start_step"} | {"boundary"}
_NOT_BY_NAME = BOOKKEEPING | {"inputs", "references", "shots"}


def compile_request(document: Mapping[str, Any], model: CatalogueModel) -> Compiled:
    """The request for a document, with the fate of every leaf and every field, and what stands in the way."""
    account = Account(document, model)
    shots(account)
    for path, names in NAMED:
        if account.has(path) and (field := account.field(*names)):
            account.send(path, field, account.value(path))
    _sound(account)
    size(account)
    length(account)
    stages(account)
    media(account)
    rewriting(account)
    _by_model(account)
    _same_names(account)
    same_as_first(account)
    _aside(account)
    seed_stated(account)
    _unsaid(account)
    return account.closed()


def _unsaid(account: Account) -> None:
    """What decides the picture and has no field: loud, because nothing in the request would show it."""
    still = account.open_leaves()
    if account.value("/negative_prompt") and "/negative_prompt" in still:
        text = "The service takes no negative prompt for this model, so what it keeps out may appear."
        hint = "Say in the prompt what is wanted instead."
        account.trouble("negative_prompt_not_supported", "/negative_prompt", text, hint, "warning")
    lost = sorted({path.split("/")[3] for path in still if path.startswith("/stages/")} & _SAMPLING)
    if lost:
        text = f"The service samples in its own way: the preset's {', '.join(lost)} cannot be asked for."
        account.trouble("sampling_not_supported", "/stages/0", text, "Expect another take of the same shot.", "warning")
    if note := account.fact("x-note"):
        hint = "Compare with the service's own page before spending money."
        account.trouble("model_facts_unconfirmed", "/models/transformer", str(note), hint, "note")


def _sound(account: Account) -> None:
    """Whether sound is made: a switch, or something that the model always or never does."""
    path, wanted = "/audio/generate", account.value("/audio/generate")
    if path not in account.open_leaves():
        return
    if account.spec("audio").get("type") == "boolean" and account.field("audio"):
        account.send(path, "audio", wanted)
        return
    made = account.fact("x-audio")
    if made is None:
        return
    text = "The model always makes sound." if made else "The model makes no sound."
    account.settle(path, "carried" if made == wanted else "dropped", text, "model" if made == wanted else "", made)
    if made != wanted:
        hint = "Remove the sound afterwards." if made else "Add the sound afterwards, or choose another target."
        account.trouble("audio_not_offered", path, text, hint, "warning")


def _by_model(account: Account) -> None:
    for path in _BY_MODEL:
        if account.has(path):
            unsaid = path == "/variant" and not account.fact("x-variant")
            note = "The service does not say which variant it runs." if unsaid else "Chosen through the model."
            account.settle(path, "approximated" if unsaid else "mapped", note, "model", account.model.model_id)


def _same_names(account: Account) -> None:
    """A leaf whose last name is also a field's, with a value that fits, says the same thing."""
    for path in account.open_leaves():
        parts = path.split("/")
        later = parts[1] == "stages" and parts[2:3] != ["0"]
        field = None if parts[1] in _NOT_BY_NAME or later else account.field(parts[-1])
        if field and not misfit(account.spec(field), account.value(path)):
            account.send(path, field, account.value(path))


def _aside(account: Account) -> None:
    for path in account.open_leaves():
        note = _NOTES.get(path.split("/")[1])
        if note:
            account.settle(path, "dropped", note)
