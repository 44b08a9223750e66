"""A document and its pins as a request for the runner. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from presets_app.backends.local import capability
from presets_app.core.errors import Invalid
from presets_app.core.generation import GenerationRequest, WeightsPin
from presets_app.core.problems import Problem, has_errors

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_REVISION = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def compile_request(
    document: Mapping[str, Any], *, item: str, attempt: int, run: str, weights: WeightsPin, local_only: bool
) -> GenerationRequest:
    """Raises Invalid for a document this runner has no pipeline for, and for a pin that is not exact."""
    found = [*capability.problems(document), *_pin(weights)]
    if attempt < 1:
        found.append(Problem("attempt_invalid", "error", "", "Attempts are counted from 1."))
    if has_errors(found):
        raise Invalid.of(found)
    return GenerationRequest(item, attempt, run, dict(document), weights, local_only)


def _pin(weights: WeightsPin) -> list[Problem]:
    found = []
    hint = "Pin the weights again from the target's fingerprint."
    if not _REPOSITORY.fullmatch(weights.repository) or ".." in weights.repository:
        text = "The weights' repository is not of the form organisation/name."
        found.append(Problem("weights_repository_invalid", "error", "/models", text, hint))
    if not _REVISION.fullmatch(weights.revision):
        text = "The weights' revision is not a full one of 40 hex digits."
        found.append(Problem("weights_revision_invalid", "error", "/models", text, hint))
    found.extend(
        Problem("weights_file_invalid", "error", "/models", f"The pin of {path[:100]!r} is not usable.", hint)
        for path, digest in weights.files.items()
        if not _SHA256.fullmatch(digest) or path.startswith("/") or ".." in path.split("/")
    )
    return found
