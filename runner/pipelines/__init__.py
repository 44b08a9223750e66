"""Real diffusers pipelines behind one shape, one self-contained file a family.

loaded = load(document, folder)
rendered = loaded.render(document, progress)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from runner import determinism, limits
from runner.limits.common import DTYPE
from runner.pipelines import ltx2, wan22
from runner.pipelines.rendering import Extras, Frames, Loaded, Pictures, Rendered, Samples
from runner.progress import Progress, Report

__all__ = ["Extras", "Frames", "Loaded", "Pictures", "Progress", "Rendered", "Report", "Samples", "load", "render"]


class _Load(Protocol):
    def __call__(
        self, document: Mapping[str, Any], folder: Path, *, dtypes: Mapping[str, str], device: str, offload: str
    ) -> Loaded: ...


_FAMILIES: dict[str, _Load] = {"ltx-2": ltx2.load, "ltx-2.3": ltx2.load, "wan-2.2": wan22.load}


def load(
    document: Mapping[str, Any],
    folder: Path,
    extras: Extras | None = None,
    *,
    dtype: str | None = None,
    device: str | None = None,
) -> Loaded:
    """Load the weights in `folder` (a snapshot) for the document's family and runtime, and the `extras` it names.

    `dtype` overrides the document's. Raises CannotRender for a document this runner cannot render (before anything
    is read) and for weights that are of another class or not complete.
    """
    limits.check(document)
    runtime = document.get("runtime") or {}
    loaded = _FAMILIES[document["family"]](
        document,
        folder,
        dtypes=dtypes_of(document, dtype),
        device=device or determinism.device(),
        offload=runtime.get("offload") or "none",
    )
    loaded.prepare(document, extras or {})
    return loaded


def dtypes_of(document: Mapping[str, Any], dtype: str | None = None) -> dict[str, str]:
    """What each part is loaded in: `default`, and `vae` and `text_encoder` where they differ."""
    runtime = document.get("runtime") or {}
    default = dtype or runtime.get("dtype") or DTYPE
    # WAN's VAE is run in float32 by its authors; half precision shows as banding.
    vae = runtime.get("vae_dtype") or ("float32" if document["family"] == "wan-2.2" else default)
    return {"default": default, "vae": vae, "text_encoder": runtime.get("text_encoder_dtype") or default}


def render(
    document: Mapping[str, Any],
    folder: Path,
    extras: Extras | None = None,
    *,
    progress: Report = lambda _progress: None,
    dtype: str | None = None,
    device: str | None = None,
    pictures: Pictures | None = None,
) -> Rendered:
    """Load and render once; `progress` may raise to stop between steps."""
    progress(Progress("load"))
    return load(document, folder, extras, dtype=dtype, device=device).render(document, progress, pictures)
