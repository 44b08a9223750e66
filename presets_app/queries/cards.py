"""The cards that targets said they render on, and what is known of a pool's runners now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

GIB = 1024**3


@dataclass(frozen=True)
class Card:
    """A device by its own name; `memory` in bytes, None where the target does not tell."""

    name: str
    memory: int | None

    @property
    def words(self) -> str:
        return f"{self.name}, {self.memory / GIB:.1f} GiB" if self.memory else f"{self.name}, memory unknown"


def of(answer: dict[str, Any] | None) -> list[Card]:
    """The GPUs of a local runner, or the devices of a server; [] where there are none or nothing is known."""
    gpu = ((answer or {}).get("fingerprint") or {}).get("driver") or {}
    told = (gpu.get("gpu") or {}) if isinstance(gpu, dict) else {}
    listed = (told.get("devices") if isinstance(told, dict) else None) or (answer or {}).get("devices") or []
    return [Card(str(held.get("name")), _size(held.get("memory"))) for held in listed if isinstance(held, dict)]


def _size(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
