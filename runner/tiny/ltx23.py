"""A tiny LTX-2.3: gated attention, a text projection for picture and sound apart, a four-step decoder, 48 kHz sound."""

from __future__ import annotations

from diffusers import (
    AutoencoderKLLTX2Video,
    FlowMatchEulerDiscreteScheduler,
    LTX2Pipeline,
    LTX2VideoTransformer3DModel,
)
from diffusers.pipelines.ltx2.connectors import LTX2TextConnectors
from diffusers.pipelines.ltx2.vocoder import LTX2VocoderWithBWE

from runner.tiny import ltx2
from runner.tiny.filling import fill

_WIDTH, _SOUND_WIDTH = 32, 16
_SUB_PIXELS = {"decoder.conv_out": 16, **{f"decoder.up_blocks.{block}.upsamplers": 8 for block in range(2)}}
_SUB_PIXELS |= {"decoder.up_blocks.2.upsamplers": 2, "decoder.up_blocks.3.upsamplers": 4}


def full() -> LTX2Pipeline:
    """The whole pipeline, filled; nothing is written."""
    return LTX2Pipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(
            use_dynamic_shifting=True,
            base_shift=0.95,
            max_shift=2.05,
            base_image_seq_len=1024,
            max_image_seq_len=4096,
            shift_terminal=0.1,
        ),
        vae=_vae(),
        audio_vae=ltx2.audio_vae(),
        text_encoder=ltx2.text_encoder(),
        tokenizer=ltx2.tokenizer(),
        connectors=_connectors(),
        transformer=_transformer(),
        vocoder=_vocoder(),
    )


def _connectors() -> LTX2TextConnectors:
    model = LTX2TextConnectors(
        caption_channels=ltx2.TEXT_WIDTH,
        text_proj_in_factor=ltx2.TEXT_LAYERS + 1,
        video_connector_num_attention_heads=2,
        video_connector_attention_head_dim=16,
        video_connector_num_layers=1,
        video_gated_attn=True,
        audio_connector_num_attention_heads=2,
        audio_connector_attention_head_dim=8,
        audio_connector_num_layers=1,
        audio_gated_attn=True,
        rope_type="split",
        per_modality_projections=True,
        video_hidden_dim=_WIDTH,
        audio_hidden_dim=_SOUND_WIDTH,
        proj_bias=True,
    ).eval()
    fill(model, "ltx23/connectors")
    return model


def _transformer() -> LTX2VideoTransformer3DModel:
    model = LTX2VideoTransformer3DModel(
        in_channels=ltx2.LATENTS,
        out_channels=ltx2.LATENTS,
        num_attention_heads=2,
        attention_head_dim=16,
        cross_attention_dim=_WIDTH,
        gated_attn=True,
        cross_attn_mod=True,
        audio_in_channels=ltx2.AUDIO_LATENTS * ltx2.MEL_BINS // 4,
        audio_out_channels=ltx2.AUDIO_LATENTS * ltx2.MEL_BINS // 4,
        audio_num_attention_heads=2,
        audio_attention_head_dim=8,
        audio_cross_attention_dim=_SOUND_WIDTH,
        audio_gated_attn=True,
        audio_cross_attn_mod=True,
        num_layers=2,
        caption_channels=ltx2.TEXT_WIDTH,
        rope_type="split",
        use_prompt_embeddings=False,
        perturbed_attn=True,
    ).eval()
    fill(model, "ltx23/transformer")
    return model


def _vae() -> AutoencoderKLLTX2Video:
    model = AutoencoderKLLTX2Video(
        latent_channels=ltx2.LATENTS,
        block_out_channels=(4, 8, 16, 16),
        decoder_block_out_channels=(8, 16, 16, 32),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1, 1),
        decoder_spatio_temporal_scaling=(True, True, True, True),
        decoder_inject_noise=(False, False, False, False, False),
        upsample_type=("spatiotemporal", "spatiotemporal", "temporal", "spatial"),
        upsample_residual=(False, False, False, False),
        upsample_factor=(2, 2, 1, 2),
        decoder_causal=False,
        decoder_spatial_padding_mode="zeros",
        spatial_compression_ratio=32,
        temporal_compression_ratio=8,
    ).eval()
    fill(model, "ltx23/vae", gains={"decoder.conv_out": 0.6}, shuffled=_SUB_PIXELS)
    return model


def _vocoder() -> LTX2VocoderWithBWE:
    """16 kHz, widened to 48 kHz; quieter than a plain filling, which would be clipped noise."""
    model = LTX2VocoderWithBWE(
        in_channels=2 * ltx2.MEL_BINS,
        hidden_channels=64,
        bwe_in_channels=2 * ltx2.MEL_BINS,
        bwe_hidden_channels=32,
        num_mel_channels=ltx2.MEL_BINS,
    ).eval()
    quiet = {"vocoder.conv_out": 0.01, "bwe_generator.conv_out": 0.01}
    fill(model, "ltx23/vocoder", gains=quiet, bias=0.0)
    return model
