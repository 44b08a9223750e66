"""What is known of an item while a server works on it; kept in Redis only, because it is over in a moment."""

from __future__ import annotations

import json
from typing import Any

from redis.exceptions import RedisError

from presets_app import wiring

KEPT_SECONDS = 24 * 3600


def key(item_id: str) -> str:
    return f"matchframe:progress:{item_id}"


def of(item_id: str) -> dict[str, Any]:
    """{phase, step, steps, position, node}, as far as the server tells; {} when nothing is known."""
    try:
        held = wiring.redis().get(key(item_id))
    except (RedisError, OSError):
        return {}
    found = json.loads(held) if isinstance(held, (bytes, str)) else {}
    return found if isinstance(found, dict) else {}
