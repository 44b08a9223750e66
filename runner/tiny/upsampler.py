"""A tiny latent upsampler (x2) for the tiny LTX-2, with the decoder it belongs to, as real ones are published."""

from __future__ import annotations

from diffusers import LTX2LatentUpsamplePipeline
from diffusers.pipelines.ltx2.latent_upsampler import LTX2LatentUpsamplerModel

from runner.tiny import ltx2
from runner.tiny.filling import fill


def twice() -> LTX2LatentUpsamplePipeline:
    """The whole pipeline, filled; nothing is written."""
    model = LTX2LatentUpsamplerModel(
        in_channels=ltx2.LATENTS, mid_channels=32, num_blocks_per_stage=1, use_rational_resampler=False
    ).eval()
    fill(model, "ltx2/upsampler", shuffled={"upsampler.0": 4})
    return LTX2LatentUpsamplePipeline(vae=ltx2.vae(), latent_upsampler=model)
