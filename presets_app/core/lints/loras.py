"""LoRAs: strengths that do nothing, or more than anybody meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from presets_app.core.labels import label_of
from presets_app.core.lints.values import number, stages_of
from presets_app.core.pointers import joined
from presets_app.core.problems import Problem

_MOST = 2.0


def lora_strength(document: dict[str, Any]) -> Iterator[Problem]:
    for index, stage in stages_of(document):
        loras = stage.get("loras")
        for at, lora in enumerate(loras if isinstance(loras, list) else ()):
            strength = number(lora.get("strength")) if isinstance(lora, dict) else None
            path = joined(("stages", index, "loras", at, "strength"))
            if strength == 0:
                yield Problem(
                    "lora_strength_zero",
                    "note",
                    path,
                    f"A LoRA in {label_of(('stages', index))} has strength 0, so it changes nothing.",
                    "Take it out: it is still loaded, checked and pinned.",
                )
            elif strength is not None and abs(strength) > _MOST:
                yield Problem(
                    "lora_strength_high",
                    "warning",
                    path,
                    f"A LoRA in {label_of(('stages', index))} has strength {strength:g}; beyond {_MOST:g} pictures"
                    " usually break up.",
                    "Try 1, or keep it if it was chosen on purpose.",
                    "LoRAs are trained at strength 1; the limit is a rule of thumb",
                )


CHECKS = (lora_strength,)
