"""Everything that has to be the same for the same seed to give the same pixels, set once in a rendering process.

On one CPU class with one thread the bits repeat. On a GPU they repeat on the same machine with the same stack; across
machines only a tolerance can be promised, and PyTorch says so itself.
"""

from __future__ import annotations

import os
from typing import Any

import torch

from runner.switches import ATTENTION, ATTENTION_SWITCH, DETERMINISM


def device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def settle() -> None:
    """One thread, deterministic kernels, no reduced precision behind one's back. Needs no GPU to be called."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False


def attention() -> str:
    """The kernel of this process, as a preset names it."""
    active = os.environ.get(ATTENTION_SWITCH, ATTENTION["sdpa"])
    return next((name for name, backend in ATTENTION.items() if backend == active), active)


def record() -> dict[str, Any]:
    """The flags as they are now, for the fingerprint."""
    return {
        "threads": torch.get_num_threads(),
        "deterministic_algorithms": torch.are_deterministic_algorithms_enabled(),
        "cudnn_deterministic": torch.backends.cudnn.deterministic,
        "cudnn_benchmark": torch.backends.cudnn.benchmark,
        "tf32": torch.backends.cuda.matmul.allow_tf32,
        "noise_device": "cpu",
        "attention": attention(),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "environment": {name: os.environ.get(name, "") for name in sorted(DETERMINISM)},
    }
