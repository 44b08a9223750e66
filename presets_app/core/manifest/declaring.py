"""What a person says of a target, where the target itself does not say it."""

from __future__ import annotations

import re
from collections.abc import Collection
from copy import deepcopy
from typing import Any

from presets_app.core import secrets
from presets_app.core.errors import Conflict, Invalid
from presets_app.core.manifest.making import SECTIONS, section
from presets_app.core.manifest.pins import declared

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_./ -]{0,119}")
LONGEST = 500  # characters of a declared value


def declarable(manifest: dict[str, Any]) -> list[str]:
    """The pins, as SECTION.NAME, that a person may state: the unknown ones and those that were declared before."""
    return [
        f"{name}.{key}"
        for name in SECTIONS
        for key, pin in sorted(section(manifest, name).items())
        if pin.get("status") in ("unknown", "declared")
    ]


def with_declared(
    manifest: dict[str, Any], name: str, value: str, by: str, *, known: Collection[str] = ()
) -> dict[str, Any]:
    """The manifest with one pin declared; `name` is SECTION.NAME, a pin that need not be there yet, and `known` holds
    secret values of this installation.

    Raises Conflict for a pin that was captured, Invalid for a name or a value that cannot be one.
    """
    part, _, key = name.partition(".")
    if part not in SECTIONS or not _NAME.fullmatch(key):
        hint = f"Name it as SECTION.NAME, for example driver.driver. Sections: {', '.join(SECTIONS)}."
        raise Invalid(f"{secrets.shown(name[:120])} names no pin.", code="pin_unnamed", hint=hint)
    text = value.strip()
    if not text or len(text) > LONGEST or not text.isprintable():
        hint = f"Give 1 to {LONGEST} printable characters on one line."
        raise Invalid("This cannot be the value of a pin.", code="pin_value_invalid", hint=hint)
    held = section(manifest, part).get(key)
    if held is not None and held.get("status") == "captured":
        hint = "Capture the manifest again when the target has changed."
        raise Conflict(f"{name} was read from the target; nobody can declare it.", code="pin_captured", hint=hint)
    changed = deepcopy(manifest)
    changed[part][key] = declared(text, by)
    found = secrets.find(changed, known=known)
    if found:
        raise Invalid.of(found)
    return changed


def carried_over(fresh: dict[str, Any], held: dict[str, Any] | None) -> dict[str, Any]:
    """A fresh manifest with what people declared in the held one, wherever the target still does not say it."""
    if held is None:
        return fresh
    kept = deepcopy(fresh)
    for name in SECTIONS:
        for key, pin in section(held, name).items():
            now = kept[name].get(key)
            if pin.get("status") == "declared" and (now is None or now.get("status") == "unknown"):
                kept[name][key] = deepcopy(pin)
    return kept
