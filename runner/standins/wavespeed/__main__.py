"""`python -m runner.standins.wavespeed --port N --weights DIR --state DIR`: serve until told to stop.

Prints one line with its address as soon as it listens. Stops within a second on SIGTERM or Ctrl-C, even while it
renders: every prediction is a whole file, and one that was being rendered is rendered again after the next start.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from runner.standins.wavespeed.faults import FAULTS, Plan
from runner.standins.wavespeed.rendering import Renderer
from runner.standins.wavespeed.routes import Service
from runner.standins.wavespeed.server import StandIn
from runner.standins.wavespeed.tasks import TaskStore

KEY = "stand-in-key"


def main(argv: Sequence[str] | None = None) -> int:
    asked = _asked(argv)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    # Read by torch when it is loaded, which the rendering thread does later.
    os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", CUBLAS_WORKSPACE_CONFIG=":4096:8", HF_HUB_OFFLINE="1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    try:
        server = StandIn(asked.port, asked.key, asked.state / "uploads")
        store = TaskStore(asked.state, asked.slow)
        renderer = Renderer(store, asked.weights)
    except OSError as error:
        sys.stderr.write(f"The stand-in cannot start: {error.strerror} ({error.filename or f'port {asked.port}'}).\n")
        return 2
    server.service = Service(store, renderer, Plan(asked.fault, asked.fault_every), server.address)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    renderer.start()
    sys.stdout.write(f"WaveSpeed stand-in (untrained tiny models) on {server.address}\n")
    sys.stdout.flush()
    stop.wait()
    server.shutdown()
    sys.stderr.flush()
    os._exit(0)  # a render in torch cannot be interrupted from outside, and leaves nothing half-written


def _asked(argv: Sequence[str] | None) -> argparse.Namespace:
    shown = argparse.RawDescriptionHelpFormatter
    faults = "\n".join(f"  {name:18} {text}" for name, text in FAULTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m runner.standins.wavespeed",
        description=__doc__,
        epilog=f"faults:\n{faults}",
        formatter_class=shown,
    )
    parser.add_argument("--port", type=int, required=True, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--weights", type=Path, required=True, help="where python -m runner.tiny put the checkpoints")
    parser.add_argument("--state", type=Path, required=True, help="predictions and outputs are kept here")
    parser.add_argument("--key", default=KEY, help="the bearer key that requests need")
    parser.add_argument("--slow", type=float, default=0.0, help="seconds before any task may end")
    parser.add_argument("--fault", choices=sorted(FAULTS), default="")
    parser.add_argument("--fault-every", type=int, default=1, metavar="N", help="the fault hits every N-th submit")
    asked = parser.parse_args(argv)
    if asked.fault_every < 1:
        parser.error("--fault-every counts from 1")
    return asked


if __name__ == "__main__":
    sys.exit(main())
