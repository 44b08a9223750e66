"""What an untrusted file may cost: memory, processor time, pixels, frames, seconds."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Limits:
    """Bounds for one child process and for one file in it; seconds and bytes. 4096x2304 is the largest picture that
    the models in question make, with room."""

    memory: int = 3 << 30
    cpu_s: int = 300
    pixels: int = 4096 * 2304
    frames: int = 20_000
    duration_s: float = 1800.0


def bound_memory(limits: Limits) -> None:
    """Bound this process's address space, core dumps and files written; allocation beyond it fails cleanly."""
    _lower(resource.RLIMIT_AS, limits.memory)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 256 << 20)


def _lower(kind: int, wanted: int) -> None:
    _, hard = resource.getrlimit(kind)
    ceiling = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (ceiling, ceiling))


def allow_cpu(limits: Limits) -> None:
    """Give the next pair its processor time; the kernel ends the process when it is spent."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = int(cpu_seconds()) + limits.cpu_s
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def cpu_seconds() -> float:
    """User and system seconds of this process since it started, imports included."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_mib() -> float:
    """Largest resident size of this process so far, in MiB. `ru_maxrss` would start from the parent's, which a
    process inherits when it is started."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(line.split()[1]) / 1024
