"""Tiny WAN 2.2: the A14B shapes with two experts and a boundary, text or picture to video, and TI2V-5B's with one model
and its own VAE; the real compression (4x8x8, and 4x16x16 of TI2V-5B)."""

from __future__ import annotations

from diffusers import (
    AutoencoderKLWan,
    UniPCMultistepScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
)
from transformers import T5TokenizerFast, UMT5Config, UMT5EncoderModel

from runner.tiny.filling import fill

_TEXT_WIDTH = 32
_LATENTS, _LATENTS_5B = 16, 48
_MASK = 4  # channels that tell the image-to-video experts which frames are given


def t2v() -> WanPipeline:
    """The whole pipeline, filled; nothing is written."""
    return WanPipeline(
        tokenizer=_tokenizer(),
        text_encoder=_text_encoder(),
        vae=_vae(),
        scheduler=_scheduler(3.0),
        transformer=_expert("high"),
        transformer_2=_expert("low"),
        boundary_ratio=0.875,
        expand_timesteps=False,
    )


def i2v() -> WanImageToVideoPipeline:
    """As real I2V-A14B: the experts see noise, the mask and the picture's latents; there is no image encoder."""
    width = 2 * _LATENTS + _MASK
    return WanImageToVideoPipeline(
        tokenizer=_tokenizer(),
        text_encoder=_text_encoder(),
        vae=_vae(),
        scheduler=_scheduler(3.0),
        image_processor=None,
        image_encoder=None,
        transformer=_expert("i2v-high", width, _LATENTS),
        transformer_2=_expert("i2v-low", width, _LATENTS),
        boundary_ratio=0.9,
        expand_timesteps=False,
    )


def ti2v() -> WanPipeline:
    """As real TI2V-5B: one model for text and picture, each frame with a noise level of its own."""
    return WanPipeline(
        tokenizer=_tokenizer(),
        text_encoder=_text_encoder(),
        vae=_vae_5b(),
        scheduler=_scheduler(5.0),
        transformer=_expert("ti2v", _LATENTS_5B, _LATENTS_5B),
        transformer_2=None,
        boundary_ratio=None,
        expand_timesteps=True,
    )


def _scheduler(shift: float) -> UniPCMultistepScheduler:
    return UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=shift
    )


def _tokenizer() -> T5TokenizerFast:
    """One piece per printable ASCII sign, so that any two prompts differ."""
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -20.0), ("▁", -2.0)]
    pieces += [(chr(code), -3.0) for code in range(33, 127)]
    return T5TokenizerFast(vocab=pieces, extra_ids=0, model_max_length=512)


def _text_encoder() -> UMT5EncoderModel:
    config = UMT5Config(
        vocab_size=128,
        d_model=_TEXT_WIDTH,
        d_kv=8,
        d_ff=64,
        num_layers=1,
        num_heads=4,
        dropout_rate=0.0,
        is_encoder_decoder=False,
    )
    model = UMT5EncoderModel(config).eval()
    fill(model, "wan/text")
    return model


def _vae() -> AutoencoderKLWan:
    model = AutoencoderKLWan(base_dim=8, z_dim=_LATENTS, dim_mult=[1, 1, 1, 1], num_res_blocks=1).eval()
    fill(model, "wan/vae", gains={"decoder.conv_out": 0.6})
    return model


def _vae_5b() -> AutoencoderKLWan:
    """Two pixels by two to a patch, and residual blocks, which the A14B's has not."""
    model = AutoencoderKLWan(
        base_dim=8,
        decoder_base_dim=8,
        z_dim=_LATENTS_5B,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        latents_mean=[0.0] * _LATENTS_5B,
        latents_std=[1.0] * _LATENTS_5B,
        is_residual=True,
        in_channels=12,
        out_channels=12,
        patch_size=2,
        scale_factor_spatial=16,
        scale_factor_temporal=4,
    ).eval()
    fill(model, "wan-5b/vae", gains={"decoder.conv_out": 0.6}, shuffled={"decoder.conv_out": 4})
    return model


def _expert(label: str, channels: int = _LATENTS, out_channels: int = _LATENTS) -> WanTransformer3DModel:
    model = WanTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=16,
        in_channels=channels,
        out_channels=out_channels,
        text_dim=_TEXT_WIDTH,
        freq_dim=32,
        ffn_dim=64,
        num_layers=2,
        rope_max_seq_len=256,
    ).eval()
    fill(model, f"wan/{label}")
    return model
