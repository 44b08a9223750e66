"""The next render begins while the one before is hashed and encoded, and a wrong guess changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from presets_app.core.generation import GenerationRequest
from runner.device import ChildDied, Device
from runner.progress import Progress
from tests.runner.presets import request, wan, with_stage
from tests.runner.test_device import kill, quietly
from tests.runner.test_worker import Place, place, redis

__all__ = ["place", "redis"]
pytestmark = [pytest.mark.services, pytest.mark.render, pytest.mark.journey]


@pytest.fixture
def asked(weights: Path) -> list[GenerationRequest]:
    """Two renders of two seeds, and another one."""
    seeds = [with_stage(wan(), seed=seed) for seed in (1, 2, 3)]
    return [request(weights, document, f"item-{number}") for number, document in enumerate(seeds)]


def folder(tmp_path: Path, name: str) -> Path:
    (tmp_path / name).mkdir()
    return tmp_path / name / "video.mp4"


def beginning(device: Device, what: GenerationRequest, video: Path, then: Callable[[], Any] = lambda: None) -> Any:
    """Begins `what` as soon as the frames of the render at hand are there."""

    def listen(progress: Progress) -> None:
        if progress.phase == "encode":
            assert device.begin(what, video)
            assert not device.begin(what, video)
            then()

    return listen


def test_what_was_begun_ahead_is_there_in_its_turn_with_the_same_bits(
    device: Device, asked: list[GenerationRequest], tmp_path: Path
) -> None:
    first, second, _ = asked
    alone = [device.render(one, tmp_path / f"{one.item}.mp4", quietly).message["digests"] for one in (first, second)]
    ahead = folder(tmp_path, "ahead")
    answer = device.render(first, tmp_path / "a.mp4", beginning(device, second, ahead))
    finished = time.perf_counter()
    phases: list[str] = []
    after = device.render(second, tmp_path / "b.mp4", lambda progress: phases.append(progress.phase))
    assert [answer.message["digests"], after.message["digests"]] == alone
    assert after.since < finished
    assert (after.video, after.video.stat().st_size > 1000, (tmp_path / "b.mp4").exists()) == (ahead, True, False)
    assert phases


def test_a_wrong_guess_is_thrown_away(device: Device, asked: list[GenerationRequest], tmp_path: Path) -> None:
    first, second, third = asked
    alone = device.render(third, tmp_path / "c.mp4", quietly).message["digests"]
    ahead = folder(tmp_path, "ahead")
    device.render(first, tmp_path / "a.mp4", beginning(device, second, ahead))
    pid = device.pid
    after = device.render(third, tmp_path / "d.mp4", quietly)
    assert (after.message["digests"], after.video, device.pid) == (alone, tmp_path / "d.mp4", pid)
    assert not ahead.exists()
    assert device.render(second, tmp_path / "e.mp4", quietly).message["type"] == "done"


def test_a_process_killed_with_work_ahead_begins_anew(
    device: Device, asked: list[GenerationRequest], tmp_path: Path
) -> None:
    first, second, _ = asked
    ahead = folder(tmp_path, "ahead")
    with pytest.raises(ChildDied):
        device.render(first, tmp_path / "a.mp4", beginning(device, second, ahead, lambda: kill(device)))
    after = device.render(second, tmp_path / "b.mp4", quietly)
    assert (after.message["type"], after.video) == ("done", tmp_path / "b.mp4")


def test_a_queue_of_renders_is_worked_off_with_each_begun_ahead(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "runner")
    for number in range(3):
        place.put(with_stage(wan(), seed=number), f"item-{number}")
    place.redis.set("matchframe:cancel:item-2", "1")
    place.work()
    begun = [record.fields["item"] for record in caplog.records if record.getMessage() == "begun ahead"]  # type: ignore[attr-defined]
    assert begun == ["item-1"]
    assert [arguments[0] for _, arguments in place.news()] == ["item-0", "item-1", "item-2"]
    assert not list(place.room.scratch.glob("ahead-*"))
