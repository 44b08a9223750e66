"""`python -m runner.device`: the child. Its standard input and output are the parent's pipes; logs go to stderr."""

from __future__ import annotations

import os
import signal
import sys
import time


def main() -> int:
    began = time.perf_counter()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what to do
    # The pipe is kept aside and fd 1 becomes stderr, so that a library's print cannot garble a message.
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    from runner import offline  # noqa: PLC0415 - before anything that could open a connection

    if without := offline.close():
        sys.stderr.write(f"The kernel does not keep this process offline, Python does: {without}.\n")
    from runner.device.serving import serve  # noqa: PLC0415 - torch and diffusers load here, after the hook

    return serve(sys.stdin.buffer, pipe, began)


if __name__ == "__main__":
    sys.exit(main())
