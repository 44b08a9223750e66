"""`python -m runner.tiny --out DIR`: make the tiny checkpoints, or say that they are there.

One line per checkpoint on stdout: `<repository> <revision> made|present`.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from runner.tiny import store

RECIPES = {
    "matchframe/tiny-wan-2.2-t2v": ("runner.tiny.wan22", "t2v"),
    "matchframe/tiny-wan-2.2-i2v": ("runner.tiny.wan22", "i2v"),
    "matchframe/tiny-wan-2.2-ti2v": ("runner.tiny.wan22", "ti2v"),
    "matchframe/tiny-wan-2.2-lora": ("runner.tiny.loras", "wan22"),
    "matchframe/tiny-ltx-2": ("runner.tiny.ltx2", "full"),
    "matchframe/tiny-ltx-2-distilled": ("runner.tiny.ltx2", "distilled"),
    "matchframe/tiny-ltx-2.3": ("runner.tiny.ltx23", "full"),
    "matchframe/tiny-ltx-2-upsampler": ("runner.tiny.upsampler", "twice"),
    "matchframe/tiny-ltx-2-lora": ("runner.tiny.loras", "ltx2"),
    "matchframe/tiny-qwen-2.5": ("runner.tiny.qwen", "qwen"),
}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m runner.tiny", description=__doc__)
    parser.add_argument(
        "--out", type=Path, required=True, help="the weights folder, laid out like a Hugging Face cache"
    )
    folder = parser.parse_args(argv).out
    try:
        for repository, recipe in RECIPES.items():
            revision = store.current_revision(folder, repository)
            state = "present" if revision else "made"
            revision = revision or _make(folder, repository, recipe)
            sys.stdout.write(f"{repository} {revision} {state}\n")
    except OSError as error:
        sys.stderr.write(f"The tiny checkpoints cannot be written to {folder}: {error.strerror}.\n")
        return 2
    return 0


def _make(folder: Path, repository: str, recipe: tuple[str, str]) -> str:
    # A slow import, and one that reads these switches: torch is wanted only when there is something to build.
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", HF_HUB_DISABLE_PROGRESS_BARS="1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    module, build = recipe
    made = getattr(importlib.import_module(module), build)()
    return store.keep(folder, repository, lambda place: made.save_pretrained(place, safe_serialization=True))


if __name__ == "__main__":
    sys.exit(main())
