"""The nodes that the stand-in knows, in the shape of /object_info; ranges and choices as ComfyUI 0.27 states them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# One class a line: inputs as name=TYPE with a range in brackets, choices in braces, @folder for a file's name; `?`
# marks what is not required, `!` a node that saves.
_TEXT = """
CheckpointLoaderSimple: ckpt_name=@checkpoints -> MODEL CLIP VAE
UNETLoader: unet_name=@diffusion_models weight_dtype={default,fp8_e4m3fn,fp8_e4m3fn_fast,fp8_e5m2} -> MODEL
CLIPLoader: clip_name=@text_encoders type={wan,ltxv} device?={default,cpu} -> CLIP
LTXAVTextEncoderLoader: text_encoder=@text_encoders ckpt_name=@checkpoints device={default,cpu} -> CLIP
VAELoader: vae_name=@vae -> VAE
LTXVAudioVAELoader: ckpt_name=@checkpoints -> VAE
LatentUpscaleModelLoader: model_name=@latent_upscale_models -> LATENT_UPSCALE_MODEL
LoraLoaderModelOnly: model=MODEL lora_name=@loras strength_model=FLOAT[-100,100] -> MODEL
ModelSamplingSD3: model=MODEL shift=FLOAT[0,100] -> MODEL
LoadImage: image=@input -> IMAGE MASK
EmptyImage: width=INT[1,16384] height=INT[1,16384] batch_size=INT[1,4096] color=INT[0,16777215] -> IMAGE
CLIPTextEncode: text=STRING clip=CLIP -> CONDITIONING
ConditioningZeroOut: conditioning=CONDITIONING -> CONDITIONING
LTXVConditioning: positive=CONDITIONING negative=CONDITIONING frame_rate=FLOAT[0,1000] -> CONDITIONING CONDITIONING
EmptyLTXVLatentVideo: width=INT[64,16384] height=INT[64,16384] length=INT[1,16384] batch_size=INT[1,4096] -> LATENT
EmptyHunyuanLatentVideo: width=INT[16,16384] height=INT[16,16384] length=INT[1,16384] batch_size=INT[1,4096] -> LATENT
LTXVEmptyLatentAudio: frames_number=INT[1,1000] frame_rate=INT[1,1000] batch_size=INT[1,4096] audio_vae=VAE -> LATENT
LTXVPreprocess: image=IMAGE img_compression=INT[0,100] -> IMAGE
LTXVImgToVideoInplace: vae=VAE image=IMAGE latent=LATENT strength=FLOAT[0,1] bypass=BOOLEAN -> LATENT
LTXVConcatAVLatent: video_latent=LATENT audio_latent=LATENT -> LATENT
LTXVSeparateAVLatent: av_latent=LATENT -> LATENT LATENT
LTXVLatentUpsampler: samples=LATENT upscale_model=LATENT_UPSCALE_MODEL vae=VAE -> LATENT
LTXVAudioVAEDecode: samples=LATENT audio_vae=VAE -> AUDIO
WanImageToVideo: positive=CONDITIONING negative=CONDITIONING vae=VAE width=INT[16,16384] height=INT[16,16384] \
length=INT[1,16384] batch_size=INT[1,4096] start_image?=IMAGE -> CONDITIONING CONDITIONING LATENT
Wan22ImageToVideoLatent: vae=VAE width=INT[32,16384] height=INT[32,16384] length=INT[1,16384] \
batch_size=INT[1,4096] start_image?=IMAGE -> LATENT
RandomNoise: noise_seed=INT[0,18446744073709551615] -> NOISE
CFGGuider: model=MODEL positive=CONDITIONING negative=CONDITIONING cfg=FLOAT[0,100] -> GUIDER
KSamplerSelect: sampler_name={euler,euler_ancestral,gradient_estimation,res_multistep,uni_pc} -> SAMPLER
ManualSigmas: sigmas=STRING -> SIGMAS
LTXVScheduler: steps=INT[1,10000] max_shift=FLOAT[0,100] base_shift=FLOAT[0,100] stretch=BOOLEAN \
terminal=FLOAT[0,0.99] latent?=LATENT -> SIGMAS
SamplerCustomAdvanced: noise=NOISE guider=GUIDER sampler=SAMPLER sigmas=SIGMAS latent_image=LATENT -> LATENT LATENT
KSampler: model=MODEL seed=INT[0,18446744073709551615] steps=INT[1,10000] cfg=FLOAT[0,100] \
sampler_name={euler,euler_ancestral,uni_pc} scheduler={simple,normal,beta} positive=CONDITIONING \
negative=CONDITIONING latent_image=LATENT denoise=FLOAT[0,1] -> LATENT
KSamplerAdvanced: model=MODEL add_noise={enable,disable} noise_seed=INT[0,18446744073709551615] steps=INT[1,10000] \
cfg=FLOAT[0,100] sampler_name={euler,euler_ancestral,uni_pc} scheduler={simple,normal,beta} positive=CONDITIONING \
negative=CONDITIONING latent_image=LATENT start_at_step=INT[0,10000] end_at_step=INT[0,10000] \
return_with_leftover_noise={disable,enable} -> LATENT
VAEDecode: samples=LATENT vae=VAE -> IMAGE
VAEDecodeTiled: samples=LATENT vae=VAE tile_size=INT[64,4096] overlap=INT[0,4096] temporal_size=INT[8,4096] \
temporal_overlap=INT[4,4096] -> IMAGE
CreateVideo: images=IMAGE fps=FLOAT[1,120] audio?=AUDIO bit_depth?=INT[8,10] -> VIDEO
SaveVideo: video=VIDEO filename_prefix=STRING format={auto,mp4} codec={auto,h264} -> ! VIDEO
SaveAnimatedWEBP: images=IMAGE filename_prefix=STRING fps=FLOAT[0.01,1000] lossless=BOOLEAN quality=INT[0,100] \
method={default,fastest,slowest} -> !
SaveImage: images=IMAGE filename_prefix=STRING -> !
"""
_INPUT = re.compile(r"(\w+)(\?)?=(@?\w+|\{[^}]*\})(?:\[([^]]*)\])?")
MODELS = {
    "checkpoints": ("ltx-2-19b-dev.safetensors", "ltx-2-19b-distilled.safetensors"),
    "diffusion_models": (
        "wan2.2_t2v_high_noise_14B_fp8_scaled.safetensors",
        "wan2.2_t2v_low_noise_14B_fp8_scaled.safetensors",
        "wan2.2_ti2v_5B_fp16.safetensors",
    ),
    "text_encoders": ("umt5_xxl_fp8_e4m3fn_scaled.safetensors", "gemma_3_12B_it.safetensors"),
    "vae": ("wan_2.1_vae.safetensors", "wan2.2_vae.safetensors"),
    "loras": ("wan2.2_t2v_lightx2v_4steps_lora_v1.1_high_noise.safetensors",),
    "latent_upscale_models": ("ltx-2-spatial-upscaler-x2-1.0.safetensors",),
    "input": (),
}


def schemas(models: Mapping[str, tuple[str, ...]]) -> dict[str, dict[str, Any]]:
    """Class to schema. `models` is folder to the names of its files."""
    return dict(_schema(line, models) for line in _TEXT.strip().splitlines())


def _schema(line: str, models: Mapping[str, tuple[str, ...]]) -> tuple[str, dict[str, Any]]:
    name, _, rest = line.partition(":")
    taken, _, given = rest.partition("->")
    inputs: dict[str, dict[str, Any]] = {"required": {}, "optional": {}}
    for field, optional, kind, span in _INPUT.findall(taken):
        inputs["optional" if optional else "required"][field] = _typed(kind, span, models)
    outputs = [word for word in given.split() if word != "!"]
    about = {"name": name, "display_name": name, "python_module": "nodes", "output_name": outputs}
    return name, {"input": inputs, "output": outputs, "output_node": "!" in given.split(), **about}


def _typed(kind: str, span: str, models: Mapping[str, tuple[str, ...]]) -> list[Any]:
    if kind == "@input":
        return [[], {"image_upload": True}]
    if kind.startswith("@"):
        return [list(models[kind[1:]]), {}]
    if kind.startswith("{"):
        return [kind[1:-1].split(","), {}]
    if not span:
        return [kind, {}]
    ends = [float(end) if kind == "FLOAT" else int(end) for end in span.split(",")]
    return [kind, dict(zip(("min", "max"), ends, strict=True))]
