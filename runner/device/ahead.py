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


def key_of(request: GenerationRequest) -> str:
    return digest(request.as_json())


@dataclass
class Ahead:
    """`video` lies in a folder of its own; `answer` is there when the child was done before it was asked for."""

    key: str
    job: int
    video: Path
    phase: str = "load"
    answer: Mapping[str, Any] | None = None
    since: float = field(default_factory=time.perf_counter)

    def hear(self, message: Mapping[str, Any]) -> None:
        """A message of the child about this render."""
        if message.get("type") == "progress":
            self.phase = str(message.get("phase", self.phase))
        else:
            self.answer = message

    def forget(self) -> None:
        shutil.rmtree(self.video.parent, ignore_errors=True)
