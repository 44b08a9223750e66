"""What a form or a command line asks of a parity check, as a wish."""

from __future__ import annotations

from collections.abc import Mapping

from presets_app.core.errors import Invalid
from presets_app.core.problems import Problem
from presets_app.models import Project
from presets_app.queries import projects
from presets_app.services.parity import Wish
from presets_app.services.starting import full_revision


def wish_from(project: Project, given: Mapping[str, str]) -> Wish:
    """{preset, revision, from, to, inputs, preview, standard, share, sample_seed, override, override_reason} as text.
    Raises NotFound for what does not exist, Invalid for numbers that are none."""
    preset = projects.preset(project, given.get("preset", ""))
    preview = given.get("preview", "")
    return Wish(
        preset=preset,
        left=projects.target(project, given.get("from", "")),
        right=projects.target(project, given.get("to", "")),
        batch=projects.input_set(project, given.get("inputs", "")),
        revision=full_revision(preset, given.get("revision", "")),
        preview=projects.input_set(project, preview) if preview else None,
        percent=share(given),
        standard=given.get("standard", ""),
        override=_whole(given.get("override", ""), "override"),
        reason=given.get("override_reason", "").strip()[:500],
        seed=_whole(given.get("sample_seed", ""), "sample_seed"),
    )


def share(given: Mapping[str, str]) -> int:
    """The percent asked for, 5 when nothing usable is; sampling refuses what lies outside 1 to 5."""
    text = given.get("share", "").strip()
    return int(text) if text.isdigit() and len(text) < 4 else 5


def _whole(text: str, field: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not text.isdigit() or len(text) > 18:
        raise Invalid.of(
            [
                Problem(
                    "number_invalid",
                    "error",
                    f"/{field}",
                    "This must be a whole number.",
                    "Leave it empty, or write digits.",
                )
            ]
        )
    return int(text)
