"""`python -m runner.standins.comfyui --port N --state DIR`: serve until told to stop.

Prints one line with its address as soon as it listens. Like the real server it forgets queue and history when it ends.
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

from runner.standins.comfyui.faults import FAULTS
from runner.standins.comfyui.nodes import MODELS
from runner.standins.comfyui.server import StandIn


def main(argv: Sequence[str] | None = None) -> int:
    asked = _asked(argv)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    try:
        models = _models(asked.model)
        server = StandIn(asked.port, asked.state, fault=asked.fault, slow=asked.slow, models=models)
    except OSError as error:
        sys.stderr.write(f"The stand-in cannot start: {error.strerror} ({error.filename or f'port {asked.port}'}).\n")
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    sys.stdout.write(f"ComfyUI stand-in (clips drawn by code) on {server.address}\n")
    sys.stdout.flush()
    stop.wait()
    sys.stderr.flush()
    os._exit(0)  # listeners and a render may be under way; nothing of them is worth keeping


def _models(named: list[str]) -> dict[str, tuple[str, ...]]:
    found = {folder: list(names) for folder, names in MODELS.items()}
    for text in named:
        folder, _, name = text.partition("/")
        found.setdefault(folder, []).append(name)
    return {folder: tuple(names) for folder, names in found.items()}


def _asked(argv: Sequence[str] | None) -> argparse.Namespace:
    faults = "\n".join(f"  {name:14} {text}" for name, text in FAULTS.items() if name)
    parser = argparse.ArgumentParser(
        prog="python -m runner.standins.comfyui",
        description=__doc__,
        epilog=f"faults:\n{faults}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, required=True, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--state", type=Path, required=True, help="inputs and outputs are kept here")
    parser.add_argument("--model", action="append", default=[], metavar="FOLDER/NAME", help="one more file to list")
    parser.add_argument("--slow", type=float, default=0.0, help="seconds for each step of a sampler")
    parser.add_argument("--fault", choices=sorted(FAULTS), default="")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
