"""Adding, removing and moving stages, LoRAs, shots and references, and naming models and inputs."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from presets_app.core.editing.families import next_role
from presets_app.core.errors import Invalid
from presets_app.core.pointers import joined, parts_of, value_at
from presets_app.core.problems import Problem

_LISTS = re.compile(r"/(?:stages|shots|references)|/stages/[0-9]{1,3}/loras")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ONE = {"stages": "Stage", "loras": "LoRA", "shots": "Shot", "references": "Reference"}
_MOST = {"stages": 8, "loras": 32, "shots": 32, "references": 16}  # as the schema says


@dataclass(frozen=True)
class Done:
    """`focus` is the pointer to go on at; `sentence` says what was done."""

    document: dict[str, Any]
    focus: str
    sentence: str


def act(document: dict[str, Any], action: str, name: str = "") -> Done:
    """Do `add:/stages`, `remove:/stages/0`, `up:/stages/1` or `down:/stages/0`; `name` is the new field's of
    `add:/models`. Raises Invalid when there is no such thing to do it with."""
    verb, _, path = action.partition(":")
    changed = deepcopy(document)
    if verb == "add" and path in ("/models", "/inputs"):
        return _name(changed, path, name.strip())
    if verb == "add" and _LISTS.fullmatch(path):
        return _add(changed, path)
    above, _, last = path.rpartition("/")
    held = value_at(changed, above)
    known = _LISTS.fullmatch(above) and isinstance(held, list) and last.isdecimal() and int(last) < len(held)
    if not known or verb not in ("remove", "up", "down"):
        raise Invalid("That part is not there any more.", code="edit_part_gone", hint="Look at the form again.")
    return _remove(changed, above, int(last)) if verb == "remove" else _move(changed, above, int(last), verb)


def _add(document: dict[str, Any], path: str) -> Done:
    parts = parts_of(path)
    name, at = parts[-1], value_at(document, joined(parts[:-1]))
    if not isinstance(at, dict):
        raise Invalid("That part is not there any more.", code="edit_part_gone", hint="Look at the form again.")
    held = at.get(name)
    if not isinstance(held, list):
        held = at[name] = []
    if len(held) >= _MOST[name]:
        raise Invalid(f"There are {_MOST[name]} already, and no more fit.", code="edit_part_too_many")
    held.append(_fresh(document, name, held))
    return Done(document, joined((len(held) - 1,), path), f"{_ONE[name]} {len(held)} added.")


def _fresh(document: dict[str, Any], name: str, held: list[Any]) -> Any:
    if name == "stages":
        roles = {entry.get("role") for entry in held if isinstance(entry, dict)}
        return {"role": next_role(document, {role for role in roles if isinstance(role, str)})}
    return {"loras": {"file": "", "strength": 1}, "shots": {"prompt": ""}}.get(name, "")


def _remove(document: dict[str, Any], above: str, index: int) -> Done:
    parts = parts_of(above)
    held = value_at(document, above)
    del held[index]
    if not held and parts[-1] in ("shots", "references"):
        del document[parts[-1]]  # without any, the field says nothing
    return Done(document, above, f"{_ONE[parts[-1]]} {index + 1} removed.")


def _move(document: dict[str, Any], above: str, index: int, verb: str) -> Done:
    held = value_at(document, above)
    to = index - 1 if verb == "up" else index + 1
    if not 0 <= to < len(held):
        to = index
    held[index], held[to] = held[to], held[index]
    return Done(document, joined((to,), above), f"{_ONE[parts_of(above)[-1]]} {index + 1} is now number {to + 1}.")


def _name(document: dict[str, Any], path: str, name: str) -> Done:
    section = path[1:]
    if not _NAME.fullmatch(name):
        hint = "Use small letters, digits and underscores, such as text_encoder."
        text = "This name cannot be used for a field."
        raise Invalid.of([Problem("edit_name_invalid", "error", f"/name:{path}", text, hint)])
    held = document.get(section)
    if not isinstance(held, dict):
        held = document[section] = {}
    held.setdefault(name, [] if section == "models" else "")
    return Done(document, joined((name,), path), f"{name.replace('_', ' ').capitalize()} added.")
