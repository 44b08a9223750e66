"""The nodes that graphs are compiled to, as a stock server states them: inputs, ranges, choices and outputs.

Facts from ComfyUI 0.27's /object_info and, for the classes it was not asked about, from ComfyUI's node documentation.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_SAMPLERS = """
    euler euler_cfg_pp euler_ancestral euler_ancestral_cfg_pp heun heunpp2 exp_heun_2_x0 exp_heun_2_x0_sde dpm_2
    dpm_2_ancestral lms dpm_fast dpm_adaptive dpmpp_2s_ancestral dpmpp_2s_ancestral_cfg_pp dpmpp_sde dpmpp_sde_gpu
    dpmpp_2m dpmpp_2m_cfg_pp dpmpp_2m_sde dpmpp_2m_sde_gpu dpmpp_2m_sde_heun dpmpp_2m_sde_heun_gpu dpmpp_3m_sde
    dpmpp_3m_sde_gpu ddpm lcm ipndm ipndm_v deis res_multistep res_multistep_cfg_pp res_multistep_ancestral
    res_multistep_ancestral_cfg_pp gradient_estimation gradient_estimation_cfg_pp er_sde seeds_2 seeds_3 sa_solver
    sa_solver_pece ddim uni_pc uni_pc_bh2
"""
_SCHEDULERS = "simple sgm_uniform karras exponential ddim_uniform beta normal linear_quadratic kl_optimal"

# One class a line: inputs as name=TYPE, a range in brackets, choices in braces, `?` where the server does not require
# it, FILE for a name from the server's own folders; then the outputs. `!` marks an output node.
_TEXT = """
CheckpointLoaderSimple: ckpt_name=FILE -> MODEL CLIP VAE
UNETLoader: unet_name=FILE weight_dtype={default,fp8_e4m3fn,fp8_e4m3fn_fast,fp8_e5m2} -> MODEL
CLIPLoader: clip_name=FILE type={ltxv,wan} device?={default,cpu} -> CLIP
DualCLIPLoader: clip_name1=FILE clip_name2=FILE type={ltxv} device?={default,cpu} -> CLIP
LTXAVTextEncoderLoader: text_encoder=FILE ckpt_name=FILE device={default,cpu} -> CLIP
VAELoader: vae_name=FILE -> VAE
LTXVAudioVAELoader: ckpt_name=FILE -> VAE
LatentUpscaleModelLoader: model_name=FILE -> LATENT_UPSCALE_MODEL
CLIPVisionLoader: clip_name=FILE -> CLIP_VISION
AudioEncoderLoader: audio_encoder_name=FILE -> AUDIO_ENCODER
LoraLoaderModelOnly: model=MODEL lora_name=FILE strength_model=FLOAT[-100,100] -> MODEL
ModelSamplingSD3: model=MODEL shift=FLOAT[0,100] -> MODEL
LoadImage: image=FILE -> IMAGE MASK
LoadAudio: audio=FILE -> AUDIO
LoadVideo: file=FILE -> VIDEO
GetVideoComponents: video=VIDEO -> IMAGE AUDIO FLOAT
CLIPTextEncode: text=STRING clip=CLIP -> CONDITIONING
ConditioningZeroOut: conditioning=CONDITIONING -> CONDITIONING
CLIPVisionEncode: clip_vision=CLIP_VISION image=IMAGE crop={center,none} -> CLIP_VISION_OUTPUT
AudioEncoderEncode: audio_encoder=AUDIO_ENCODER audio=AUDIO -> AUDIO_ENCODER_OUTPUT
LTXVConditioning: positive=CONDITIONING negative=CONDITIONING frame_rate=FLOAT[0,1000] -> CONDITIONING CONDITIONING
EmptyLTXVLatentVideo: width=INT[64,16384] height=INT[64,16384] length=INT[1,16384] batch_size=INT[1,4096] -> LATENT
LTXVEmptyLatentAudio: frames_number=INT[1,1000] frame_rate=INT[1,1000] batch_size=INT[1,4096] audio_vae=VAE -> LATENT
LTXVPreprocess: image=IMAGE img_compression=INT[0,100] -> IMAGE
LTXVImgToVideoInplace: vae=VAE image=IMAGE latent=LATENT strength=FLOAT[0,1] bypass=BOOLEAN -> LATENT
LTXVAddGuide: positive=CONDITIONING negative=CONDITIONING vae=VAE latent=LATENT image=IMAGE frame_idx=INT[-9999,9999] \
strength=FLOAT[0,10] -> CONDITIONING CONDITIONING LATENT
LTXVCropGuides: positive=CONDITIONING negative=CONDITIONING latent=LATENT -> CONDITIONING CONDITIONING LATENT
LTXVConcatAVLatent: video_latent=LATENT audio_latent=LATENT -> LATENT
LTXVSeparateAVLatent: av_latent=LATENT -> LATENT LATENT
LTXVLatentUpsampler: samples=LATENT upscale_model=LATENT_UPSCALE_MODEL vae=VAE -> LATENT
LTXVReferenceAudio: model=MODEL positive=CONDITIONING negative=CONDITIONING reference_audio=AUDIO audio_vae=VAE \
identity_guidance_scale=FLOAT[0,100] start_percent=FLOAT[0,1] end_percent=FLOAT[0,1] -> MODEL CONDITIONING CONDITIONING
LTXVAudioVAEEncode: audio=AUDIO audio_vae=VAE -> LATENT
LTXVAudioVAEDecode: samples=LATENT audio_vae=VAE -> AUDIO
TrimAudioDuration: audio=AUDIO start_index=FLOAT duration=FLOAT[0] -> AUDIO
SolidMask: value=FLOAT[0,1] width=INT[1,16384] height=INT[1,16384] -> MASK
SetLatentNoiseMask: samples=LATENT mask=MASK -> LATENT
RandomNoise: noise_seed=INT[0,18446744073709551615] -> NOISE
DisableNoise: -> NOISE
CFGGuider: model=MODEL positive=CONDITIONING negative=CONDITIONING cfg=FLOAT[0,100] -> GUIDER
LTXVDualCFGGuider: model=MODEL positive=CONDITIONING negative=CONDITIONING video_cfg=FLOAT[0,100] \
audio_cfg=FLOAT[0,100] -> GUIDER
KSamplerSelect: sampler_name=@samplers -> SAMPLER
SamplerEulerAncestral: eta=FLOAT[0,100] s_noise=FLOAT[0,100] -> SAMPLER
SamplerEulerAncestralCFGPP: eta=FLOAT[0,1] s_noise=FLOAT[0,10] -> SAMPLER
SamplerDPMPP_2M_SDE: solver_type={midpoint,heun} eta=FLOAT[0,100] s_noise=FLOAT[0,100] noise_device={gpu,cpu} -> SAMPLER
SamplerDPMPP_3M_SDE: eta=FLOAT[0,100] s_noise=FLOAT[0,100] noise_device={gpu,cpu} -> SAMPLER
SamplerDPMPP_SDE: eta=FLOAT[0,100] s_noise=FLOAT[0,100] r=FLOAT[0,100] noise_device={gpu,cpu} -> SAMPLER
SamplerDPMPP_2S_Ancestral: eta=FLOAT[0,100] s_noise=FLOAT[0,100] -> SAMPLER
SamplerLMS: order=INT[1,100] -> SAMPLER
ManualSigmas: sigmas=STRING -> SIGMAS
LTXVScheduler: steps=INT[1,10000] max_shift=FLOAT[0,100] base_shift=FLOAT[0,100] stretch=BOOLEAN \
terminal=FLOAT[0,0.99] latent?=LATENT -> SIGMAS
BasicScheduler: model=MODEL scheduler=@schedulers steps=INT[1,10000] denoise=FLOAT[0,1] -> SIGMAS
KarrasScheduler: steps=INT[1,10000] sigma_max=FLOAT[0,5000] sigma_min=FLOAT[0,5000] rho=FLOAT[0,100] -> SIGMAS
ExponentialScheduler: steps=INT[1,10000] sigma_max=FLOAT[0,5000] sigma_min=FLOAT[0,5000] -> SIGMAS
BetaSamplingScheduler: model=MODEL steps=INT[1,10000] alpha=FLOAT[0,50] beta=FLOAT[0,50] -> SIGMAS
SplitSigmas: sigmas=SIGMAS step=INT[0,10000] -> SIGMAS SIGMAS
SamplerCustomAdvanced: noise=NOISE guider=GUIDER sampler=SAMPLER sigmas=SIGMAS latent_image=LATENT -> LATENT LATENT
SamplerCustom: model=MODEL add_noise=BOOLEAN noise_seed=INT[0,18446744073709551615] cfg=FLOAT[0,100] \
positive=CONDITIONING negative=CONDITIONING sampler=SAMPLER sigmas=SIGMAS latent_image=LATENT -> LATENT LATENT
KSampler: model=MODEL seed=INT[0,18446744073709551615] steps=INT[1,10000] cfg=FLOAT[0,100] sampler_name=@samplers \
scheduler=@schedulers positive=CONDITIONING negative=CONDITIONING latent_image=LATENT denoise=FLOAT[0,1] -> LATENT
KSamplerAdvanced: model=MODEL add_noise={enable,disable} noise_seed=INT[0,18446744073709551615] steps=INT[1,10000] \
cfg=FLOAT[0,100] sampler_name=@samplers scheduler=@schedulers positive=CONDITIONING negative=CONDITIONING \
latent_image=LATENT start_at_step=INT[0,10000] end_at_step=INT[0,10000] \
return_with_leftover_noise={disable,enable} -> LATENT
EmptyHunyuanLatentVideo: width=INT[16,16384] height=INT[16,16384] length=INT[1,16384] batch_size=INT[1,4096] -> LATENT
Wan22ImageToVideoLatent: vae=VAE width=INT[32,16384] height=INT[32,16384] length=INT[1,16384] batch_size=INT[1,4096] \
start_image?=IMAGE -> LATENT
WanImageToVideo: %wan clip_vision_output?=CLIP_VISION_OUTPUT start_image?=IMAGE -> CONDITIONING CONDITIONING LATENT
WanFirstLastFrameToVideo: %wan clip_vision_start_image?=CLIP_VISION_OUTPUT clip_vision_end_image?=CLIP_VISION_OUTPUT \
start_image?=IMAGE end_image?=IMAGE -> CONDITIONING CONDITIONING LATENT
WanFunControlToVideo: %wan clip_vision_output?=CLIP_VISION_OUTPUT start_image?=IMAGE control_video?=IMAGE \
-> CONDITIONING CONDITIONING LATENT
Wan22FunControlToVideo: %wan ref_image?=IMAGE control_video?=IMAGE -> CONDITIONING CONDITIONING LATENT
WanVaceToVideo: %wan strength=FLOAT[0,1000] control_video?=IMAGE control_masks?=MASK reference_image?=IMAGE \
-> CONDITIONING CONDITIONING LATENT INT
WanSoundImageToVideo: %wan audio_encoder_output?=AUDIO_ENCODER_OUTPUT ref_image?=IMAGE control_video?=IMAGE \
ref_motion?=IMAGE -> CONDITIONING CONDITIONING LATENT
WanCameraEmbedding: camera_pose={Static,Pan Up,Pan Down,Pan Left,Pan Right,Zoom In,Zoom Out,Anti Clockwise (ACW),\
ClockWise (CW)} width=INT[16,16384] height=INT[16,16384] length=INT[1,16384] speed?=FLOAT[0,10] fx?=FLOAT[0,1] \
fy?=FLOAT[0,1] cx?=FLOAT[0,1] cy?=FLOAT[0,1] -> WAN_CAMERA_EMBEDDING INT INT INT
WanCameraImageToVideo: %wan clip_vision_output?=CLIP_VISION_OUTPUT start_image?=IMAGE \
camera_conditions?=WAN_CAMERA_EMBEDDING -> CONDITIONING CONDITIONING LATENT
TrimVideoLatent: samples=LATENT trim_amount=INT[0,99999] -> LATENT
VAEDecode: samples=LATENT vae=VAE -> IMAGE
VAEDecodeTiled: samples=LATENT vae=VAE tile_size=INT[64,4096] overlap=INT[0,4096] temporal_size=INT[8,4096] \
temporal_overlap=INT[4,4096] -> IMAGE
CreateVideo: images=IMAGE fps=FLOAT[1,120] audio?=AUDIO bit_depth?=INT[8,10] -> VIDEO
SaveVideo: video=VIDEO filename_prefix=STRING format={auto,mp4} codec={auto,h264} -> ! VIDEO
SaveWEBM: images=IMAGE filename_prefix=STRING codec={vp9,av1} fps=FLOAT[0.01,1000] crf=FLOAT[0,63] -> !
SaveAnimatedWEBP: images=IMAGE filename_prefix=STRING fps=FLOAT[0.01,1000] lossless=BOOLEAN quality=INT[0,100] \
method={default,fastest,slowest} -> !
SaveImage: images=IMAGE filename_prefix=STRING -> !
"""
_WAN = (
    "positive=CONDITIONING negative=CONDITIONING vae=VAE width=INT[16,16384] height=INT[16,16384] "
    "length=INT[1,16384] batch_size=INT[1,4096]"
)
_INPUT = re.compile(r"(\w+)(\?)?=(\w+|\{[^}]*\}|@\w+)(?:\[([^]]*)\])?")
_LISTS = {"@samplers": _SAMPLERS, "@schedulers": _SCHEDULERS}


@cache
def schemas() -> dict[str, Any]:
    """Class to schema, in the shape of /object_info."""
    lines = _TEXT.replace("%wan", _WAN).strip().splitlines()
    return dict(_schema(line) for line in lines)


def _schema(line: str) -> tuple[str, dict[str, Any]]:
    name, _, rest = line.partition(":")
    taken, _, given = rest.partition("->")
    inputs: dict[str, dict[str, Any]] = {"required": {}, "optional": {}}
    for field, optional, kind, span in _INPUT.findall(taken):
        inputs["optional" if optional else "required"][field] = _typed(kind, span)
    words = given.split()
    return name, {"input": inputs, "output": [word for word in words if word != "!"], "output_node": "!" in words}


def _typed(kind: str, span: str) -> list[Any]:
    if kind in _LISTS:
        return [_LISTS[kind].split(), {}]
    if kind.startswith("{"):
        return [kind[1:-1].split(","), {}]
    if not span:
        return [kind, {}]
    ends = [float(end) if "." in end else int(end) for end in span.split(",")]
    return [kind, dict(zip(("min", "max"), ends, strict=False))]
