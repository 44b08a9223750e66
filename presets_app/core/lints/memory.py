"""Number formats, offload, and where the noise is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from presets_app.core.families import is_open_wan
from presets_app.core.lints.values import section
from presets_app.core.problems import Problem


def wan_vae_dtype(document: dict[str, Any]) -> Iterator[Problem]:
    dtype = section(document, "runtime").get("vae_dtype")
    if is_open_wan(document) and isinstance(dtype, str) and dtype != "float32":
        yield Problem(
            "wan_vae_dtype",
            "warning",
            "/runtime/vae_dtype",
            "WAN's VAE is meant to run in float32: in a shorter format it can give grey or static pictures, which is a"
            " fault of decoding and not of the prompt.",
            "Set runtime.vae_dtype to float32; it costs less than 3 GiB.",
            "diffusers documentation: AutoencoderKLWan is loaded in float32",
        )


def wan_vae_unstated(document: dict[str, Any]) -> Iterator[Problem]:
    runtime = section(document, "runtime")
    if is_open_wan(document) and runtime.get("dtype") in ("float16", "bfloat16") and "vae_dtype" not in runtime:
        yield Problem(
            "wan_vae_dtype",
            "warning",
            "/runtime/vae_dtype",
            "The VAE would follow the model's short number format, and WAN's VAE is meant to run in float32.",
            "Set runtime.vae_dtype to float32.",
            "diffusers documentation: AutoencoderKLWan is loaded in float32",
        )


def wan_vae_silent(document: dict[str, Any]) -> Iterator[Problem]:
    runtime = section(document, "runtime")
    if is_open_wan(document) and "dtype" not in runtime and "vae_dtype" not in runtime:
        yield Problem(
            "wan_vae_unstated",
            "note",
            "/runtime/vae_dtype",
            "The VAE's number format is not stated, so each renderer takes its own; WAN's VAE is meant to run in"
            " float32. Grey or static pictures are a sign of another one.",
            "Set runtime.vae_dtype to float32.",
            "diffusers documentation: AutoencoderKLWan is loaded in float32",
        )


def noise_device(document: dict[str, Any]) -> Iterator[Problem]:
    device = section(document, "runtime").get("noise_device")
    if device in ("cuda", "mps"):
        yield Problem(
            "noise_device",
            "warning",
            "/runtime/noise_device",
            f"Noise drawn on {device} differs between devices: the same seed gives another take elsewhere.",
            "Set runtime.noise_device to cpu.",
            "PyTorch notes on reproducibility; diffusers randn_tensor draws on the generator's device",
        )


CHECKS = (wan_vae_dtype, wan_vae_unstated, wan_vae_silent, noise_device)
