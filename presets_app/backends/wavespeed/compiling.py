"""A document as a WaveSpeed request. Pure: what a model takes is read from its request schema, never from its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app.backends.base import CatalogueModel, Compiled
from presets_app.backends.wavespeed import geometry
from presets_app.backends.wavespeed.accounting import Account, misfit
from presets_app.backends.wavespeed.assets import image, loras
from presets_app.backends.wavespeed.fields import NAMED, REWRITING, STAGE, TRANSPORT
from presets_app.core.ledger import BOOKKEEPING

_EXPERTS = ("high_noise", "low_noise")
_BY_MODEL = ("/family", "/variant", "/task", "/models/transformer")
_NOTES = {
    "output": "The service chooses its own file format; frames are compared after decoding.",
    "runtime": "Decided by the service's own machines.",
    "models": "The service uses the files that belong to its model and does not name them.",
}


def compile_request(document: Mapping[str, Any], model: CatalogueModel) -> Compiled:
    """The request for a document, with the fate of every leaf and every field, and what stands in the way."""
    account = Account(document, model)
    for path, names in NAMED:
        if account.has(path) and (field := account.field(*names)):
            account.send(path, field, account.value(path))
    geometry.size(account)
    geometry.length(account)
    for index in range(len(document.get("stages") or [])):
        _stage(account, index)
    image(account)
    _switches(account)
    _by_model(account)
    _same_names(account)
    _same_as_first(account)
    _aside(account)
    _seed_stated(account)
    return account.closed()


def _stage(account: Account, index: int) -> None:
    here = f"/stages/{index}"
    for key, names in STAGE.items():
        own = names if index == 0 else tuple(f"{name}_{index + 1}" for name in names)
        if account.has(f"{here}/{key}") and (field := account.field(*own)):
            _send_stage(account, f"{here}/{key}", field)
    loras(account, index)
    if index > 0 and account.value(f"{here}/role") not in _EXPERTS:
        text = f"The service renders in its own stages; stage {index + 1} of the preset is not carried over."
        hint = "Compare a preview before you rely on it."
        account.trouble("stage_not_carried", here, text, hint, "warning")
        return
    for key in ("role", "model"):
        if account.has(f"{here}/{key}"):
            account.settle(f"{here}/{key}", "mapped", "Fixed by the model.", "model", account.model.model_id)
    _steps_in_order(account, index)


def _send_stage(account: Account, path: str, field: str) -> None:
    value = account.value(path)
    if path.endswith("/seed") and misfit(account.model.properties[field], value):
        highest = account.model.properties[field].get("maximum")
        text = f"The seed is outside what the service takes (at most {highest})."
        hint = "Choose a seed in that range, so that it is the same on every target."
        account.trouble("seed_not_allowed", path, text, hint)
        account.settle(path, "dropped", text)
    elif not (path.endswith("/end_step") and _is_last(account, path)):
        account.send(path, field, value)
    elif account.has("/stages/1/role"):
        # The next expert gets no step at all, which has to be said: left out, the model's own boundary would hold.
        account.send(path, field, account.value("/stages/0/steps"))


def _is_last(account: Account, path: str) -> bool:
    """Whether a stage's `end_step` is the end of all steps, which ComfyUI writes as 10000."""
    steps = account.value(path.replace("/end_step", "/steps"))
    return steps is not None and account.value(path) >= steps


def _steps_in_order(account: Account, index: int) -> None:
    """The first step and the last, and where one expert hands over to the next, need no field of their own."""
    here, before = f"/stages/{index}", f"/stages/{index - 1}/end_step"
    first = account.value(before) if index else 0
    if index and first is None and account.has(f"{here}/start_step") and (field := account.field(*STAGE["end_step"])):
        account.send(f"{here}/start_step", field, account.value(f"{here}/start_step"))
    if f"{here}/start_step" in account.open_leaves() and account.value(f"{here}/start_step") == first:
        account.settle(
            f"{here}/start_step", "carried", "Follows from the stage before it." if index else "The first step."
        )
    if (
        f"{here}/end_step" in account.open_leaves()
        and not account.has(f"/stages/{index + 1}/role")
        and _is_last(account, f"{here}/end_step")
    ):
        account.settle(f"{here}/end_step", "carried", "The last step.")


def _same_as_first(account: Account) -> None:
    """An expert's value that is also the first stage's is kept by the request's one value for both."""
    sent = account.sent_paths()
    for path in account.open_leaves():
        parts = path.split("/")
        if parts[1] != "stages" or parts[2] == "0" or account.value(f"/stages/{parts[2]}/role") not in _EXPERTS:
            continue
        first = "/".join(["", "stages", "0", *parts[3:]])
        if first in sent and account.value(first) == account.value(path):
            account.share(path, sent[first], note="One value for both stages.")
        elif parts[3:] == ["seed"]:
            account.settle(path, "dropped", "Noise is drawn once, for the first stage.")


def _switches(account: Account) -> None:
    for name in REWRITING:
        if account.field(name):
            note = "Off, so that the service does not rewrite the prompt."
            account.send("", name, False, status="defaulted", note=note)
    for name in TRANSPORT:
        if account.field(name):
            account.leave(name, "About how the result travels; not sent.")


def _by_model(account: Account) -> None:
    for path in _BY_MODEL:
        if account.has(path):
            unsaid = path == "/variant"
            note = "The service does not say which variant it runs." if unsaid else "Chosen through the model."
            account.settle(path, "approximated" if unsaid else "mapped", note, "model", account.model.model_id)


def _same_names(account: Account) -> None:
    """A leaf whose last name is also a field's, with a value that fits, says the same thing."""
    for path in account.open_leaves():
        parts = path.split("/")
        later = parts[1] == "stages" and parts[2:3] != ["0"]
        field = None if parts[1] in BOOKKEEPING or parts[1] == "inputs" or later else account.field(parts[-1])
        if field and not misfit(account.model.properties[field], account.value(path)):
            account.send(path, field, account.value(path))


def _aside(account: Account) -> None:
    for path in account.open_leaves():
        note = _NOTES.get(path.split("/")[1])
        if note:
            account.settle(path, "dropped", note)


def _seed_stated(account: Account) -> None:
    if account.field("seed"):
        account.trouble(
            "seed_not_sent",
            "/stages/0/seed",
            "No seed is sent, so the service draws its own and a run cannot be repeated.",
            "State a seed in the preset's first stage.",
            "warning",
        )
    elif account.has("/stages/0/seed") and "seed" not in account.model.properties:
        text = "The service takes no seed for this model, so a run cannot be repeated."
        account.trouble("seed_not_supported", "/stages/0/seed", text, "Expect other takes in a comparison.", "warning")
