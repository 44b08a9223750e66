"""Whether a request keeps its model's schema and can be rendered: the faults of a 400 reply."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator

from runner import limits
from runner.failures import CannotRender
from runner.standins.wavespeed.catalogue import Model
from runner.standins.wavespeed.documents import document_of

MISSING, INVALID = 1400, 1401


def fault_of(model: Model, body: Any) -> tuple[int, str] | None:
    """(error code, message) of the first fault. Fields that the schema does not know are passed over."""
    error = next(iter(Draft202012Validator(model.schema()).iter_errors(body)), None)
    if error is not None:
        place = "/".join(str(part) for part in error.absolute_path) or "request"
        code = MISSING if error.validator == "required" else INVALID
        return code, f"{place}: breaks {error.validator}"
    try:
        limits.check(document_of(model, body, max(0, body.get("seed", -1))))
    except CannotRender as refusal:
        return INVALID, str(refusal)
    return None
