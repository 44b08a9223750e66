"""Finds weights in a local folder laid out like the Hugging Face cache, and hashes every file before one is opened.

A flipped bit in a weights file loads in silence and changes every picture, so nothing is loaded whose bytes are not
the pinned ones. Nothing here imports torch.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from presets_app.core.canonical import digest as canonical_digest
from presets_app.core.generation import WeightsPin
from presets_app.core.weights_named import FileKey, Part, file_key
from runner.failures import CannotRender, cannot
from runner.hash_cache import HashCache, Identity, settled

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_REVISION = re.compile(r"[0-9a-f]{40}")
ALLOWED = frozenset({".safetensors", ".json", ".txt", ".model", ".jinja"})
HARMLESS = frozenset(
    {"", ".md", ".gitattributes", ".gitignore", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".mp4", ".svg"}
)
_CHUNK = 1 << 24
_CLOCK_STEP = 0.02  # seconds; a file changed within the last one is looked at again after it
Reading = Callable[[int], None]  # called with the bytes read so far


@dataclass(frozen=True)
class Extra:
    """A LoRA or an upsampler, verified: `path` is the file or folder; `files` the SHA-256 of each file and `places`
    where it lies, both by a pin's spelling."""

    part: Part
    path: Path
    files: Mapping[str, str]
    places: Mapping[str, Path]

    @property
    def digest(self) -> str:
        return canonical_digest(dict(self.files))


class Hashes:
    """SHA-256 of files, kept by (device, inode, size, mtime, ctime): 40 GB take half a minute to read again. With a
    `cache`, what another process hashed is known too."""

    def __init__(self, cache: HashCache | None = None) -> None:
        self._known: dict[Identity, str] = {}
        self._cache = cache or HashCache(None)

    def of(self, path: Path, report: Reading = lambda _read: None) -> str:
        """`report` is called with the bytes read so far, for a long file often enough to show life."""
        identity = identity_of(path)
        known = self._known.get(identity) or self._cache.get(identity)
        if known is None:
            if not settled(identity):
                time.sleep(_CLOCK_STEP)
            lasting = settled(identity)
            known = _read(path, report)
            if identity_of(path) != identity:
                raise changed(path.name, "it was written to while it was read")
            if not lasting:
                return known
            self._cache.put(identity, known)
        self._known[identity] = known
        return known


def _read(path: Path, report: Reading) -> str:
    state, read = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            state.update(chunk)
            read += len(chunk)
            report(read)
    return state.hexdigest()


def identity_of(path: Path) -> Identity:
    """What a file cannot change without changing: any write moves ctime, which nobody can set back."""
    found = path.stat()
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def find(root: Path, repository: str, revision: str) -> Path:
    """The snapshot's folder. Raises CannotRender for a name that is none, and for weights that are not here."""
    if not _REPOSITORY.fullmatch(repository) or ".." in repository:
        raise cannot("preset", "repository_invalid", "The weights' repository is not a name like org/name.")
    if not _REVISION.fullmatch(revision):
        text = f"The revision of {repository} is not 40 hex digits, so it does not name exact weights."
        raise cannot("preset", "revision_invalid", text, "Pin a commit of the repository.")
    holder = root / ("models--" + repository.replace("/", "--"))
    folder = holder / "snapshots" / revision
    if not folder.is_dir():
        text = f"The weights {repository} at {revision[:8]} are not on this machine."
        hint = "Fetch this revision into the runner's weights folder, or pin one that is there."
        raise cannot("environment", "weights_missing", text, hint, repository=repository, revision=revision)
    return folder


def newest(root: Path, repository: str) -> str | None:
    """The revision refs/main names, None when the repository is not here. Raises CannotRender for a wrong name."""
    if not _REPOSITORY.fullmatch(repository) or ".." in repository:
        raise cannot("preset", "repository_invalid", "The weights' repository is not a name like org/name.")
    try:
        revision = (root / ("models--" + repository.replace("/", "--")) / "refs" / "main").read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return revision if _REVISION.fullmatch(revision) else None


def class_name(folder: Path) -> str | None:
    """The pipeline class model_index.json names."""
    try:
        index = json.loads((folder / "model_index.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    name = index.get("_class_name") if isinstance(index, dict) else None
    return name if isinstance(name, str) else None


def files(folder: Path) -> dict[str, Path]:
    """Every file a pipeline could open, by its path inside the snapshot: model_index.json and the parts' folders.

    Raises CannotRender for code, pickles and anything else that is not data, anywhere in the snapshot, and for a
    file that lies outside the repository's own folder.
    """
    return {name: path for name, path in data_files(folder).items() if "/" in name or name == "model_index.json"}


def data_files(folder: Path) -> dict[str, Path]:
    """Every data file of a snapshot, those at its top too, where a language model has its own. Raises as `files`."""
    found: dict[str, Path] = {}
    home = folder.parent.parent.resolve()
    for path in sorted(_walk(folder)):
        name = path.relative_to(folder).as_posix()
        if _is_data(path, name, home):
            found[name] = path
    return found


def _is_data(path: Path, name: str, home: Path) -> bool:
    """Whether a file is one that a pipeline may open. Raises CannotRender for one that must not lie there."""
    kind = path.suffix.lower()
    if kind not in ALLOWED | HARMLESS:
        text = f"{name} is not a kind of file this runner opens; weights are safetensors and JSON only."
        raise cannot("environment", "weights_unsafe_file", text, "Remove it, or fetch the safetensors.", file=name)
    if not path.resolve().is_relative_to(home):
        text = f"{name} points outside its repository's folder."
        raise cannot("environment", "weights_unsafe_file", text, "Fetch this revision again.", file=name)
    return kind in ALLOWED


def verify(folder: Path, pin: WeightsPin, hashes: Hashes, report: Reading = lambda _read: None) -> dict[str, str]:
    """SHA-256 of every file of the model's own repository, equal to the pin's where it names files.

    Raises CannotRender naming the first file that differs.
    """
    pinned = {name: digest for name, digest in pin.files.items() if file_key(name) is None}
    return _hashed(files(folder), pinned, hashes, report)


def verify_part(root: Path, part: Part, pin: WeightsPin, hashes: Hashes, report: Reading = lambda _read: None) -> Extra:
    """A part beside the model, at the revision the pin names for it; of a pin without files, the newest one here.

    Raises CannotRender for a part that is not pinned, is not here, or has other bytes than the pinned ones.
    """
    keys = {name: key for name in pin.files if (key := file_key(name)) and _of(part, key)}
    if pin.files and not keys:
        text = f"{part.name} is not among the pins of this preset."
        raise cannot("preset", "weights_not_pinned", text, "Ask the target again, and pin the preset.", part=part.name)
    revision = next((key.revision for key in keys.values()), None) or newest(root, part.repository)
    if revision is None:
        raise _absent(part.repository)
    folder = find(root, part.repository, revision)
    present = {str(FileKey(part.repository, revision, name)): path for name, path in part_files(folder, part).items()}
    if not present:
        text = f"{part.repository} at {revision[:8]} has no {part.path}."
        raise cannot("environment", "weights_missing", text, "Fetch it, or name another one.", part=part.name)
    digests = _hashed(present, {name: pin.files[name] for name in keys}, hashes, report)
    return Extra(part, folder / part.path, digests, present)


def part_files(folder: Path, part: Part) -> dict[str, Path]:
    """The files of a part, by their path inside the repository; {} when it is not there. Raises CannotRender for
    anything but safetensors and JSON."""
    held = sorted(_walk(folder / part.path)) if (folder / part.path).is_dir() else [folder / part.path]
    return {
        path.relative_to(folder).as_posix(): path
        for path in held
        if path.is_file() and _is_data(path, path.relative_to(folder).as_posix(), folder.parent.parent.resolve())
    }


def identities(folder: Path, extras: Iterable[Extra] = ()) -> dict[str, Identity]:
    """To be compared before and after loading, so that what was hashed is what was loaded."""
    places = {**files(folder), **{name: path for one in extras for name, path in one.places.items()}}
    return {name: identity_of(path) for name, path in places.items()}


def _hashed(present: Mapping[str, Path], pinned: Mapping[str, str], hashes: Hashes, report: Reading) -> dict[str, str]:
    if pinned:
        _same_names(set(present), set(pinned))
    digests: dict[str, str] = {}
    for name, path in present.items():
        try:
            digests[name] = hashes.of(path, report)
        except OSError as error:
            raise changed(name, f"it cannot be read ({error.strerror})") from error
        if pinned and digests[name] != pinned[name]:
            raise changed(name, f"its SHA-256 starts {digests[name][:8]}, pinned is {pinned[name][:8]}")
    return digests


def _of(part: Part, key: FileKey) -> bool:
    return key.repository == part.repository and part.holds(key.path)


def changed(name: str, why: str) -> CannotRender:
    text = f"The weights file {name} is not the pinned one: {why}."
    hint = "Fetch this revision again, or pin the new files after a look at what they render."
    return cannot("environment", "weights_changed", text, hint, file=name)


def _absent(repository: str) -> CannotRender:
    text = f"The weights {repository} are not on this machine."
    hint = "Put them into the runner's weights folder (docs/models.md)."
    return cannot("environment", "weights_missing", text, hint, repository=repository)


def _same_names(present: set[str], pinned: set[str]) -> None:
    for name in sorted(pinned - present):
        raise changed(name, "it is gone")
    for name in sorted(present - pinned):
        raise changed(name, "it is new")


def _walk(folder: Path) -> Iterable[Path]:
    for place, folders, names in os.walk(folder):
        for name in folders:
            if (Path(place) / name).is_symlink():
                text = f"{name} is a link to a folder; weights are files."
                raise cannot("environment", "weights_unsafe_file", text, file=name)
        yield from (Path(place) / name for name in names)
