"""Artifacts by the SHA-256 of their bytes: requests, videos, heatmaps, logs, uploaded assets.

Knows no Django, because the runner uses it too. A file appears whole or not at all: it is written beside its place,
synced, then renamed. Reading never trusts a name from outside: only 64 hex digits reach the file system.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol

from presets_app.core.canonical import canonical_bytes
from presets_app.core.errors import NotFound, Unavailable

_DIGEST = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1 << 20
_NEW = ".new-"  # begins the name of a file that is being written
_ABANDONED = 24 * 3600.0  # seconds; no write takes so long


class ArtifactStore(Protocol):
    """Where bytes are kept by digest. Raises NotFound for a digest that is not here, Unavailable when storage fails."""

    def put(self, data: bytes) -> str: ...
    def put_file(self, source: Path) -> str: ...
    def get(self, digest: str) -> bytes: ...
    def open(self, digest: str) -> IO[bytes]: ...
    def size(self, digest: str) -> int: ...
    def has(self, digest: str) -> bool: ...


class LocalStore:
    """The default: a folder, two levels by the digest's first digits."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, digest: str) -> Path:
        """Where the bytes lie (or would lie). Raises NotFound for anything that is not 64 hex digits."""
        if not _DIGEST.fullmatch(digest):
            raise NotFound("That is not an artifact's digest.", code="artifact_not_found")
        return self.root / digest[:2] / digest

    def put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        with self._writing(digest) as sink:
            if sink is not None:
                sink.write(data)
        return digest

    def put_file(self, source: Path) -> str:
        """Copy a file in, hashing as it goes; the source stays."""
        digest = file_digest(source)
        with self._writing(digest) as sink, source.open("rb") as stream:
            while sink is not None and (chunk := stream.read(_CHUNK)):
                sink.write(chunk)
        return digest

    def get(self, digest: str) -> bytes:
        with self.open(digest) as stream:
            return stream.read()

    def open(self, digest: str) -> IO[bytes]:
        try:
            return self.path(digest).open("rb")
        except FileNotFoundError:
            raise NotFound(f"Artifact {digest[:8]} is not in the store.", code="artifact_not_found") from None

    def size(self, digest: str) -> int:
        try:
            return self.path(digest).stat().st_size
        except FileNotFoundError:
            raise NotFound(f"Artifact {digest[:8]} is not in the store.", code="artifact_not_found") from None

    def has(self, digest: str) -> bool:
        return bool(_DIGEST.fullmatch(digest)) and self.path(digest).exists()

    def sweep(self, older_than: float = _ABANDONED) -> int:
        """Remove half-written files that nobody has touched for so many seconds; returns how many."""
        gone = 0
        for place in self.root.glob(f"??/{_NEW}*"):
            with suppress(OSError):
                if time.time() - place.stat().st_mtime > older_than:
                    place.unlink()
                    gone += 1
        return gone

    @contextmanager
    def _writing(self, digest: str) -> Iterator[IO[bytes] | None]:
        """Yield a sink for new bytes, or None when they are already kept."""
        place = self.path(digest)
        if place.exists():
            yield None
            return
        written: Path | None = None
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=place.parent, prefix=_NEW, delete=False) as sink:
                written = Path(sink.name)
                yield sink
                sink.flush()
                os.fsync(sink.fileno())
            os.replace(written, place)
        except OSError as error:
            text = f"The artifact store cannot be written: {error.strerror}."
            hint = "Free some space in the data folder and try again."
            raise Unavailable(text, code="store_full", hint=hint) from error
        finally:
            if written is not None:
                written.unlink(missing_ok=True)


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def put_json(store: ArtifactStore, value: Any) -> str:
    """Keep a JSON value by its canonical bytes; returns the digest."""
    return store.put(canonical_bytes(value))


def get_json(store: ArtifactStore, digest: str) -> Any:
    return json.loads(store.get(digest))
