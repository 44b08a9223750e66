"""The arguments of each pipeline's call that decide the video, with the defaults of diffusers 0.42.1.

A test compares every name and default with the installed classes' signatures.
"""

from __future__ import annotations

from typing import Any

# LTX-2's guidance is off only when all eight say so: `guidance_scale=1` alone still takes three passes a step.
GUIDANCE_OFF: dict[str, float] = {
    "guidance_scale": 1.0,
    "stg_scale": 0.0,
    "modality_scale": 1.0,
    "guidance_rescale": 0.0,
    "audio_guidance_scale": 1.0,
    "audio_stg_scale": 0.0,
    "audio_modality_scale": 1.0,
    "audio_guidance_rescale": 0.0,
}
BLOCKS = "spatio_temporal_guidance_blocks"
LTX2_GUIDANCE = {
    "guidance_scale": 3.0,
    "stg_scale": 1.0,
    "modality_scale": 3.0,
    "guidance_rescale": 0.7,
    "audio_guidance_scale": 7.0,
    "audio_stg_scale": 1.0,
    "audio_modality_scale": 3.0,
    "audio_guidance_rescale": 0.7,
    BLOCKS: [28],
}
# Written into every call and the same for each: nothing of a document decides them.
LTX2_FIXED: dict[str, Any] = {
    "motion_speed": 1.0,
    "timesteps": None,
    "num_videos_per_prompt": 1,
    "decode_timestep": 0.0,
    "decode_noise_scale": None,
    "use_cross_timestep": True,
    "system_prompt": None,
    "enable_prompt_enhancement": False,
    "attention_kwargs": None,
    "max_sequence_length": 1024,
}
LTX_FIXED: dict[str, Any] = {
    "timesteps": None,
    "guidance_rescale": 0.0,
    "num_videos_per_prompt": 1,
    "decode_timestep": 0.0,
    "decode_noise_scale": None,
    "attention_kwargs": None,
    "max_sequence_length": 128,
}
WAN_FIXED: dict[str, Any] = {
    "num_videos_per_prompt": 1,
    "attention_kwargs": None,
    "max_sequence_length": 512,
}
UPSAMPLE: dict[str, Any] = {
    "latents_normalized": False,
    "adain_factor": 0.0,
    "tone_map_compression_ratio": 0.0,
    "output_type": "latent",
    "return_dict": False,
}
_LTX2_SIZE = {"height": 512, "width": 768, "num_frames": 121, "frame_rate": 24.0, "num_inference_steps": 30}
_LTX_SIZE = {"height": 512, "width": 704, "num_frames": 161, "frame_rate": 25, "num_inference_steps": 50}
_WAN_SIZE = {"height": 480, "width": 832, "num_frames": 81, "num_inference_steps": 50, "guidance_scale": 5.0}
_WAN_V2V = {key: value for key, value in _WAN_SIZE.items() if key != "num_frames"}

# What holds when a call leaves an argument out. LTX-2 without `num_frames` takes 121, unless the weights have a
# duration head (LTX-2.5).
DEFAULTS: dict[str, dict[str, Any]] = {
    "LTX2Pipeline": {**_LTX2_SIZE, **LTX2_GUIDANCE},
    "LTX2ImageToVideoPipeline": {**_LTX2_SIZE, **LTX2_GUIDANCE},
    "LTX2ConditionPipeline": {**_LTX2_SIZE, **LTX2_GUIDANCE},
    "LTX2InContextPipeline": {**_LTX2_SIZE, **LTX2_GUIDANCE},
    "LTXPipeline": {**_LTX_SIZE, "guidance_scale": 3},
    "LTXImageToVideoPipeline": {**_LTX_SIZE, "guidance_scale": 3},
    "LTXConditionPipeline": {**_LTX_SIZE, "guidance_scale": 3},
    "WanPipeline": _WAN_SIZE,
    "WanImageToVideoPipeline": _WAN_SIZE,
    "WanVideoToVideoPipeline": {**_WAN_V2V, "strength": 0.8},
    "WanVACEPipeline": _WAN_SIZE,
    "WanAnimatePipeline": {
        "height": 720,
        "width": 1280,
        "segment_frame_length": 77,
        "num_inference_steps": 20,
        "guidance_scale": 1.0,
    },
}
EXPORT_FPS = 10  # diffusers.utils.export_to_video, when the script does not say

SIGMAS = {
    "DISTILLED_SIGMA_VALUES": [1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875],
    "STAGE_2_DISTILLED_SIGMA_VALUES": [0.909375, 0.725, 0.421875],
    "TEMPORAL_ROUND_DISTILLED_SIGMA_VALUES": [0.975, 0.909375, 0.725, 0.421875],
}
