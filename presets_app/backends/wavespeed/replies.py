"""Reading WaveSpeed's replies: nothing in them is trusted, and a part that is not as documented is left out."""

from __future__ import annotations

import math
import re
from typing import Any, TypeGuard

from presets_app.backends.base import CatalogueModel, Found, Polled, PollStatus, Quote, Submitted
from presets_app.backends.errors import VendorFailed
from presets_app.backends.wavespeed import failures

VENDOR_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
MODEL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
_MAX_MODELS = 10_000
_LONGEST_FORMULA = 20_000  # characters
_STATUSES: dict[str, PollStatus] = {
    "created": "waiting",
    "processing": "running",
    "completed": "done",
    "failed": "failed",
    "cancelled": "failed",
    "timeout": "failed",
}


def data(value: Any) -> Any:
    """The envelope's `data`; None when it is no good envelope. Code 200 says nothing about a task's fate."""
    if isinstance(value, dict) and value.get("code") == 200:
        return value.get("data")
    return None


def submitted(value: Any) -> Submitted | None:
    task = data(value)
    if isinstance(task, dict) and _is_id(task.get("id")):
        return Submitted(task["id"], _status(task))
    return None


def poll_url(value: Any) -> str | None:
    task = data(value)
    urls = task.get("urls") if isinstance(task, dict) else None
    url = urls.get("get") if isinstance(urls, dict) else None
    return url if isinstance(url, str) and len(url) < 2000 else None


def polled(task: dict[str, Any]) -> Polled:
    """A prediction as a state: a completed one without outputs has failed."""
    status, timings = _status(task), _timings(task)
    if status == "failed":
        return Polled("failed", failure=failures.of_task(task), timings=timings)
    if status != "done":
        return Polled(status)
    outputs = [url for item in _list(task.get("outputs")) if (url := _address(item))]
    if not outputs:
        flagged = any(flag is True for flag in _list(task.get("has_nsfw_contents")))
        return Polled("failed", failure=failures.no_outputs(flagged), timings=timings)
    return Polled("done", outputs, seed_returned=_integer(task.get("seed")), timings=timings)


def models(entries: list[Any]) -> list[CatalogueModel]:
    return [model for entry in entries[:_MAX_MODELS] if (model := _model(entry)) is not None]


def quote(found: dict[str, Any]) -> Quote:
    """Raises VendorFailed when no price is in the reply."""
    price = found.get("discounted_price", found.get("price"))
    if not _is_number(price):
        raise VendorFailed(failures.bad_envelope(200))
    currency = found.get("currency")
    note = "Quoted by the service. It is a lower bound when the price depends on a field that was not sent."
    return Quote(_decimal(price), currency if isinstance(currency, str) and len(currency) <= 3 else "USD", note)


def balance(found: dict[str, Any]) -> str:
    if not _is_number(found.get("balance")):
        raise VendorFailed(failures.bad_envelope(200))
    return _decimal(found["balance"])


def history(found: dict[str, Any]) -> list[Found]:
    """Raises VendorFailed when there is no list, or an entry in it that cannot be read."""
    tasks = found.get("items")
    if not isinstance(tasks, list) or not all(isinstance(task, dict) and _is_id(task.get("id")) for task in tasks):
        raise VendorFailed(failures.bad_envelope(200))
    return [_found(task) for task in tasks]


def _found(task: dict[str, Any]) -> Found:
    body = task.get("inputs", task.get("input"))
    made = str(task.get("created_at", ""))[:40]
    return Found(
        task["id"], str(task.get("model", ""))[:200], _status(task), made, body if isinstance(body, dict) else {}
    )


def _model(entry: Any) -> CatalogueModel | None:
    if not isinstance(entry, dict) or not MODEL_ID.fullmatch(str(entry.get("model_id", ""))):
        return None
    schema = _request_schema(entry)
    if schema is None:
        return None
    price = entry.get("base_price")
    name, text, kind = (str(entry.get(key, ""))[:2000] for key in ("name", "description", "type"))
    base, formula = _decimal(price) if _is_number(price) else "", entry.get("formula")
    priced_by = formula[:_LONGEST_FORMULA] if isinstance(formula, str) else ""
    return CatalogueModel(entry["model_id"], name, text, kind, base, schema, priced_by)


def _request_schema(entry: dict[str, Any]) -> dict[str, Any] | None:
    api = entry.get("api_schema")
    for schema in _list(api.get("api_schemas") if isinstance(api, dict) else None):
        if isinstance(schema, dict) and isinstance(schema.get("request_schema"), dict):
            return _tidy(schema["request_schema"])
    return None


def _tidy(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with only those keywords of each field that have the form JSON Schema gives them."""
    fields = schema.get("properties")
    kept = {
        name: {word: inner for word, inner in spec.items() if _well_formed(word, inner)}
        for name, spec in (fields.items() if isinstance(fields, dict) else ())
        if isinstance(spec, dict)
    }
    return {**schema, "properties": kept}


def _well_formed(word: str, value: Any) -> bool:
    if word in ("enum", "required"):
        return isinstance(value, list)
    return _is_number(value) if word.startswith(("min", "max")) else True


def _status(task: dict[str, Any]) -> PollStatus:
    """Unknown words count as in progress, as in the vendor's own clients."""
    return _STATUSES.get(str(task.get("status", "")), "running")


def _timings(task: dict[str, Any]) -> dict[str, float]:
    timings = task.get("timings")
    inference = timings.get("inference") if isinstance(timings, dict) else task.get("executionTime")
    return {"inference": float(inference) / 1000} if _is_number(inference) else {}


def _address(item: Any) -> str | None:
    """Outputs are addresses, or objects that hold one; data in place of an address is not asked for."""
    url = item.get("url") if isinstance(item, dict) else item
    return url if isinstance(url, str) and url.startswith(("https://", "http://")) and len(url) < 4000 else None


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and bool(VENDOR_ID.fullmatch(value))


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _decimal(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
