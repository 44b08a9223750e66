"""Where a picture stands in time: a preset counts frames, LTX-2's conditions count latents.

One latent holds eight frames, but the first holds one (LTX2ConditionPipeline, diffusers 0.42.1: `index` is read "as a
latent index"). A latent from the second on therefore begins at frame 1, 9, 17 and so on.
"""

from __future__ import annotations

_FRAMES = 8  # of one latent; temporal compression of LTX-2's video VAE


def latent_at(frame: int) -> tuple[int, int]:
    """The latent that holds a frame, and how many frames into it the frame lies. -1, the last frame, is latent -1."""
    if frame <= 0:
        return max(frame, -1), 0
    return (frame - 1) // _FRAMES + 1, (frame - 1) % _FRAMES


def frame_at(latent: int, frames: int) -> int:
    """The first frame of a latent in a video of `frames` frames; -1 stays the last frame, 0 the first."""
    if latent < -1:
        latent = max(0, (frames - 1) // _FRAMES + 1 + latent)
    return latent if latent <= 0 else _FRAMES * (latent - 1) + 1
