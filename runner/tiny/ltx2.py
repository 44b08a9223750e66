"""Tiny LTX2Pipelines with sound, full and distilled: the real compression (video 8x32x32, 25 audio latents a second),
small widths."""

from __future__ import annotations

from diffusers import (
    AutoencoderKLLTX2Audio,
    AutoencoderKLLTX2Video,
    FlowMatchEulerDiscreteScheduler,
    LTX2Pipeline,
    LTX2VideoTransformer3DModel,
)
from diffusers.pipelines.ltx2.connectors import LTX2TextConnectors
from diffusers.pipelines.ltx2.vocoder import LTX2Vocoder
from transformers import Gemma3Config, Gemma3ForConditionalGeneration, GemmaTokenizer

from runner.tiny.filling import fill

TEXT_WIDTH = 32
TEXT_LAYERS = 2
LATENTS = 128
AUDIO_LATENTS = 8
MEL_BINS = 16
_SUB_PIXELS = {"decoder.conv_out": 16, **{f"decoder.up_blocks.{block}.upsamplers": 8 for block in range(3)}}


def full() -> LTX2Pipeline:
    """The whole pipeline, filled; nothing is written."""
    return _build(_transformer("ltx2"), _bent_schedule())


def distilled() -> LTX2Pipeline:
    """Other weights in the transformer, and the schedule that takes the eight fixed noise levels as they are."""
    return _build(_transformer("ltx2-distilled"), FlowMatchEulerDiscreteScheduler())


def _build(transformer: LTX2VideoTransformer3DModel, scheduler: FlowMatchEulerDiscreteScheduler) -> LTX2Pipeline:
    return LTX2Pipeline(
        scheduler=scheduler,
        vae=vae(),
        audio_vae=audio_vae(),
        text_encoder=text_encoder(),
        tokenizer=tokenizer(),
        connectors=_connectors(),
        transformer=transformer,
        vocoder=_vocoder(),
    )


def _bent_schedule() -> FlowMatchEulerDiscreteScheduler:
    """The full (not distilled) model's schedule, as real checkpoints save it."""
    return FlowMatchEulerDiscreteScheduler(
        use_dynamic_shifting=True,
        base_shift=0.95,
        max_shift=2.05,
        base_image_seq_len=1024,
        max_image_seq_len=4096,
        shift_terminal=0.1,
    )


def tokenizer() -> GemmaTokenizer:
    """Bytes only: every text falls back to its UTF-8 bytes."""
    words = ["<pad>", "<eos>", "<bos>", "<unk>", *(f"<0x{byte:02X}>" for byte in range(256))]
    vocabulary = {word: place for place, word in enumerate(words)}
    return GemmaTokenizer(vocab=vocabulary, merges=[], model_max_length=1024)


def text_encoder() -> Gemma3ForConditionalGeneration:
    config = Gemma3Config(
        text_config={
            "vocab_size": 272,
            "hidden_size": TEXT_WIDTH,
            "intermediate_size": 64,
            "num_hidden_layers": TEXT_LAYERS,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "head_dim": 16,
            "sliding_window": 64,
            "max_position_embeddings": 2048,
        },
        vision_config={
            "hidden_size": 16,
            "intermediate_size": 32,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "image_size": 28,
            "patch_size": 14,
        },
        mm_tokens_per_image=4,
        image_token_index=262,
        boi_token_index=263,
        eoi_token_index=264,
    )
    model = Gemma3ForConditionalGeneration(config).eval()
    fill(model, "ltx2/text")
    return model


def _connectors() -> LTX2TextConnectors:
    model = LTX2TextConnectors(
        caption_channels=TEXT_WIDTH,
        text_proj_in_factor=TEXT_LAYERS + 1,
        video_connector_num_attention_heads=2,
        video_connector_attention_head_dim=16,
        video_connector_num_layers=1,
        audio_connector_num_attention_heads=2,
        audio_connector_attention_head_dim=16,
        audio_connector_num_layers=1,
    ).eval()
    fill(model, "ltx2/connectors")
    return model


def _transformer(label: str) -> LTX2VideoTransformer3DModel:
    model = LTX2VideoTransformer3DModel(
        in_channels=LATENTS,
        out_channels=LATENTS,
        num_attention_heads=2,
        attention_head_dim=16,
        cross_attention_dim=32,
        audio_in_channels=AUDIO_LATENTS * MEL_BINS // 4,
        audio_out_channels=AUDIO_LATENTS * MEL_BINS // 4,
        audio_num_attention_heads=2,
        audio_attention_head_dim=8,
        audio_cross_attention_dim=16,
        num_layers=2,
        caption_channels=TEXT_WIDTH,
    ).eval()
    fill(model, f"{label}/transformer", gains={"caption_projection": 3.0, "audio_caption_projection": 3.0})
    return model


def vae() -> AutoencoderKLLTX2Video:
    model = AutoencoderKLLTX2Video(
        latent_channels=LATENTS,
        block_out_channels=(4, 8, 16, 32),
        decoder_block_out_channels=(8, 16, 32),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1),
        spatial_compression_ratio=32,
        temporal_compression_ratio=8,
    ).eval()
    fill(model, "ltx2/vae", gains={"decoder.conv_out": 0.6}, shuffled=_SUB_PIXELS)
    return model


def audio_vae() -> AutoencoderKLLTX2Audio:
    model = AutoencoderKLLTX2Audio(
        base_channels=AUDIO_LATENTS * MEL_BINS // 4,
        ch_mult=(1, 1, 1),
        num_res_blocks=1,
        latent_channels=AUDIO_LATENTS,
        mel_bins=MEL_BINS,
    ).eval()
    fill(model, "ltx2/audio_vae", gains={"decoder.conv_out": 3.0}, bias=0.0)
    return model


def _vocoder() -> LTX2Vocoder:
    model = LTX2Vocoder(in_channels=2 * MEL_BINS, hidden_channels=64).eval()
    fill(model, "ltx2/vocoder", gains={"conv_in": 2.0, "conv_out": 2.0}, bias=0.0)
    return model
