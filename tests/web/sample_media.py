"""Clips drawn by code for sample pages: the same moving shape on both sides, one of them with a planted fault."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from PIL import Image

WIDTH, HEIGHT, FRAMES, FPS = 320, 180, 48, 24
FAULT = range(30, 38)  # the frames in which the right side shows its ball too low


def picture(frame: int, faulty: bool) -> np.ndarray:
    """One frame as uint8 RGB (height, width, 3): a ball over a soft gradient."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    ground = 60 + 60 * rows / HEIGHT + 20 * np.sin(columns / 24 + frame / 9)
    centre_x = 40 + 240 * frame / FRAMES
    centre_y = 90 + 34 * np.sin(frame / 6) + (22 if faulty and frame in FAULT else 0)
    ball = (columns - centre_x) ** 2 + (rows - centre_y) ** 2 < 26**2
    layers = [np.where(ball, value, ground * tint) for value, tint in ((226, 1.0), (168, 0.92), (96, 0.86))]
    return np.stack(layers, axis=-1).clip(0, 255).astype(np.uint8)


def clip(path: Path, faulty: bool) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "20"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(FRAMES):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(number, faulty), format="rgb24")))
        container.mux(stream.encode())


def make(folder: Path) -> None:
    """left.mp4, right.mp4, and for the worst frames left-N.png, right-N.png, heat-N.png."""
    folder.mkdir(parents=True, exist_ok=True)
    clip(folder / "left.mp4", False)
    clip(folder / "right.mp4", True)
    for number in (31, 33, 34, 36, 37):
        left, right = picture(number, False), picture(number, True)
        apart = np.abs(left.astype(int) - right.astype(int)).max(axis=-1)
        heat = np.stack([apart, apart // 3, np.full_like(apart, 12)], axis=-1).clip(0, 255).astype(np.uint8)
        for name, pixels in (("left", left), ("right", right), ("heat", heat)):
            Image.fromarray(pixels).save(folder / f"{name}-{number}.png")


def similarity() -> list[float]:
    """A number per frame that falls where the fault is."""
    return [round(0.985 - 0.004 * np.sin(n / 3) - (0.11 if n in FAULT else 0), 4) for n in range(FRAMES)]
