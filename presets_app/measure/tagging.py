"""Text tags of a video container, read in the measuring child: workflows travel in them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import av

from presets_app.measure.limits import Limits
from presets_app.measure.opening import Unreadable, open_regular, reason, sniff

ALL = 5 << 20  # bytes of all texts of one file
MOST = 64


def tags_of(path: Path, limits: Limits) -> dict[str, Any]:
    """{"tags": {name as it is spelled: text}, "problems": [...]}. No picture is decoded, and the file needs no stream
    that this project could measure. A file with more text than ALL gives none of it: half a workflow is no workflow."""
    try:
        found = _read(path, limits)
    except Unreadable as fault:
        return {"tags": {}, "problems": [{"code": "undecodable", "kind": fault.kind, "message": str(fault)}]}
    if len(found) > MOST or sum(len(text.encode("utf-8", "replace")) for text in found.values()) > ALL:
        message = f"the file's tags hold more than {MOST} texts or {ALL:,} bytes"
        return {"tags": {}, "problems": [{"code": "undecodable", "kind": "too_large", "message": message}]}
    return {"tags": found, "problems": []}


def _read(path: Path, limits: Limits) -> dict[str, str]:
    with open_regular(path) as handle:
        demuxer = sniff(handle.read(64))
        handle.seek(0, os.SEEK_SET)
        options = {"max_pixels": str(limits.pixels), "threads": "1"}
        try:
            with av.open(handle, format=demuxer, options=options, metadata_errors="replace") as container:
                streams = [dict(stream.metadata) for stream in list(container.streams)[:MOST]]
                everything = [*reversed(streams), dict(container.metadata)]
        except (av.FFmpegError, OSError, ValueError, MemoryError) as fault:
            raise Unreadable("broken", f"the container cannot be read ({reason(fault)})") from fault
    # The container's own tags win over its streams'.
    return {str(key)[:200]: str(text) for group in everything for key, text in group.items()}
