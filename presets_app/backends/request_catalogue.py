"""Catalogues that ship with the program: the request schemas of hosted models as their pages state them.

A file names its vendor, the fields that models share ("fields"), and each model with the fields it takes: "prompt",
or "duration=duration_5_8" where the shared name differs from the request's.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from presets_app.backends.base import CatalogueModel

_FACTS = ("source", "note", "fps", "seconds", "audio", "rewriting", "variant", "operation")


@cache
def read_catalogue(place: Path) -> dict[str, CatalogueModel]:
    """The models of one file by their ids. Facts that are no field stand in the schema as `x-...`: `x-fps` the rate
    the service renders at, `x-seconds` its only length, `x-audio` whether it makes sound, `x-operation` where requests
    go."""
    told = json.loads(place.read_text(encoding="utf-8"))
    vendor, fields = str(told["vendor"]), told["fields"]
    return {model_id: _model(model_id, said, fields, vendor) for model_id, said in told["models"].items()}


def _model(model_id: str, said: dict[str, Any], fields: dict[str, Any], vendor: str) -> CatalogueModel:
    properties = {}
    for entry in said["takes"]:
        name, _, shared = entry.partition("=")
        properties[name] = dict(fields[shared or name])
    facts = {f"x-{name}": said[name] for name in _FACTS if name in said}
    schema = {
        "type": "object",
        "properties": properties,
        "required": said.get("required", ["prompt"]),
        "x-vendor": vendor,
        **facts,
    }
    return CatalogueModel(model_id, model_id, str(said.get("note", "")), said.get("kind", ""), "", schema)
