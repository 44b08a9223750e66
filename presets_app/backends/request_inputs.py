"""LoRAs and input files in a request: a service can only use what it can fetch by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from presets_app.backends.request_account import Account, misfit
from presets_app.backends.request_fields import IMAGE, LAST_IMAGE, LORAS, REFERENCES, SOUND, VIDEO, Names
from presets_app.core.pointers import joined

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(/[\w.-]+)*")
_MEDIA: tuple[tuple[Names, Names], ...] = (
    (("image", "first_image", "start_image", "first_frame"), IMAGE),
    (("last_image", "end_image", "last_frame"), LAST_IMAGE),
    (("audio",), SOUND),
    (("video", "control_video"), VIDEO),
)


def loras(account: Account, index: int) -> None:
    """Settle a stage's LoRAs: sent as {path, scale} where the request has a list for this stage."""
    stage = account.document["stages"][index]
    entries = stage.get("loras") if isinstance(stage, dict) else None
    if not isinstance(entries, list):
        return
    role = str(stage.get("role"))
    names = tuple(name for name, own in LORAS.items() if own and own == role)
    field = account.field(*names, *(("loras",) if index == 0 else ()))
    here = f"/stages/{index}/loras"
    if not entries:
        account.settle(here, "carried", "Empty: nothing to carry.")
    elif field is None:
        text = f"The model takes no LoRA for stage {index + 1}, so the video would be another one."
        account.trouble("lora_not_supported", here, text, "Choose the model's variant for LoRAs, or bake them in.")
    else:
        _send(account, here, field, entries)


def media(account: Account) -> None:
    """Settle pictures, sound and film that go in: the service fetches each by its address."""
    inputs = account.document.get("inputs")
    held: Mapping[str, Any] = inputs if isinstance(inputs, Mapping) else {}
    for roles, names in _MEDIA:
        role = next((role for role in roles if role in held), None)
        field = next((name for name in names if account.field(name) and _is_text(account, name)), None)
        if role is None:
            continue
        if field is None:
            _no_field(account, joined(("inputs", role)))
        else:
            _medium(account, joined(("inputs", role)), field, held[role])
    _references(account)


def is_address(value: Any) -> bool:
    """Whether a text is an https address with a host, which a service can fetch."""
    try:
        parts = urlsplit(value)
    except (ValueError, TypeError, AttributeError):
        return False
    return parts.scheme == "https" and bool(parts.hostname)


def is_reachable(value: Any) -> bool:
    """Whether a LoRA can be fetched: an address, or a repository of the form organisation/name."""
    return isinstance(value, str) and (is_address(value) or bool(_REPOSITORY.fullmatch(value)))


def _is_text(account: Account, field: str) -> bool:
    return bool(account.spec(field).get("type", "string") == "string")


def _no_field(account: Account, path: str) -> None:
    if not account.leaves_below(path):
        return
    text = "The model takes no such input, so the video would be another one."
    account.trouble("input_not_supported", path, text, "Choose a target or a task that takes it.")
    for leaf in account.leaves_below(path):
        account.settle(leaf, "dropped", text)


def _medium(account: Account, path: str, field: str, value: Any) -> None:
    if isinstance(value, str) and is_address(value):
        account.send(path, field, value)
        return
    local = isinstance(value, Mapping) and value.get("local_only") is True
    if local:
        text, hint = "The input is marked as local-only and must not be sent to a service.", "Render it locally."
    else:
        text = "The input has to be uploaded to the service first."
        hint = "Upload it and use the https address that comes back."
    account.trouble("input_local_only" if local else "input_not_uploaded", path, text, hint)
    for leaf in account.leaves_below(path):
        account.settle(leaf, "dropped", text)


def _references(account: Account) -> None:
    entries, field = account.document.get("references"), account.field(*REFERENCES)
    if not isinstance(entries, list) or not entries:
        return
    if field is None:
        _no_field(account, "/references")
        return
    listed = [entry for entry in entries if isinstance(entry, str) and is_address(entry)]
    fault = misfit(account.spec(field), listed)
    if fault:
        account.trouble("value_not_allowed", "/references", f"The field {field!r} {fault}.", "Remove some of them.")
    if len(listed) == len(entries):
        account.send("/references", field, listed)
        return
    account.trouble(
        "input_not_uploaded",
        "/references",
        f"{len(entries) - len(listed)} of {len(entries)} references have to be uploaded to the service first.",
        "Upload them and use the https addresses that come back.",
    )
    for leaf in account.leaves_below("/references"):
        account.settle(leaf, "dropped", "Not all references can be fetched, and their order counts.")


def _send(account: Account, here: str, field: str, entries: list[Any]) -> None:
    listed: list[dict[str, Any]] = []
    for place, entry in enumerate(entries):
        path = entry.get("file") if isinstance(entry, dict) else None
        if is_reachable(path):
            _one(account, f"{here}/{place}", f"{field}/{len(listed)}", entry)
            listed.append({"path": path, "scale": entry.get("strength", 1.0)})
            continue
        text = f"LoRA {place + 1} is a file name; the service can only fetch an https address or a repository."
        account.trouble("lora_not_reachable", f"{here}/{place}/file", text, "Publish the file and name its address.")
        for leaf in account.leaves_below(f"{here}/{place}"):
            account.settle(leaf, "dropped", text)
    fault = misfit(account.spec(field), listed)
    if fault:
        account.trouble("value_not_allowed", here, f"The field {field!r} {fault}.", "Use fewer, or merge them.")
    if listed:
        account.put(field, listed)


def _one(account: Account, here: str, target: str, entry: Mapping[str, Any]) -> None:
    for leaf in account.leaves_below(here):
        name = {"file": "path", "strength": "scale"}.get(leaf.removeprefix(f"{here}/"), "path")
        account.settle(leaf, "mapped", "", f"/{target}/{name}", account.value(leaf))
    if "strength" not in entry:
        account.settle("", "defaulted", "Not stated: full strength.", f"/{target}/scale", 1.0)
    items = account.spec(target.split("/", maxsplit=1)[0]).get("items")
    properties = items.get("properties") if isinstance(items, Mapping) else None
    scale = properties.get("scale") if isinstance(properties, Mapping) else None
    fault = misfit(scale, entry.get("strength", 1.0)) if isinstance(scale, Mapping) else ""
    if fault:
        text = f"The strength of a LoRA {fault}."
        account.trouble("value_not_allowed", f"{here}/strength", text, "Change the strength.")
