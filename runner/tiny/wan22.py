"""A tiny WanPipeline of the A14B shape: two experts and a boundary between them, the real 4x8x8 VAE compression."""

from __future__ import annotations

from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanPipeline, WanTransformer3DModel
from transformers import T5TokenizerFast, UMT5Config, UMT5EncoderModel

from runner.tiny.filling import fill

REPOSITORY = "matchframe/tiny-wan-2.2-t2v"
_TEXT_WIDTH = 32


def build() -> WanPipeline:
    """The whole pipeline, filled; nothing is written."""
    return WanPipeline(
        tokenizer=_tokenizer(),
        text_encoder=_text_encoder(),
        vae=_vae(),
        scheduler=UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=3.0
        ),
        transformer=_expert("high"),
        transformer_2=_expert("low"),
        boundary_ratio=0.875,
        expand_timesteps=False,
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
    model = AutoencoderKLWan(base_dim=8, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1).eval()
    fill(model, "wan/vae", gains={"decoder.conv_out": 0.6})
    return model


def _expert(label: str) -> WanTransformer3DModel:
    model = WanTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=16,
        text_dim=_TEXT_WIDTH,
        freq_dim=32,
        ffn_dim=64,
        num_layers=2,
        rope_max_seq_len=256,
    ).eval()
    fill(model, f"wan/{label}")
    return model
