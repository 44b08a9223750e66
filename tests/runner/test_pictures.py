from __future__ import annotations

from pathlib import Path

import pytest

from presets_app.artifacts import LocalStore
from runner import pictures
from runner.failures import CannotRender
from tests.runner.presets import wan


def test_a_picture_goes_from_the_store_to_the_render_under_its_own_hash(tmp_path: Path) -> None:
    store, folder = LocalStore(tmp_path / "store"), tmp_path / "render"
    folder.mkdir()
    sha = store.put(b"a picture's bytes")
    pictures.hand_over(store, wan(task="i2v", inputs={"image": {"sha256": sha}}), folder)
    assert (folder / pictures.PICTURES / sha).read_bytes() == b"a picture's bytes"
    pictures.hand_over(store, wan(), tmp_path / "nowhere")


def test_a_picture_that_is_absent_or_damaged_is_refused_before_loading(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    sha = store.put(b"a picture's bytes")
    document = wan(task="i2v", inputs={"first_image": {"sha256": sha}})
    store.path(sha).chmod(0o644)
    store.path(sha).write_bytes(b"another's")
    with pytest.raises(CannotRender) as damaged:
        pictures.hand_over(store, document, tmp_path)
    with pytest.raises(CannotRender, match="is not kept here") as absent:
        pictures.hand_over(LocalStore(tmp_path / "empty"), document, tmp_path)
    assert (damaged.value.failure.code, damaged.value.failure.cause) == ("input_damaged", "environment")
    assert (absent.value.failure.code, absent.value.failure.cause) == ("input_not_kept", "preset")
