"""What a render depends on besides its preset: libraries, machine, driver, flags, and the bytes of the weights.

A part that is absent (no GPU, no NVML) is a recorded fact, not an error.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from runner import containers, determinism, packages

LIBRARIES = (
    "torch",
    "diffusers",
    "transformers",
    "tokenizers",
    "safetensors",
    "accelerate",
    "numpy",
    "ftfy",
    "av",
    "sentencepiece",
)


def take(model: dict[str, Any]) -> dict[str, Any]:
    """{"model", "driver", "determinism"}; `model` is {} when no weights are concerned."""
    return {"model": model, "driver": driver(), "determinism": determinism.record()}


def driver() -> dict[str, Any]:
    """The machine and what is installed on it; none of it can change under a running process, so it is read once."""
    return deepcopy(_driver())


@cache
def _driver() -> dict[str, Any]:
    named = {name: _version(name) for name in LIBRARIES}
    others = {name: found for name, found in packages.required(LIBRARIES).items() if name not in named}
    return {
        "python": platform.python_version(),
        "os": f"{platform.system()} {platform.release()}",
        "distribution": _distribution(),
        "cpu": cpu(),
        "memory": _memory(),
        "gpu": gpus(),
        "cuda": torch.version.cuda,
        "cudnn": _cudnn(),
        "container": containers.here(),
        "libraries": named,
        "packages": others,
    }


def cpu() -> dict[str, Any]:
    """The class of CPU: results repeat within one class, so the model name and widest instructions matter."""
    return {
        "machine": platform.machine(),
        "model": _cpu_model(),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "cores": os.cpu_count(),
    }


def gpus() -> dict[str, Any]:
    """NVML's answer: {"present": false, "reason"} without one, else driver, CUDA and each GPU."""
    try:
        import pynvml  # noqa: PLC0415 - absent on machines without the package, which is a fact worth recording
    except ImportError:
        return _no_gpu("nvidia-ml-py is not installed")
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError_LibraryNotFound as error:
        return {**_no_gpu(str(error)), "driver": None}  # the library comes with the driver
    except pynvml.NVMLError as error:
        return _no_gpu(str(error))
    try:
        return _gpus(pynvml)
    except pynvml.NVMLError as error:
        return _no_gpu(str(error))
    finally:
        pynvml.nvmlShutdown()


def _no_gpu(reason: str) -> dict[str, Any]:
    return {"present": False, "reason": reason, "driver": {"unknown": reason}}


def _gpus(nvml: Any) -> dict[str, Any]:
    cuda = nvml.nvmlSystemGetCudaDriverVersion_v2()
    devices = []
    for number in range(nvml.nvmlDeviceGetCount()):
        handle = nvml.nvmlDeviceGetHandleByIndex(number)
        devices.append(
            {
                "name": _text(nvml.nvmlDeviceGetName(handle)),
                "memory": int(nvml.nvmlDeviceGetMemoryInfo(handle).total),
                "vbios": _asked(nvml, nvml.nvmlDeviceGetVbiosVersion, handle),
                "capability": _asked(nvml, nvml.nvmlDeviceGetCudaComputeCapability, handle),
            }
        )
    return {
        "present": bool(devices),
        "driver": _text(nvml.nvmlSystemGetDriverVersion()),
        "cuda_driver": f"{cuda // 1000}.{cuda % 1000 // 10}",
        "devices": devices,
    }


def _asked(nvml: Any, question: Callable[[Any], Any], handle: Any) -> Any:
    try:
        answer = question(handle)
    except nvml.NVMLError:
        return None
    return list(answer) if isinstance(answer, tuple) else _text(answer)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _cudnn() -> str | None:
    """ "9.10.2" of 91002; None where there is no CUDA."""
    found = torch.backends.cudnn.version() if torch.cuda.is_available() else None  # type: ignore[no-untyped-call]
    return f"{found // 10_000}.{found // 100 % 100}.{found % 100}" if found else None


def _memory() -> int | None:
    """The machine's memory in bytes."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        return ""
