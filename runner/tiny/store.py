"""Puts a built pipeline where the Hugging Face cache would have it, and tells whether that is already done.

    <folder>/models--matchframe--tiny-ltx-2/refs/main            the current revision
    <folder>/models--matchframe--tiny-ltx-2/snapshots/<40 hex>/  its files; the revision is a digest of them

Nothing here imports torch: a second call only hashes what is there.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

_RECIPE = "recipe"  # beside refs/: which code and libraries made the current revision


def folder_name(repository: str) -> str:
    return "models--" + repository.replace("/", "--")


def current_revision(folder: Path, repository: str) -> str | None:
    """The revision `refs/main` names, when it was made by this recipe and every byte is still as it was made."""
    place = folder / folder_name(repository)
    try:
        revision = (place / "refs" / "main").read_text("ascii")
        recipe = (place / _RECIPE).read_text("ascii")
    except OSError:
        return None
    snapshot = place / "snapshots" / revision
    return revision if recipe == recipe_digest() and snapshot_revision(snapshot) == revision else None


def keep(folder: Path, repository: str, save: Callable[[Path], None]) -> str:
    """Let `save` write the files into a new folder, move it to its revision, point refs/main at it."""
    place = folder / folder_name(repository)
    (place / "snapshots").mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=place, prefix=".new-"))
    try:
        save(fresh)
        revision = snapshot_revision(fresh)
        _move_to(place / "snapshots" / revision, fresh, revision)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    _write(place / _RECIPE, recipe_digest())
    _write(place / "refs" / "main", revision)
    return revision


def _move_to(target: Path, fresh: Path, revision: str) -> None:
    if target.exists() and snapshot_revision(target) != revision:
        shutil.rmtree(target)  # damaged since it was made
    if not target.exists():
        fresh.chmod(0o755)
        fresh.rename(target)


def snapshot_revision(snapshot: Path) -> str:
    """40 hex digits over every file's path and bytes; "" when there is no such folder."""
    if not snapshot.is_dir():
        return ""
    state = hashlib.sha256()
    for path in sorted(path for path in snapshot.rglob("*") if path.is_file()):
        name = path.relative_to(snapshot).as_posix()
        state.update(f"{name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return state.hexdigest()[:40]


def recipe_digest() -> str:
    """Changes when this folder's code or a library that writes the files does."""
    state = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        state.update(path.read_bytes())
    for library in ("diffusers", "transformers", "tokenizers", "safetensors"):
        state.update(f"{library} {version(library)}\n".encode())
    return state.hexdigest()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}-{os.getpid()}")
    beside.write_text(text, "ascii")
    beside.replace(path)
