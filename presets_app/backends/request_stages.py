"""The stages of a preset in one request: the first as it is, the second expert by names that end in `_2`."""

from __future__ import annotations

from presets_app.backends.request_account import Account, misfit
from presets_app.backends.request_fields import STAGE
from presets_app.backends.request_inputs import loras

_EXPERTS = ("high_noise", "low_noise")


def stages(account: Account) -> None:
    """Settle /stages, apart from what `same_as_first` finds."""
    for index in range(len(account.document.get("stages", []))):
        _stage(account, index)


def same_as_first(account: Account) -> None:
    """An expert's value that is also the first stage's is kept by the request's one value for both."""
    sent = account.sent_paths()
    for path in account.open_leaves():
        parts = path.split("/")
        if parts[1] != "stages" or parts[2:3] in ([], ["0"]) or not _is_expert(account, parts[2]):
            continue
        first = "/".join(["", "stages", "0", *parts[3:]])
        if first in sent and account.value(first) == account.value(path):
            account.share(path, sent[first], note="One value for both stages.")
        elif parts[3:] == ["seed"]:
            account.settle(path, "dropped", "Noise is drawn once, for the first stage.")


def seed_stated(account: Account) -> None:
    """Say so when a run cannot be repeated."""
    if account.field("seed"):
        text = "No seed is sent, so the service draws its own and a run cannot be repeated."
        hint = "State a seed in the preset's first stage."
        account.trouble("seed_not_sent", "/stages/0/seed", text, hint, "warning")
    elif account.has("/stages/0/seed") and "seed" not in account.model.properties:
        text = "The service takes no seed for this model, so a run cannot be repeated."
        account.trouble("seed_not_supported", "/stages/0/seed", text, "Expect other takes in a comparison.", "warning")


def _is_expert(account: Account, index: str) -> bool:
    return account.value(f"/stages/{index}/role") in _EXPERTS


def _stage(account: Account, index: int) -> None:
    here = f"/stages/{index}"
    for key, names in STAGE.items():
        own = names if index == 0 else tuple(f"{name}_{index + 1}" for name in names)
        if account.has(f"{here}/{key}") and (field := account.field(*own)):
            _send_stage(account, f"{here}/{key}", field)
    loras(account, index)
    if index > 0 and not _is_expert(account, str(index)):
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
    if path.endswith("/seed") and misfit(account.spec(field), value):
        highest = account.spec(field).get("maximum")
        text = f"The seed is outside what the service takes (at most {highest})."
        hint = "Choose a seed in that range, so that it is the same on every target."
        account.trouble("seed_not_allowed", path, text, hint)
        account.settle(path, "dropped", text)
    elif account.spec(field).get("type") == "integer" and isinstance(value, float) and value.is_integer():
        account.send(path, field, int(value))
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
