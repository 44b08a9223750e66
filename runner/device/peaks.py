"""The most memory that a render took of this process or of its GPU."""

from __future__ import annotations

import resource
from contextlib import suppress
from pathlib import Path

import torch

_KIB = 1024
_FORGET_PEAK = "5"  # to clear_refs: the peak starts again from what is resident now
_PROCESS = Path("/proc/self")


def begin() -> None:
    """Count from now on. Where the system cannot forget a peak, it stays the process's own."""
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    with suppress(OSError):
        (_PROCESS / "clear_refs").write_text(_FORGET_PEAK)


def peak() -> int:
    """Bytes: the GPU's peak since `begin`, or this process's. `ru_maxrss` is the last resort: a process
    inherits it from the one that started it."""
    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    try:
        lines = (_PROCESS / "status").read_text("ascii").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * _KIB
    except (OSError, StopIteration, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB
