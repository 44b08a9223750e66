"""What the stand-in renders is what the local pipelines render, until it is told otherwise."""

from __future__ import annotations

import io
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest

from presets_app.backends.errors import BackendFailed
from presets_app.backends.wavespeed.client import open_client
from presets_app.backends.wavespeed.compiling import compile_request
from runner import determinism, pipelines
from runner.encode import encode
from runner.standins.wavespeed.faults import Plan
from tests.backends.wavespeed.documents import MODELS, TINY_LTX, TINY_WAN, ltx, wan
from tests.runner.presets import LTX, WAN, snapshot
from tests.runner.standins.serving import BODY, KEY, TINY, ended, fetched, process, serving

pytestmark = [pytest.mark.render, pytest.mark.journey]


@pytest.fixture(scope="module")
def apart(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a stand-in in its own process, as in real use."""
    with process(tmp_path_factory.mktemp("state"), weights) as (_, address):
        yield address


def rendered_here(document: dict[str, Any], weights: Path) -> pipelines.Rendered:
    determinism.settle()
    return pipelines.render(document, snapshot(weights, LTX if document["family"] == "ltx-2" else WAN))


def file_of(document: dict[str, Any], rendered: pipelines.Rendered, place: Path, **changes: Any) -> bytes:
    frames = changes.get("frames", rendered.frames)
    encode(frames, document["fps"], place, samples=rendered.samples, audio_rate=rendered.audio_rate)
    return place.read_bytes()


def frames_in(video: bytes) -> np.ndarray:
    with av.open(io.BytesIO(video), format="mp4") as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


@pytest.mark.parametrize(("document", "model"), [(ltx(), TINY_LTX), (wan(), TINY_WAN)], ids=["ltx-2", "wan-2.2"])
def test_a_document_sent_through_the_service_comes_back_bit_for_bit_as_rendered_here(
    document: dict[str, Any], model: str, apart: str, weights: Path, tmp_path: Path
) -> None:
    there = fetched(apart, compile_request(document, MODELS[model]).body, model)
    here = rendered_here(document, weights)
    assert there == file_of(document, here, tmp_path / "here.mp4")
    document["stages"][0]["seed"] += 1
    assert there != fetched(apart, compile_request(document, MODELS[model]).body, model)


def test_a_real_id_is_delivered_in_the_size_and_length_it_documents(apart: str) -> None:
    video = fetched(
        apart, {"prompt": "x", "size": "480*832", "duration": 5, "seed": 1}, "wavespeed-ai/wan-2.2/t2v-480p"
    )
    assert frames_in(video).shape == (81, 832, 480, 3)


def test_one_frame_late_repeats_the_first_and_loses_the_last(weights: Path, tmp_path: Path) -> None:
    here = rendered_here(ltx(), weights)
    late = here.frames[[0, *range(16)]]
    with serving(tmp_path / "state", weights, Plan("one-frame-late")) as address:
        there = fetched(address, compile_request(ltx(), MODELS[TINY_LTX]).body)
    assert there == file_of(ltx(), here, tmp_path / "late.mp4", frames=late)


@pytest.mark.parametrize("fault", ["other-seed", "bf16"])
def test_another_seed_and_another_precision_give_other_pictures(fault: str, weights: Path, tmp_path: Path) -> None:
    body = compile_request(ltx(), MODELS[TINY_LTX]).body
    with serving(tmp_path / "state", weights, Plan(fault, 2)) as address:
        good, bad = fetched(address, body), fetched(address, body)
    difference = np.abs(frames_in(good).astype(int) - frames_in(bad).astype(int)).mean()
    assert difference > 0.1
    assert frames_in(good).shape == frames_in(bad).shape


@pytest.mark.parametrize(
    ("fault", "code"), [("no-outputs", "no_outputs"), ("expired", "not_there"), ("output-gone", "output_gone")]
)
def test_a_rendered_task_can_still_be_lost(fault: str, code: str, weights: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "state", weights, Plan(fault)) as address:
        client = open_client(address, KEY)
        task = client.submit(TINY, BODY)
        try:
            polled = ended(client, task.vendor_id)
            failure = polled.failure
            if failure is None:
                client.download(polled.outputs[0], io.BytesIO(), limit=1 << 20)
        except BackendFailed as error:
            failure = error.failure
        assert failure is not None
        assert failure.code == code


def test_polls_that_fail_every_other_time_end_well(weights: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "state", weights, Plan("poll-500")) as address:
        client = open_client(address, KEY)
        client._patience = 0.01
        assert ended(client, client.submit(TINY, BODY).vendor_id).status == "done"


def test_it_listens_before_torch_is_loaded_stops_while_it_renders_and_goes_on_after_a_restart(
    weights: Path, tmp_path: Path
) -> None:
    with process(tmp_path, weights) as (running, address):
        client = open_client(address, KEY)
        tasks = [client.submit(TINY, {**BODY, "steps": 50, "seed": seed}).vendor_id for seed in range(3)]
        time.sleep(1.0)
        running.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        assert running.wait(10) == 0
        assert time.monotonic() - begun < 3
    with process(tmp_path, weights) as (_, address):
        client = open_client(address, KEY)
        assert [ended(client, task).status for task in tasks] == ["done"] * 3
        assert httpx.get(f"{address}/standin/stats").json()["submits"] == 3


@pytest.mark.parametrize("extra", [["--fault", "nonsense"], ["--fault-every", "0", "--fault", "bf16"]])
def test_a_fault_that_nobody_knows_is_refused(tmp_path: Path, weights: Path, extra: list[str]) -> None:
    with pytest.raises(IndexError), process(tmp_path, weights, *extra):
        pass
