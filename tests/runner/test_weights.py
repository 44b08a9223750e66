from __future__ import annotations

import os
from pathlib import Path

import pytest

from presets_app.core.generation import WeightsPin
from presets_app.core.weights_named import Part
from runner import weights as room
from runner.failures import CannotRender
from runner.weights import Hashes
from tests.runner.presets import WAN, snapshot

PART = "transformer/diffusion_pytorch_model.safetensors"


def code_of(refused: pytest.ExceptionInfo[CannotRender]) -> tuple[str, str]:
    failure = refused.value.failure
    return failure.code, str(failure.evidence.get("file", ""))


def pinned(folder: Path) -> WeightsPin:
    return WeightsPin(WAN, folder.name, room.verify(folder, WeightsPin(WAN, folder.name), Hashes()))


def test_one_flipped_bit_is_refused_by_name(own_weights: Path) -> None:
    folder = snapshot(own_weights, WAN)
    pin, hashes = pinned(folder), Hashes()
    room.verify(folder, pin, hashes)
    data = bytearray((folder / PART).read_bytes())
    data[-5] ^= 1
    (folder / PART).write_bytes(data)
    with pytest.raises(CannotRender) as refused:
        room.verify(folder, pin, hashes)
    assert code_of(refused) == ("weights_changed", PART)


def test_a_forged_date_does_not_hide_a_change(own_weights: Path) -> None:
    folder = snapshot(own_weights, WAN)
    pin, hashes = pinned(folder), Hashes()
    room.verify(folder, pin, hashes)
    before = (folder / PART).stat()
    data = bytearray((folder / PART).read_bytes())
    data[-5] ^= 1
    with (folder / PART).open("r+b") as stream:
        stream.write(data)
    os.utime(folder / PART, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(CannotRender, match="not the pinned one"):
        room.verify(folder, pin, hashes)


def test_a_second_look_reads_no_bytes(own_weights: Path) -> None:
    folder, hashes, read = snapshot(own_weights, WAN), Hashes(), []
    room.verify(folder, WeightsPin(WAN, folder.name), hashes, read.append)
    first = len(read)
    room.verify(folder, WeightsPin(WAN, folder.name), hashes, read.append)
    assert first > 0
    assert len(read) == first


def test_a_truncated_a_missing_and_a_new_file_are_each_named(own_weights: Path) -> None:
    folder = snapshot(own_weights, WAN)
    pin = pinned(folder)
    data = (folder / PART).read_bytes()
    (folder / PART).write_bytes(data[:-100])
    with pytest.raises(CannotRender) as truncated:
        room.verify(folder, pin, Hashes())
    (folder / PART).unlink()
    with pytest.raises(CannotRender, match="it is gone") as missing:
        room.verify(folder, pin, Hashes())
    (folder / PART).write_bytes(data)
    (folder / "transformer" / "extra.json").write_text("{}")
    with pytest.raises(CannotRender, match="it is new") as new:
        room.verify(folder, pin, Hashes())
    assert code_of(truncated) == code_of(missing) == ("weights_changed", PART)
    assert code_of(new) == ("weights_changed", "transformer/extra.json")


@pytest.mark.parametrize("name", ["transformer/model.bin", "vae/weights.pt", "pipeline.py", "tokenizer/a.pkl", "x.so"])
def test_code_and_pickles_are_refused_wherever_they_lie(own_weights: Path, name: str) -> None:
    folder = snapshot(own_weights, WAN)
    (folder / name).write_bytes(b"x")
    with pytest.raises(CannotRender) as refused:
        room.verify(folder, WeightsPin(WAN, folder.name), Hashes())
    assert code_of(refused) == ("weights_unsafe_file", name)


def test_a_link_out_of_the_repository_is_refused_and_one_to_its_blobs_is_not(own_weights: Path, tmp_path: Path) -> None:
    folder = snapshot(own_weights, WAN)
    blob = folder.parent.parent / "blobs" / "abc"
    blob.parent.mkdir()
    (folder / PART).rename(blob)
    (folder / PART).symlink_to(blob)
    room.verify(folder, WeightsPin(WAN, folder.name), Hashes())
    outside = tmp_path / "secret.json"
    outside.write_text("{}")
    (folder / "vae" / "config.json").unlink()
    (folder / "vae" / "config.json").symlink_to(outside)
    with pytest.raises(CannotRender, match="outside"):
        room.verify(folder, WeightsPin(WAN, folder.name), Hashes())


@pytest.mark.parametrize("repository", ["../../etc", "a/b/c", "/etc/passwd", "org/..", "org", "org/na me", "-x/y"])
def test_a_repository_that_is_no_name_is_refused(tmp_path: Path, repository: str) -> None:
    with pytest.raises(CannotRender) as refused:
        room.find(tmp_path, repository, "0" * 40)
    assert refused.value.failure.code == "repository_invalid"


@pytest.mark.parametrize("revision", ["main", "../../x", "0" * 39, "0" * 41, "G" * 40, ""])
def test_a_revision_that_is_not_exact_is_refused(weights: Path, revision: str) -> None:
    with pytest.raises(CannotRender) as refused:
        room.find(weights, WAN, revision)
    assert refused.value.failure.code == "revision_invalid"


def test_weights_that_are_not_here_are_an_environment_failure(weights: Path) -> None:
    with pytest.raises(CannotRender) as refused:
        room.find(weights, WAN, "0" * 40)
    assert (refused.value.failure.code, refused.value.failure.cause) == ("weights_missing", "environment")


LORA = Part("matchframe/tiny-ltx-2-lora", "tiny-ltx-2-lora.safetensors")
UPSAMPLER = Part("matchframe/tiny-ltx-2-upsampler", "latent_upsampler")
UNPINNED = WeightsPin(WAN, "0" * 40)


def pinned_with(root: Path, *parts: Part) -> WeightsPin:
    files = {"model_index.json": "0" * 64}
    for part in parts:
        files |= room.verify_part(root, part, UNPINNED, Hashes()).files
    return WeightsPin(WAN, "0" * 40, files)


def test_a_part_beside_the_model_is_pinned_by_repository_revision_and_file(own_weights: Path) -> None:
    folder = snapshot(own_weights, LORA.repository)
    pin = pinned_with(own_weights, LORA, UPSAMPLER)
    found = room.verify_part(own_weights, LORA, pin, Hashes())
    assert list(found.files) == [f"{LORA.repository}@{folder.name}:{LORA.path}"]
    assert found.path == folder / LORA.path
    assert {name.rpartition("/")[2] for name in room.verify_part(own_weights, UPSAMPLER, pin, Hashes()).files} == {
        "config.json",
        "diffusion_pytorch_model.safetensors",
    }


def test_one_flipped_bit_of_a_lora_is_refused_by_name(own_weights: Path) -> None:
    pin, path = pinned_with(own_weights, LORA), snapshot(own_weights, LORA.repository) / LORA.path
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data)
    with pytest.raises(CannotRender, match=r"tiny-ltx-2-lora\.safetensors is not the pinned one") as refused:
        room.verify_part(own_weights, LORA, pin, Hashes())
    assert refused.value.failure.code == "weights_changed"


def test_a_part_that_is_not_pinned_not_here_or_a_pickle_is_refused(own_weights: Path) -> None:
    pin = pinned_with(own_weights, LORA)
    absent = Part(LORA.repository, "other.safetensors")
    elsewhere = Part("matchframe/absent", "a.safetensors")
    (snapshot(own_weights, LORA.repository) / "weights.pt").write_bytes(b"x")
    told = {}
    for part, given in ((UPSAMPLER, pin), (absent, UNPINNED), (elsewhere, UNPINNED)):
        with pytest.raises(CannotRender) as refused:
            room.verify_part(own_weights, part, given, Hashes())
        told[part.path] = refused.value.failure.code
    with pytest.raises(CannotRender, match="not a kind of file"):
        room.verify_part(own_weights, Part(LORA.repository, "weights.pt"), UNPINNED, Hashes())
    assert told == {
        "latent_upsampler": "weights_not_pinned",
        "other.safetensors": "weights_missing",
        "a.safetensors": "weights_missing",
    }


def test_the_models_own_pin_does_not_ask_for_the_parts_beside_it(own_weights: Path) -> None:
    folder = snapshot(own_weights, WAN)
    own = pinned(folder)
    both = WeightsPin(WAN, folder.name, {**pinned_with(own_weights, LORA).files, **own.files})
    assert room.verify(folder, both, Hashes()) == own.files
