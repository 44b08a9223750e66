"""Which request field says the same as which part of a document, by the names that services use."""

from __future__ import annotations

Names = tuple[str, ...]

NAMED: tuple[tuple[str, Names], ...] = (
    ("/prompt", ("prompt",)),
    ("/negative_prompt", ("negative_prompt",)),
    ("/audio/generate", ("generate_audio", "enable_audio")),
)
"""Parts that are the same on both sides."""

STAGE: dict[str, Names] = {
    "seed": ("seed",),
    "steps": ("steps", "num_inference_steps"),
    "guidance": ("guidance", "guidance_scale", "cfg", "cfg_scale"),
    "shift": ("shift", "flow_shift"),
    "sampler": ("sampler", "sampler_name"),
    "scheduler": ("scheduler",),
    "sigmas": ("sigmas",),
    "denoise": ("denoise", "strength"),
    "end_step": ("boundary_step", "end_step"),
    "start_step": ("start_step",),
}
"""Parts of a stage. The second stage has the same names with `_2` at the end, as in `guidance_2`."""

GEOMETRY: tuple[tuple[str, Names], ...] = (
    ("/width", ("width", "size", "resolution")),
    ("/height", ("height", "size", "resolution")),
    ("/frames", ("num_frames", "frames", "duration")),
    ("/fps", ("fps", "frame_rate", "frames_per_second")),
)

IMAGE: Names = ("image", "image_uri", "img_url", "image_url", "first_frame_url", "first_frame_uri")
LAST_IMAGE: Names = ("last_image", "last_frame_uri", "last_frame_url")
SOUND: Names = ("audio", "audio_url", "audio_uri")
VIDEO: Names = ("video", "video_url", "video_uri")
REFERENCES: Names = ("reference_urls", "reference_video_urls", "videos")

OTHERS: tuple[tuple[str, Names], ...] = (
    *GEOMETRY,
    ("/stages/0/loras", ("loras", "high_noise_loras")),
    ("/inputs/image", IMAGE),
)

LORAS: dict[str, str] = {"loras": "", "high_noise_loras": "high_noise", "low_noise_loras": "low_noise"}
"""Lists of LoRAs, with the role of the stage that each belongs to ("" is the first)."""

REWRITING: Names = (
    "enable_prompt_expansion",
    "prompt_extend",
    "enhance_prompt",
    "enable_prompt_optimization",
    "enable_prompt_optimizer",
)
"""Switches that let a service change the prompt: always stated, because some are on when not sent."""

TRANSPORT: Names = ("enable_sync_mode", "enable_base64_output", "webhook_url", "webhook")
"""Fields about how a result travels: never sent, so that the reply comes at once and outputs are addresses."""

RUNTIME: Names = ("dtype", "vae_dtype", "text_encoder_dtype", "vae_tiling", "vae_slicing", "noise_device")
GUIDANCE_OPTIONS: Names = (
    "stg_scale",
    "modality_scale",
    "guidance_rescale",
    "audio_guidance_scale",
    "audio_stg_scale",
    "audio_modality_scale",
    "audio_guidance_rescale",
    "spatio_temporal_guidance_blocks",
)
SCHEDULER_OPTIONS: Names = ("base_shift", "max_shift", "terminal", "stretch")
