"""A real project for a test: repository, artifacts and queue in folders of the test, nothing pretended but hardware."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from presets_app import wiring
from presets_app.artifacts import put_json
from presets_app.core.permissions import Actor
from presets_app.models import InputSet, Preset, Project, Target
from presets_app.services import inputs, targets

STAND_IN_KEY = "stand-in-key"
TINY = "matchframe/tiny-ltx-2"
MODELS = {TINY: f"{TINY}/text-to-video"}


def document(**overrides: Any) -> dict[str, Any]:
    """A preset for the tiny LTX-2 without errors or warnings; a new object at each call."""
    whole = {
        "format": "matchframe/preset/1",
        "name": "Puppet at dusk",
        "family": "ltx-2",
        "variant": "dev",
        "task": "t2v",
        "prompt": "A close-up of a cheerful puppet with curly auburn yarn hair at dusk",
        "negative_prompt": "blurry, low quality",
        "width": 96,
        "height": 64,
        "frames": 17,
        "fps": 24,
        "models": {"transformer": [TINY]},
        "stages": [{"role": "base", "seed": 10, "steps": 4, "guidance": 3.0}],
        "audio": {"generate": True},
        "runtime": {"dtype": "float32", "offload": "none", "noise_device": "cpu"},
        "environment": ["WAVESPEED_API_KEY"],
    }
    return {**whole, **overrides}


def batch(size: int = 20, *, name: str = "Batch", **item: Any) -> dict[str, Any]:
    """An input set of `size` items shot-001 ...; `item` is added to each."""
    items = [{"key": f"shot-{n + 1:03d}", "prompt": f"A paper boat, take {n + 1}", **item} for n in range(size)]
    return {"format": "matchframe/inputs/1", "name": name, "kind": "batch", "items": items}


def freeze(project: Project, actor: Actor, size: int = 20, **about: Any) -> InputSet:
    return inputs.freeze(project, actor, batch(size, **about))


def add_local(project: Project, owner: Actor, *, slug: str = "local") -> Target:
    """A local target that has answered: `answer` is what a runner with the tiny LTX-2 says of itself."""
    target = targets.add(project, owner, slug, name="Local runner", kind="local", options={"pool": "local"})
    tell(target, answer())
    return target


def tell(target: Target, said: dict[str, Any]) -> None:
    """What a runner does at the end of a probe: store its answer and name it."""
    targets.answered(f"probe-{target.pk}", put_json(wiring.artifacts(), said))
    target.refresh_from_db()


def answer(*, torch: str = "2.13.0", revision: str = "a" * 40) -> dict[str, Any]:
    driver = {"python": "3.11.9", "gpu": {"present": False}, "cuda": None, "libraries": {"torch": torch}}
    return {
        "format": "matchframe/probe-result/1",
        "probe": "probe",
        "fingerprint": {"model": {}, "driver": driver, "determinism": {"deterministic": True}},
        "checkpoints": {TINY: {"revision": revision, "files": {"transformer/model.safetensors": "b" * 64}}},
    }


def add_cloud(project: Project, owner: Actor, address: str, *, slug: str = "cloud") -> Target:
    """A WaveSpeed target at the stand-in of the test, with its key set, that has answered for itself."""
    options = {"base_url": address, "models": MODELS, "in_flight": 3}
    target = targets.add(
        project, owner, slug, name="WaveSpeed", kind="wavespeed", options=options, stand_in="a stand-in on this machine"
    )
    targets.set_value(target, owner, "WAVESPEED_API_KEY", STAND_IN_KEY)
    targets.ask_cloud(target.pk)
    target.refresh_from_db()
    return target


def save(project: Project, actor: Actor, **overrides: Any) -> Preset:
    """Save `document(**overrides)` and answer the preset."""
    from presets_app.services import presets

    return presets.save(project, actor, document(**overrides), message="Look").preset


@contextmanager
def running_stand_in(folder: Path, *extra: str, weights: Path | None = None) -> Iterator[str]:
    """The address of a WaveSpeed stand-in in a process of its own. Without `weights` (the folder that
    `python -m runner.tiny` fills) it answers everything and fails to render."""
    place = weights or _empty_checkpoints(folder / "weights")
    argv = [sys.executable, "-m", "runner.standins.wavespeed", "--port", "0", "--weights", str(place)]
    argv += ["--state", str(folder / "stand-in"), "--key", STAND_IN_KEY, *extra]
    with (folder / "stand-in.log").open("wb") as log:
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"The stand-in did not start: {(folder / 'stand-in.log').read_text()}"
        yield line.split()[-1]
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def _empty_checkpoints(place: Path) -> Path:
    for repository in (TINY, "matchframe/tiny-wan-2.2-t2v"):
        kept = place / ("models--" + repository.replace("/", "--"))
        (kept / "snapshots" / "empty").mkdir(parents=True)
        (kept / "refs").mkdir()
        (kept / "refs" / "main").write_text("empty", encoding="ascii")
    return place


def save_again(project: Project, actor: Actor, **overrides: Any) -> Preset:
    """Save `document(**overrides)` on top of the newest revision of the preset of its name."""
    from presets_app.core.documents import slug_of
    from presets_app.services import presets

    changed = document(**overrides)
    held = Preset.objects.get(project=project, slug=slug_of(changed["name"]))
    return presets.save(project, actor, changed, message="Again", slug=held.slug, expected=held.digest).preset
