"""What is known of an item while a server works on it; kept in Redis only, because it is over in a moment."""

from __future__ import annotations

import json
from typing import Any

from redis.exceptions import RedisError

from presets_app import wiring

KEPT_SECONDS = 24 * 3600
PREVIEW_SECONDS = 600
_KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_MOST_BYTES = 512 << 10


def key(item_id: str) -> str:
    return f"matchframe:progress:{item_id}"


def preview_key(item_id: str) -> str:
    """Where the newest preview of an item lies; the runner writes there too (runner.room)."""
    return f"matchframe:preview:{item_id}"


def preview(item_id: str) -> tuple[bytes, str] | None:
    """(bytes, media type) of an item's newest preview, None when there is none. Only a small JPEG or PNG counts."""
    try:
        held = wiring.redis().get(preview_key(item_id))
    except (RedisError, OSError):
        return None
    if not isinstance(held, bytes) or len(held) > _MOST_BYTES:
        return None
    kind = next((kind for start, kind in _KINDS.items() if held.startswith(start)), None)
    return (held, kind) if kind else None


def of(item_id: str) -> dict[str, Any]:
    """{phase, step, steps, position, node, preview}, as far as the server tells; {} when nothing is known. `preview`
    is another word for each picture."""
    try:
        held = wiring.redis().get(key(item_id))
    except (RedisError, OSError):
        return {}
    found = json.loads(held) if isinstance(held, (bytes, str)) else {}
    return found if isinstance(found, dict) else {}
