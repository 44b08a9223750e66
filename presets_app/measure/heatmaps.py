"""Pictures for people: the difference as a map, and the frames it was made from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FULL_SCALE = 48.0  # levels of 255; stronger differences are drawn the same


def draw(blocks: NDArray[np.float32], width: int, height: int, path: Path) -> None:
    """One grey level per 8x8 block, dark where the sides agree, with a square-root ramp so that faint ones show."""
    ramp = np.sqrt(np.clip(blocks / FULL_SCALE, 0, 1))
    grey = (16 + 239 * ramp).astype(np.uint8)
    Image.fromarray(grey, "L").resize((width, height), Image.Resampling.NEAREST).save(path, optimize=True)


def keep_frame(frame: Any, path: Path) -> None:
    frame.to_image().save(path)


def draw_barcode(code: dict[str, Any], path: Path) -> None:
    """Time from left to right, one row for each of 8 x 8 regions; the same ramp as the heatmaps."""
    values = np.array(code["values"], np.float32).reshape(-1, code["rows"] * code["columns"]).T / 10
    ramp = np.sqrt(np.clip(values / FULL_SCALE, 0, 1))
    grey = (16 + 239 * ramp).astype(np.uint8)
    wide = max(1, 640 // max(1, grey.shape[1]))
    size = (max(1, grey.shape[1]) * wide, grey.shape[0] * 4)
    Image.fromarray(grey, "L").resize(size, Image.Resampling.NEAREST).save(path, optimize=True)
