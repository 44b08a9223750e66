"""A filter in the Linux kernel for the rendering process: no network socket and no other program, whoever asks.

An audit hook sees Python; a library's own C code it does not see. The filter is a seccomp program for this process, all
its threads and its children, and cannot be taken off. Unix sockets are left to C code, as a driver may have a daemon;
the hook in `offline` refuses Python's.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from errno import EACCES

_SET_NO_NEW_PRIVS, _SET_FILTER, _EVERY_THREAD = 38, 1, 1
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | EACCES
_LOAD, _EQUAL, _AT_LEAST, _ANSWER = 0x20, 0x15, 0x35, 0x06  # BPF: ld [k]; jeq; jge; ret
_NUMBER_AT, _MACHINE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16  # struct seccomp_data, little endian
_AF_UNIX = 1
_X32 = 0x40000000  # the x86-64 kernel's second set of numbers for the same calls
# seccomp; socket; then execve, execveat, ptrace, process_vm_readv, process_vm_writev, pidfd_getfd and io_uring_setup:
# other programs, other processes' memory and sockets, and the ring that opens sockets without calling socket.
_CALLS: dict[str, tuple[int, int, int, tuple[int, ...]]] = {
    "x86_64": (0xC000003E, 317, 41, (59, 322, 101, 310, 311, 438, 425)),
    "aarch64": (0xC00000B7, 277, 198, (221, 281, 117, 270, 271, 438, 425)),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def seal() -> str:
    """Put the filter on; "" when it holds, else why this platform has none."""
    known = _CALLS.get(platform.machine())
    if sys.platform != "linux" or known is None:
        return f"no filter for {sys.platform} on {platform.machine()}"
    machine, seccomp, sockets, refused = known
    libc = ctypes.CDLL(None, use_errno=True)
    code = _code(machine, sockets, refused)
    program = ctypes.byref(_Program(len(code) // 8, code))
    # Threads that are there already are put behind the filter too: a library may have started one when it was loaded.
    if libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.syscall(seccomp, _SET_FILTER, _EVERY_THREAD, program):
        return f"the kernel refused the filter ({os.strerror(ctypes.get_errno())})"
    return ""


def _code(machine: int, socket: int, refused: tuple[int, ...]) -> bytes:
    """Any other machine's numbers and the x32 ones are refused; `socket` is allowed for AF_UNIX alone."""
    tests = [(_AT_LEAST, _X32), *((_EQUAL, number) for number in refused)]
    lines: list[tuple[int, int, int, int]] = [(_LOAD, 0, 0, _MACHINE_AT)]
    lines.append((_EQUAL, 0, len(tests) + 5, machine))
    lines.append((_LOAD, 0, 0, _NUMBER_AT))
    for place, (test, value) in enumerate(tests):
        lines.append((test, len(tests) - place + 3, 0, value))
    lines.append((_EQUAL, 0, 2, socket))
    lines.append((_LOAD, 0, 0, _FIRST_ARGUMENT_AT))
    lines.append((_EQUAL, 0, 1, _AF_UNIX))
    lines += [(_ANSWER, 0, 0, _ALLOW), (_ANSWER, 0, 0, _REFUSE)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
