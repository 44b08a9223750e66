"""One small ComfyUI graph in both of its formats, and the files that such graphs travel in."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any

from tests.support.clips import moving, write_clip

Graph = dict[str, Any]
_WIDGETS: dict[str, tuple[str, ...]] = {
    "UNETLoader": ("unet_name", "weight_dtype"),
    "CLIPLoader": ("clip_name", "type", "device"),
    "VAELoader": ("vae_name",),
    "LoadImage": ("image", "*upload"),
    "CLIPTextEncode": ("text",),
    "Wan22ImageToVideoLatent": ("width", "height", "length", "batch_size"),
    "ModelSamplingSD3": ("shift",),
    "KSampler": ("seed", "*control", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "VAEDecode": (),
    "CreateVideo": ("fps",),
    "SaveVideo": ("filename_prefix", "format", "codec"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
}
_BESIDE = {"*upload": "image", "*control": "fixed"}
_OUTPUT = {"UNETLoader": "MODEL", "CLIPLoader": "CLIP", "VAELoader": "VAE", "LoadImage": "IMAGE"}
_OUTPUT |= {"CLIPTextEncode": "CONDITIONING", "Wan22ImageToVideoLatent": "LATENT", "ModelSamplingSD3": "MODEL"}
_OUTPUT |= {"KSampler": "LATENT", "VAEDecode": "IMAGE", "CreateVideo": "VIDEO", "LoraLoaderModelOnly": "MODEL"}


def api_graph(*, seed: int = 7, prompt: str = "A paper boat on a pond", image: str = "") -> Graph:
    """WAN 2.2 TI2V-5B from text, or from `image`; no problems but that the shift is a matter of taste."""
    latent: Graph = {"vae": ["3", 0], "width": 832, "height": 480, "length": 81, "batch_size": 1}
    if image:
        latent["start_image"] = ["12", 0]
    nodes: dict[str, tuple[str, Graph]] = {
        "1": ("UNETLoader", {"unet_name": "wan2.2_ti2v_5B_fp16.safetensors", "weight_dtype": "default"}),
        "2": ("CLIPLoader", {"clip_name": "umt5_xxl_fp8.safetensors", "type": "wan", "device": "default"}),
        "3": ("VAELoader", {"vae_name": "wan2.2_vae.safetensors"}),
        "4": ("CLIPTextEncode", {"clip": ["2", 0], "text": prompt}),
        "5": ("CLIPTextEncode", {"clip": ["2", 0], "text": "blurry"}),
        "6": ("Wan22ImageToVideoLatent", latent),
        "7": ("ModelSamplingSD3", {"model": ["1", 0], "shift": 5}),
        "8": ("KSampler", _sampler(seed)),
        "9": ("VAEDecode", {"samples": ["8", 0], "vae": ["3", 0]}),
        "10": ("CreateVideo", {"images": ["9", 0], "fps": 24}),
        "11": ("SaveVideo", {"video": ["10", 0], "filename_prefix": "boat", "format": "mp4", "codec": "h264"}),
    }
    if image:
        nodes["12"] = ("LoadImage", {"image": image})
    return {key: {"class_type": kind, "inputs": inputs} for key, (kind, inputs) in nodes.items()}


def _sampler(seed: int) -> Graph:
    links: Graph = {"model": ["7", 0], "positive": ["4", 0], "negative": ["5", 0], "latent_image": ["6", 0]}
    settings: Graph = {"seed": seed, "steps": 20, "cfg": 5, "sampler_name": "uni_pc", "scheduler": "simple"}
    return {**links, **settings, "denoise": 1}


def ui_graph(api: Graph, *, muted: bool = False) -> Graph:
    """The same graph as ComfyUI's canvas saves it; with `muted` a LoRA that is there and off."""
    nodes, links = [], []
    for key, held in api.items():
        sockets = []
        for name, value in held["inputs"].items():
            if isinstance(value, list):
                origin = api[value[0]]["class_type"]
                links.append([len(links) + 1, int(value[0]), value[1], int(key), len(sockets), _OUTPUT[origin]])
                sockets.append({"name": name, "type": _OUTPUT[origin], "link": len(links)})
        nodes.append(_drawn(int(key), held["class_type"], held["inputs"], sockets))
    if muted:
        lora = {"lora_name": "detail.safetensors", "strength_model": 0.8}
        nodes.append({**_drawn(40, "LoraLoaderModelOnly", lora, []), "mode": 2})
    return {"last_node_id": 40, "last_link_id": len(links), "nodes": nodes, "links": links, "version": 0.4}


def _drawn(key: int, kind: str, inputs: Graph, sockets: list[Graph]) -> Graph:
    values = [_BESIDE[name] if name in _BESIDE else inputs[name] for name in _WIDGETS[kind]]
    outputs = [{"name": _OUTPUT[kind], "type": _OUTPUT[kind], "links": []}] if kind in _OUTPUT else []
    about = {"id": key, "type": kind, "pos": [0, 0], "flags": {}, "order": key, "mode": 0, "properties": {}}
    return {**about, "inputs": sockets, "outputs": outputs, "widgets_values": values}


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """A picture of one pixel with further chunks."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    pixel = chunk(b"IDAT", zlib.compress(bytes(4)))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunk(*each) for each in chunks) + pixel + chunk(b"IEND", b"")


def picture(**texts: Any) -> bytes:
    """A picture that carries values as ComfyUI writes them."""
    return png(*((b"tEXt", name.encode() + b"\0" + json.dumps(value).encode()) for name, value in texts.items()))


def video(place: Path, **texts: Any) -> Path:
    """A video that carries values as ComfyUI's SaveVideo writes them."""
    codec = "libvpx-vp9" if place.suffix == ".webm" else "libx264"
    tags = {"movflags": "use_metadata_tags"} if place.suffix == ".mp4" else {}
    told = {name: json.dumps(value) for name, value in texts.items()}
    return write_clip(place, moving(3, (64, 64)), codec=codec, container_options=tags, metadata=told)
