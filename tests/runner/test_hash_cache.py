"""Hashes that outlive a process: believed only for the very bytes that were read, and only from a file of our own."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from presets_app.core.generation import WeightsPin
from runner import hash_cache
from runner import weights as room
from runner.failures import CannotRender
from runner.hash_cache import HashCache
from tests.runner.presets import WAN, snapshot

PART = "transformer/diffusion_pytorch_model.safetensors"


def verified(folder: Path, place: Path, files: dict[str, str] | None = None) -> tuple[dict[str, str], int]:
    """What another process finds: a fresh memory, the same cache on disk; and how many times it read bytes."""
    read: list[int] = []
    found = room.verify(folder, WeightsPin(WAN, folder.name, files or {}), room.Hashes(HashCache(place)), read.append)
    return found, len(read)


def test_another_process_reads_no_bytes_of_files_that_are_as_they_were(own_weights: Path, tmp_path: Path) -> None:
    folder, place = snapshot(own_weights, WAN), tmp_path / "kept" / "hashes"
    first, read = verified(folder, place)
    assert read > 0
    assert verified(folder, place) == (first, 0)


def test_a_flipped_bit_under_a_forged_date_is_refused_by_name(own_weights: Path, tmp_path: Path) -> None:
    folder, place = snapshot(own_weights, WAN), tmp_path / "kept" / "hashes"
    pinned, _ = verified(folder, place)
    before = (folder / PART).stat()
    with (folder / PART).open("r+b") as stream:
        stream.seek(-5, os.SEEK_END)
        byte = stream.read(1)[0]
        stream.seek(-5, os.SEEK_END)
        stream.write(bytes([byte ^ 1]))
    os.utime(folder / PART, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(CannotRender, match="not the pinned one") as refused:
        verified(folder, place, pinned)
    assert refused.value.failure.evidence["file"] == PART


def test_a_damaged_cache_is_made_anew(own_weights: Path, tmp_path: Path) -> None:
    folder, place = snapshot(own_weights, WAN), tmp_path / "kept" / "hashes"
    place.parent.mkdir(mode=0o700)
    place.write_bytes(b"no database" * 500)
    first, read = verified(folder, place)
    assert read > 0
    assert verified(folder, place) == (first, 0)


@pytest.mark.parametrize("mode", [0o666, 0o620])
def test_a_cache_that_others_may_write_to_is_not_believed(own_weights: Path, tmp_path: Path, mode: int) -> None:
    folder, place = snapshot(own_weights, WAN), tmp_path / "kept" / "hashes"
    verified(folder, place)
    place.chmod(mode)
    assert verified(folder, place)[1] > 0


def test_a_place_that_is_none_stops_nothing(own_weights: Path, tmp_path: Path) -> None:
    folder = snapshot(own_weights, WAN)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "link", tmp_path / "file" / "below", tmp_path):
        assert len(verified(folder, place)[0]) > 5
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_of_this_very_moment_is_not_kept_yet() -> None:
    now = time.time_ns()
    old, fresh, whole = now - 10**9 - 1, now, (now // 10**9 - 1) * 10**9
    assert hash_cache.settled((1, 2, 3, now, old - old % 2 + 1), now)
    assert not hash_cache.settled((1, 2, 3, 0, fresh - fresh % 2 + 1), now)
    assert not hash_cache.settled((1, 2, 3, 0, whole), now)  # a file system of whole seconds tells less


def test_three_gigabytes_cost_milliseconds_the_second_time(tmp_path: Path) -> None:
    """Sparse files, as many and as large as a real checkpoint has; their hashes are put in, so only looking counts."""
    cache = HashCache(tmp_path / "hashes")
    files = [tmp_path / f"part-{n}.safetensors" for n in range(30)]
    for path in files:
        with path.open("wb") as stream:
            stream.truncate(100 * 2**20)
        cache.put(room.identity_of(path), "a" * 64)
    hashes, read = room.Hashes(HashCache(tmp_path / "hashes")), []
    began = time.perf_counter()
    assert {hashes.of(path, read.append) for path in files} == {"a" * 64}
    assert read == []
    assert time.perf_counter() - began < 0.5  # 3 ms on a machine at rest; reading would take seconds
