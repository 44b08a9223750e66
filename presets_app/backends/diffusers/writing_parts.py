"""The parts of a script that are the same for every preset."""

HEAD = '''
"""Renders one Matchframe preset with diffusers 0.42.1.

It writes the video into the current folder and prints a digest of the raw frames, taken as Matchframe takes it:
equal digests are equal pictures, before any encoding. Needs torch, diffusers, transformers, accelerate and av.
"""
'''

IMPORTS = """
import hashlib
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import torch
"""

CHECK_REVISION = """
if len(REVISION) != 40:
    sys.exit("Set REVISION to the 40 hex digits of the weights' revision; without it, newer weights could be loaded.")
"""

DEVICE = """
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
"""

# On a CPU, sums depend on the number of threads and on where a tensor lies in memory.
DIGEST = '''
def settle(pipe):
    """One thread, and every tensor in memory of its own: then a CPU gives the same bits each time."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True, warn_only=True)
    with torch.no_grad():
        for part in pipe.components.values():
            if isinstance(part, torch.nn.Module):
                for tensor in (*part.parameters(), *part.buffers()):
                    tensor.data = tensor.data.clone()


def digest(array, rate):
    """SHA-256 over the type, shape and rate of raw frames or samples, and over their bytes."""
    shape = ",".join(str(side) for side in array.shape)
    state = hashlib.sha256(f"matchframe/raw/1\\n{array.dtype}\\n{shape}\\n{rate}\\n".encode("ascii"))
    state.update(np.ascontiguousarray(array).data)
    return state.hexdigest()
'''

VERIFIED = """
for entry in INPUTS:
    if hashlib.sha256(Path(entry["file"]).read_bytes()).hexdigest() != entry["sha256"]:
        sys.exit(f"{entry['file']} is not the file that the preset names.")
"""

_VIDEO = """
    rate = Fraction(fps)
    with av.open(file, "w", format={"mkv": "matroska"}.get(container, container)) as target:
        options = {"crf": str(crf), "preset": preset} if video_codec in ("libx264", "libx265") else {"crf": str(crf)}
        video = target.add_stream(video_codec, rate=rate, options=options)
        video.height, video.width = frames.shape[1:3]
        video.pix_fmt = pixel_format
        context = video.codec_context
        context.color_range = 2 if color_range == "full" else 1
        context.color_primaries = context.color_trc = context.colorspace = 1
"""

_PICTURES = """
        for number, frame in enumerate(frames):
            picture = av.VideoFrame.from_ndarray(frame, format="rgb24")
            levels = "JPEG" if color_range == "full" else "MPEG"
            picture = picture.reformat(format=pixel_format, dst_colorspace="ITU709", dst_color_range=levels)
            picture.pts, picture.time_base = number, 1 / rate
            target.mux(video.encode(picture))
        target.mux(video.encode(None))
"""

_SIGNATURE = """file, container, fps, video_codec, pixel_format, crf, preset, color_range="limited"
"""

WRITE = (
    """
def write_video(
    frames, *, """
    + _SIGNATURE
    + '''):
    """At the exact rate; diffusers' own encode_video would cut it to whole frames a second."""'''
    + _VIDEO.rstrip("\n")
    + _PICTURES
)

WRITE_SOUND = (
    """
def write_video(
    frames, samples, audio_rate, *, audio_codec, """
    + _SIGNATURE
    + '''):
    """At the exact rate; diffusers' own encode_video would cut it to whole frames a second."""'''
    + _VIDEO.rstrip("\n")
    + """
        sound = target.add_stream(audio_codec, rate=audio_rate, layout="stereo" if samples.shape[1] == 2 else "mono")"""
    + _PICTURES.rstrip("\n")
    + """
        size = sound.codec_context.frame_size or 1024
        for start in range(0, len(samples), size):
            block = np.ascontiguousarray(samples[start : start + size].T)
            piece = av.AudioFrame.from_ndarray(block, format="fltp", layout=sound.layout.name)
            piece.sample_rate, piece.pts, piece.time_base = audio_rate, start, Fraction(1, audio_rate)
            target.mux(sound.encode(piece))
        target.mux(sound.encode(None))
"""
)

FRAMES = """
video = made.frames[0]
if not np.isfinite(video).all():
    sys.exit("The frames hold values that are not numbers: check steps, sigmas, guidance and dtype.")
frames = (np.clip(video, 0.0, 1.0) * 255).round().astype(np.uint8)
print("frames", digest(frames, FPS))
"""

SOUND = """
samples = np.ascontiguousarray(np.clip(made.audio[0].float().cpu().numpy(), -1.0, 1.0).T.astype(np.float32))
audio_rate = int(pipe.vocoder.config.output_sampling_rate)
print("samples", digest(samples, audio_rate))
write_video(frames, samples, audio_rate, fps=FPS, **EXPORT)
"""
