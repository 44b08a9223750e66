"""Asking a target what it is, and waiting for the answer."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from presets_app.core.errors import Unavailable
from presets_app.management.waiting import Say, require_queue, wait
from presets_app.services import targets

SECONDS = 120.0
TIMEOUT = {"type": float, "default": SECONDS, "help": "seconds to wait"}


def ask(target: Any, say: Say, seconds: float) -> Any:
    """The target with a fresh answer. Raises Unavailable when it could not be asked, or does not answer in time."""
    if target.is_served:
        say(f"asking {target.name} what it is")
        targets.ask_now(target)
        return _heard(target)
    require_queue()
    before = target.probed_at
    say(f"asking {target.name} what it is")
    with transaction.atomic():
        targets.ask(target)
    wait(lambda: _answered(target, before), f"{target.name} to answer", seconds)
    return _heard(target)


def _heard(target: Any) -> Any:
    if target.probe_failure:
        why = target.probe_failure
        raise Unavailable(f"{target.name}: {why['message']}", code=why["code"], hint=why["hint"])
    return target


def _answered(target: Any, before: Any) -> bool:
    target.refresh_from_db()
    return bool(target.probed_at != before)
