"""What each field means, for people: its name, what it does, its unit, and where that is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """`label` is "" where the field's own name reads well."""

    label: str = ""
    help: str = ""
    unit: str = ""
    source: str = ""


_DIFFUSERS = "diffusers 0.42.1"
_COMFYUI = "ComfyUI KSamplerAdvanced"
_SIGMAS = "Lightricks' two-stage settings: 4 sigmas, 3 steps"
# Keys are pointers with * for any element or name.
FACTS: Mapping[str, Fact] = {
    "/name": Fact(help="What people call it. Its address stays when it is renamed."),
    "/description": Fact(help="What the look is for, and what to keep."),
    "/family": Fact("Model family", "Decides which fields there are, and which values fit."),
    "/variant": Fact(help="Which weights of the family: dev, distilled, t2v-a14b, ti2v-5b."),
    "/task": Fact(help="What goes in and what comes out."),
    "/prompt": Fact(help="What the video shows. Input sets may replace it, item by item."),
    "/negative_prompt": Fact("Negative prompt", "What to keep away from. Without effect where guidance is 1."),
    "/prompt_expansion/source": Fact("Expanded from", "The short prompt that a language model wrote out."),
    "/prompt_expansion/by": Fact("Expanded by", "The language model and its revision."),
    "/prompt_expansion/seed": Fact("Seed of the expansion", "So that the same words come out again."),
    "/prompt_expansion/enabled": Fact("Expand when rendering", "Whether the renderer rewrites the prompt."),
    "/shots/*/frames": Fact(help="Length of this shot."),
    "/shots/*/seconds": Fact(help="Length of this shot, where the service counts seconds.", unit="s"),
    "/width": Fact(help="Of the first stage, before any upscaling.", unit="px"),
    "/height": Fact(help="Of the first stage, before any upscaling.", unit="px"),
    "/aspect_ratio": Fact("Aspect ratio", "For services that take a shape and no size, written 16:9."),
    "/frames": Fact(help="Length of the finished video."),
    "/fps": Fact("Frame rate", "Frames a second that the motion is made for; 30000/1001 may be written so.", "fps"),
    "/models/*": Fact(help="File or repository names, one a line. Exact revisions are pinned on each target."),
    "/models/transformer": Fact(help="The model that draws: one file a line, WAN 2.2 A14B has two."),
    "/models/text_encoder": Fact("Text encoder", "Reads the prompt. One file a line."),
    "/models/vae": Fact("VAE", "Turns latents into pictures. WAN's wants float32. One file a line."),
    "/models/audio_vae": Fact("Audio VAE", "Turns latents into sound. One file a line."),
    "/models/latent_upscaler": Fact("Latent upscaler", "Enlarges between base and refine. One file a line."),
    "/models/clip_vision": Fact("Image encoder (CLIP vision)", "Reads the first picture. One file a line."),
    "/stages/*/role": Fact(help="What the stage is for; changes are told apart by it."),
    "/stages/*/model": Fact(help="The file this stage samples with, when there are several."),
    "/stages/*/seed": Fact(help="A whole number from 0 to 18446744073709551615. -1 (random) cannot be repeated."),
    "/stages/*/steps": Fact(help="Sampling steps. With sigmas listed, one less than there are sigmas."),
    "/stages/*/guidance": Fact(
        "Guidance (CFG)", "How strictly the prompt is followed; 1 is off, as distilled models need."
    ),
    "/stages/*/guidance_options": Fact("Guidance options", "One a line, as name: value (stg_scale: 1.0)."),
    "/stages/*/sampler": Fact(help="The solver, as its renderer names it."),
    "/stages/*/scheduler": Fact(help="How noise falls over the steps. Leave it out where sigmas are listed."),
    "/stages/*/sigmas": Fact(
        help="Noise levels from most to least; they replace scheduler and shift. The first is where the stage starts.",
        source=_SIGMAS,
    ),
    "/stages/*/shift": Fact(
        "Flow shift",
        "Higher spends more steps on motion and layout, lower on detail.",
        source=f"{_DIFFUSERS}, WanPipeline flow_shift: 5.0 at 720p, 3.0 at 480p",
    ),
    "/stages/*/scheduler_options": Fact(
        "Scheduler options",
        "One a line, as name: value. LTX stretches its schedule by max_shift 2.05, base_shift 0.95, terminal 0.1.",
        source=f"{_DIFFUSERS}, LTX2 scheduler config",
    ),
    "/stages/*/start_step": Fact("Starts at step", "Where this stage takes over from the one before.", source=_COMFYUI),
    "/stages/*/end_step": Fact("Ends at step", "Where the next stage takes over; steps or more is the end."),
    "/stages/*/boundary": Fact(
        help="Share of the noise, from 0 to 1, at which the low-noise expert takes over.",
        source="WAN 2.2 reference settings",
    ),
    "/stages/*/add_noise": Fact("Add noise", "Whether the stage begins with fresh noise. Off for the second expert."),
    "/stages/*/scale": Fact(help="How much larger than the stage before; 2 doubles width and height."),
    "/stages/*/denoise": Fact(help="Share of the schedule that is run, from 0 to 1; 1 is all of it."),
    "/stages/*/loras/*/file": Fact(help="File or repository name."),
    "/stages/*/loras/*/strength": Fact(help="0 is off, 1 as trained."),
    "/inputs/*": Fact(help="Its name in the input set, or an address that targets may read."),
    "/audio/generate": Fact("Make sound", "Whether a soundtrack is rendered with the picture."),
    "/audio/sample_rate": Fact("Sample rate", "Of the rendered sound.", unit="Hz"),
    "/audio/channels": Fact(help="1 is mono, 2 is stereo."),
    "/output/crf": Fact("Quality (CRF)", "0 to 63: lower is better and larger. Differences below 4 are hard to see."),
    "/output/fps": Fact("Frame rate of the file", "Leave it out: another rate than it was made for is slow motion."),
    "/output/preset": Fact("Encoder preset", "Speed against size, as the encoder names it."),
    "/output/audio_rate": Fact("Sample rate of the file", unit="Hz"),
    "/output/color_range": Fact("Colour range", "Limited is what players expect of video."),
    "/output/color_space": Fact("Colour space"),
    "/runtime/dtype": Fact("Precision", "Of the weights while sampling. Another one is another take."),
    "/runtime/vae_dtype": Fact("VAE precision", "WAN's VAE shows banding below float32."),
    "/runtime/text_encoder_dtype": Fact("Text encoder precision"),
    "/runtime/offload": Fact(help="Moves weights off the GPU between uses: slower, less memory."),
    "/runtime/vae_tiling": Fact("VAE tiling", "Decodes in tiles: less memory, seams where it fails."),
    "/runtime/vae_slicing": Fact("VAE slicing", "Decodes picture by picture: less memory."),
    "/runtime/attention": Fact(help="The attention kernel: sdpa, flash, sage. Kernels differ in the last digits."),
    "/runtime/quantization": Fact(help="How weights were made smaller, such as fp8 or gguf-q4."),
    "/runtime/noise_device": Fact(
        "Noise drawn on",
        "cpu draws the same noise on every machine.",
        source=f"{_DIFFUSERS}, randn_tensor; PyTorch notes on reproducibility",
    ),
    "/runtime/compile": Fact("Compiled", "Whether kernels are fused first: faster after a slow start."),
    "/environment": Fact("Variables it names", "Names only, one a line; values stay on the targets."),
    "/hardware/min_vram_gib": Fact("Least GPU memory", unit="GiB"),
    "/hardware/min_ram_gib": Fact("Least memory", unit="GiB"),
    "/hardware/gpu": Fact("GPU", "When it needs a certain one."),
}
TASKS: Mapping[str, str] = {
    "t2v": "text to video",
    "i2v": "image to video",
    "flf2v": "first and last frame to video",
    "ia2v": "image and audio to video",
    "v2v": "video to video",
    "control": "control video to video",
    "camera-i2v": "image and camera path to video",
    "vace-ref2v": "references to video (VACE)",
    "s2v": "speech to video",
    "r2v": "references to video",
    "a2v": "audio to video",
    "t2a": "text to audio",
    "v2a": "video to audio",
    "t2i": "text to image",
}
