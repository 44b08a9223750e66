"""Names that sort by time and never collide across processes."""

from __future__ import annotations

import re
import secrets
import time
from datetime import datetime

_ID = re.compile(r"[0-9a-f]{20}")


def new_id() -> str:
    """20 hex digits: 12 of the millisecond clock, 8 at random. Sorts by time; safe in paths, URLs and job ids."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(4)}"


def is_id(text: str) -> bool:
    return bool(_ID.fullmatch(text))


def run_name(at: datetime, preset: str, revision: str, target: str) -> str:
    """`<UTC time>_<preset>_<short revision>_<target>`, as DESIGN names runs; `at` is aware, in UTC."""
    return f"{at:%Y%m%dT%H%M%SZ}_{preset}_{revision[:8]}_{target}"
