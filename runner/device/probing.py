"""What this machine is and which checkpoints it has, for a target's manifest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from presets_app.core.generation import WeightsPin
from presets_app.core.weights_named import Part, part_of
from runner import checkpoint_facts, fingerprint, weights
from runner.device.residents import Residents
from runner.failures import CannotRender, cannot
from runner.progress import Progress, Report


def probe(root: Path, repositories: Sequence[str], residents: Residents, report: Report) -> dict[str, Any]:
    """{"fingerprint", "checkpoints"}: a repository that is not here, or cannot be used, says why under `failure`."""
    report(Progress("load"))
    found = {name: _checkpoint(root, name, residents, report) for name in repositories}
    return {"fingerprint": fingerprint.take({}), "checkpoints": found}


def _checkpoint(root: Path, repository: str, residents: Residents, report: Report) -> dict[str, Any]:
    part = part_of(repository)
    if part is not None:
        return _extra(root, part, residents, report)
    try:
        revision = weights.newest(root, repository)
        if revision is None:
            raise cannot("environment", "weights_missing", f"The weights {repository} are not on this machine.")
        folder = weights.find(root, repository, revision)
        pin = WeightsPin(repository, folder.name)
        files = weights.verify(folder, pin, residents.hashes, lambda _read: report(Progress("load")))
        facts = checkpoint_facts.about(weights.files(folder))
    except CannotRender as refused:
        return {"revision": None, "class": None, "files": {}, "failure": refused.failure.as_json()}
    return {"revision": folder.name, "class": weights.class_name(folder), "files": files, **facts}


def _extra(root: Path, part: Part, residents: Residents, report: Report) -> dict[str, Any]:
    """A LoRA or an upsampler, at the newest revision here; its files by a pin's spelling."""
    try:
        unpinned = WeightsPin(part.repository, "")
        found = weights.verify_part(root, part, unpinned, residents.hashes, lambda _read: report(Progress("load")))
    except CannotRender as refused:
        return {"revision": None, "class": None, "files": {}, "failure": refused.failure.as_json()}
    revision = weights.newest(root, part.repository)
    return {"revision": revision, "class": None, "files": dict(found.files), **checkpoint_facts.about(found.places)}
