"""LoRAs and input files in a request: a service can only use what it can fetch by itself."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from presets_app.backends.wavespeed.accounting import Account

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(/[\w.-]+)*")
_BY_ROLE = {"high_noise": ("high_noise_loras",), "low_noise": ("low_noise_loras",)}


def loras(account: Account, index: int) -> None:
    """Settle a stage's LoRAs: sent as {path, scale} where the request has a list for this stage."""
    stage = account.document["stages"][index]
    entries = stage.get("loras") if isinstance(stage, dict) else None
    if not isinstance(entries, list):
        return
    names = _BY_ROLE.get(str(stage.get("role")), ("loras",) if index == 0 else ())
    field = account.field(*names, *(("loras",) if index == 0 else ()))
    here = f"/stages/{index}/loras"
    if not entries:
        account.settle(here, "carried", "Empty: nothing to carry.")
    elif field is None:
        text = f"The model takes no LoRA for stage {index + 1}, so the video would be another one."
        account.trouble("lora_not_supported", here, text, "Choose the model's variant for LoRAs, or bake them in.")
    else:
        _send(account, here, field, entries)


def image(account: Account) -> None:
    """Settle /inputs/image: the service fetches it by its address."""
    field, value = account.field("image"), account.value("/inputs/image")
    if field is None or not isinstance(value, str):
        return
    if _is_address(value):
        account.send("/inputs/image", field, value)
        return
    account.settle("/inputs/image", "dropped", "Not an address that the service can fetch.")
    text = "The input image has to be uploaded to the service first."
    account.trouble("input_not_uploaded", "/inputs/image", text, "Upload it and use the address that comes back.")


def _send(account: Account, here: str, field: str, entries: list[Any]) -> None:
    listed: list[dict[str, Any]] = []
    for place, entry in enumerate(item for item in entries if isinstance(item, dict)):
        path, strength = entry.get("file"), entry.get("strength", 1.0)
        listed.append({"path": path, "scale": strength})
        if not (isinstance(path, str) and (_is_address(path) or _REPOSITORY.fullmatch(path))):
            text = f"LoRA {place + 1} is a file name; the service can only fetch an https address or a repository."
            account.trouble(
                "lora_not_reachable", f"{here}/{place}/file", text, "Publish the file and name its address."
            )
    account.send("", field, listed, status="mapped", before=entries)
    for path in account.open_leaves():
        if path.startswith(f"{here}/"):
            account.share(path, field, "mapped")


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)
