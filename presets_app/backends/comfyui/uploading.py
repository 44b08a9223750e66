"""Input files at the server: named by their content, so that the same file is one file and no other can take its
name. Pure."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from presets_app.backends.base import Upload

LIMIT = 512 << 20  # bytes of one input
_SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "video/quicktime": ".mov",
    "video/x-matroska": ".mkv",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/mpeg": ".mp3",
    "audio/flac": ".flac",
    "audio/ogg": ".ogg",
    "audio/mp4": ".m4a",
}
_KINDS = {"image": ".png", "video": ".mp4", "audio": ".wav"}


def uploads(document: Mapping[str, Any]) -> dict[str, Upload]:
    """The files that a document knows by their bytes, by the input's key. Inputs given by a name only are files that
    the server has already."""
    held = document.get("inputs")
    entries = held.items() if isinstance(held, Mapping) else ()
    return {str(key): _upload(asset) for key, asset in entries if isinstance(asset, Mapping) and asset.get("sha256")}


def form(upload: Upload, data: bytes) -> tuple[bytes, dict[str, str]]:
    """(body, headers) of the multipart form that /upload/image reads."""
    mark = f"matchframe-{secrets.token_hex(16)}"
    kind = upload.media_type if upload.media_type in _SUFFIXES else "application/octet-stream"
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="type"\r\n\r\ninput\r\n'
        f'--{mark}\r\nContent-Disposition: form-data; name="image"; filename="{upload.name}"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    )
    body = head.encode("ascii") + data + f"\r\n--{mark}--\r\n".encode("ascii")
    return body, {"Accept": "application/json", "Content-Type": f"multipart/form-data; boundary={mark}"}


def name_in(answer: bytes) -> str:
    """What the server says it called the file; "" when it does not."""
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(value, Mapping) or value.get("subfolder") or value.get("type", "input") != "input":
        return ""
    return str(value.get("name", ""))


def query(upload: Upload) -> dict[str, str]:
    return {"filename": upload.name, "subfolder": "", "type": "input"}


def _upload(asset: Mapping[str, Any]) -> Upload:
    digest, kind = str(asset["sha256"])[:64], str(asset.get("media_type") or "")
    suffix = _SUFFIXES.get(kind) or _KINDS.get(kind.partition("/")[0]) or _suffix_of(str(asset.get("name") or ""))
    return Upload(f"matchframe-{digest}{suffix}", digest, kind)


def _suffix_of(name: str) -> str:
    suffix = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    return suffix if suffix in _SUFFIXES.values() else ".png"
