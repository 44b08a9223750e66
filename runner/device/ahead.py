"""The one render that the child was given before its turn, so that it works while the one before is being written."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from presets_app.core.canonical import digest
from presets_app.core.generation import GenerationRequest
from runner.progress import Progress


def key_of(request: GenerationRequest) -> str:
    return digest(request.as_json())


@dataclass
class Ahead:
    """`video` lies in a folder of its own; `answer` is there when the child was done before it was asked for."""

    key: str
    job: int
    video: Path
    progress: Progress = field(default_factory=lambda: Progress("load"))
    answer: Mapping[str, Any] | None = None
    since: float = field(default_factory=time.perf_counter)

    def hear(self, message: Mapping[str, Any]) -> None:
        """A message of the child about this render. Whether its pipeline was warm is said once, and kept."""
        if message.get("type") == "progress":
            warm = message.get("warm")
            self.progress = Progress(
                str(message.get("phase", self.progress.phase)),
                int(message.get("step", 0)),
                int(message.get("steps", 0)),
                self.progress.warm if warm is None else bool(warm),
            )
        else:
            self.answer = message

    def forget(self) -> None:
        shutil.rmtree(self.video.parent, ignore_errors=True)
