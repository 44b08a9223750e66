"""Where things lie inside the data folder, and the secret key that each install makes for itself."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

LONGEST_SOCKET_PATH = 100  # bytes; Linux allows 107 in sockaddr_un, and Redis adds nothing


def redis_socket(data: Path) -> Path:
    """The embedded Redis socket: inside the data folder, or, where that path is too long for a unix socket, in a
    short folder of this user's that is found again from the data folder's name."""
    inside = data / "redis" / "redis.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    short = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"matchframe-{os.getuid()}-{short}" / "redis.sock"


def secret_key(data: Path) -> str:
    """The install's key, or a throw-away one where no install was made yet (commands that need no database)."""
    try:
        return (data / "secret_key").read_text(encoding="ascii").strip()
    except OSError:
        return secrets.token_urlsafe(48)


def make_secret_key(data: Path) -> bool:
    """Write a new key, readable by this user only, unless there is one. True when one was made."""
    data.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(data / "secret_key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="ascii") as sink:
        sink.write(secrets.token_urlsafe(48))
    return True
