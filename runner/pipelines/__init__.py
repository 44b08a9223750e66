"""Real diffusers pipelines behind one shape, one self-contained file a family.

loaded = load("ltx-2", folder, dtype="float32")
rendered = loaded.render(document, progress)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from runner import determinism, limits
from runner.pipelines import ltx2, wan22
from runner.pipelines.rendering import Frames, Loaded, Rendered, Samples
from runner.progress import Progress, Report

__all__ = ["CLASS_NAMES", "Frames", "Loaded", "Progress", "Rendered", "Report", "Samples", "load", "render"]


class _Load(Protocol):
    def __call__(self, folder: Path, *, dtype: str, vae_dtype: str | None, device: str, offload: str) -> Loaded: ...


_FAMILIES: dict[str, _Load] = {"ltx-2": ltx2.load, "wan-2.2": wan22.load}
CLASS_NAMES = {"ltx-2": ltx2.CLASS_NAME, "wan-2.2": wan22.CLASS_NAME}
DTYPE = "bfloat16"  # for a document that does not say; what both families are published in


def load(document: Mapping[str, Any], folder: Path, *, dtype: str | None = None, device: str | None = None) -> Loaded:
    """Load the weights in `folder` (a snapshot) for the document's family and runtime.

    `dtype` overrides the document's. Raises CannotRender for a document this runner cannot render (before anything
    is read) and for weights that are of another class or not complete.
    """
    limits.check(document)
    runtime = document.get("runtime") or {}
    return _FAMILIES[document["family"]](
        folder,
        dtype=dtype or runtime.get("dtype") or DTYPE,
        vae_dtype=runtime.get("vae_dtype"),
        device=device or determinism.device(),
        offload=runtime.get("offload") or "none",
    )


def render(
    document: Mapping[str, Any],
    folder: Path,
    *,
    progress: Report = lambda _progress: None,
    dtype: str | None = None,
    device: str | None = None,
) -> Rendered:
    """Load and render once; `progress` may raise to stop between steps."""
    progress(Progress("load"))
    return load(document, folder, dtype=dtype, device=device).render(document, progress)
