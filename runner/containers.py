"""The container this process runs in. A process cannot read the digest of its own image; who starts it says it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

VARIABLE = "MATCHFRAME_IMAGE"  # NAME@sha256:DIGEST, set where the container is started
_IMAGE = re.compile(r"[a-z0-9][A-Za-z0-9._/:-]{0,254}(@sha256:[0-9a-f]{64})?")
_SIGNS = (Path("/.dockerenv"), Path("/run/.containerenv"))


def here() -> dict[str, Any]:
    """{"inside", "image"}: the image is None outside a container, and unknown inside one that was not told."""
    inside = any(sign.exists() for sign in _SIGNS) or bool(os.environ.get("KUBERNETES_SERVICE_HOST"))
    told = os.environ.get(VARIABLE, "").strip()
    if _IMAGE.fullmatch(told):
        return {"inside": True, "image": told}
    if told:
        return {"inside": inside, "image": {"unknown": f"{VARIABLE} is not of the form NAME@sha256:DIGEST"}}
    return {"inside": inside, "image": {"unknown": f"{VARIABLE} is not set"} if inside else None}
