"""Out of memory: recognised, told with phase and missing bytes, and answered with the next plan."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

import psutil
import pytest

from presets_app.artifacts import LocalStore
from runner import memory_faults, rendering_jobs, room
from runner.device import Device
from runner.progress import Progress
from tests.runner.presets import request, wan
from tests.support.redis_server import running_redis

GIB = 1 << 30
CUDA = (
    "CUDA out of memory. Tried to allocate 4.00 GiB. GPU 0 has a total capacity of 23.64 GiB of which 1.25 GiB is free."
    " Including non-PyTorch memory, this process has 22.39 GiB memory in use."
)
CPU = "[enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate"


class OutOfMemoryError(RuntimeError):
    """By the name of PyTorch's own, which only a GPU raises."""


def full(**changes: Any) -> dict[str, Any]:
    return wan(**{"width": 1280, "height": 720, "frames": 81, "runtime": {"dtype": "bfloat16"}, **changes})


@pytest.mark.parametrize(
    ("error", "is_one"),
    [
        (OutOfMemoryError(CUDA), True),
        (RuntimeError(f"{CPU} 400000000 bytes. Error code 12 (Cannot allocate memory)"), True),
        (MemoryError(), True),
        (RuntimeError("std::bad_alloc"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), True),
        (RuntimeError("The size of tensor a (3) must match the size of tensor b (4)"), False),
        (ValueError("memory format option is only supported by strided tensors"), False),
    ],
)
def test_every_form_of_it_is_known_and_nothing_else_is_taken_for_it(error: Exception, is_one: bool) -> None:
    assert memory_faults.is_out_of_memory(error) is is_one


def test_the_phase_what_was_missing_and_the_next_plan_are_told() -> None:
    failure = memory_faults.explained(memory_faults.found(OutOfMemoryError(CUDA), "cuda"), "decode", full())
    assert failure.message == (
        "The device ran out of memory while decoding: 4.00 GiB more were asked for and 1.25 GiB were free, so at least"
        " 2.75 GiB were missing."
    )
    assert failure.evidence["missing"] == round(2.75 * GIB)
    plan = failure.evidence["plan"]
    assert (plan["plan"], plan["changes_bits"]) == ("group offload", False)
    assert plan["peak_bytes"] < 23.64 * GIB
    assert "runtime.offload group" in failure.hint
    assert "the same bits" in failure.hint
    assert failure.retry == "after_change"


@pytest.mark.parametrize(
    ("runtime", "phase", "offload", "tiled"),
    [
        ({}, "denoise", "text", False),
        ({}, "text", "model", False),
        ({"offload": "text"}, "denoise", "model", False),
        ({"offload": "model"}, "denoise", "group", False),
        ({"offload": "model"}, "decode", "model", True),
        ({"offload": "group"}, "decode", "group", True),
        ({"vae_tiling": True}, "denoise", "text", True),
        ({"offload": "group", "vae_tiling": True}, "denoise", None, None),
    ],
)
def test_the_next_plan_needs_less_where_it_failed_and_keeps_the_bits_while_it_can(
    runtime: dict[str, Any], phase: str, offload: str | None, tiled: bool | None
) -> None:
    plan = memory_faults.next_plan(full(runtime=runtime), phase, None)
    assert ((plan.offload, plan.vae_tiling) if plan else (None, None)) == (offload, tiled)


def test_a_plan_that_the_card_cannot_hold_is_not_offered() -> None:
    assert memory_faults.next_plan(full(), "denoise", 4 * GIB) is None
    failure = memory_faults.explained(memory_faults.found(OutOfMemoryError("CUDA out of memory."), "cuda"), "text", {})
    assert (failure.evidence["missing"], failure.evidence["plan"]) == (None, None)
    assert failure.hint.startswith("Use fewer frames")


@pytest.mark.render
@pytest.mark.journey
@pytest.mark.services
def test_a_render_that_runs_out_is_told_once_and_the_next_one_renders(weights: Path, tmp_path: Path) -> None:
    """For real: as it begins to denoise, the process may grow by 200 MiB and no more; the decoder asks for 216 at once.
    Nothing is tried with less."""
    device, phases = Device(weights), []

    def hold(progress: Progress) -> None:
        if progress.phase in phases[-1:]:
            return
        phases.append(progress.phase)
        if progress.phase == "denoise":
            limit = psutil.Process(device.pid).memory_info().vms + (200 << 20)
            resource.prlimit(device.pid or 0, resource.RLIMIT_AS, (limit, limit))

    with running_redis(tmp_path / "redis") as url:
        here = room.Room(device, LocalStore(tmp_path / "artifacts"), room.Redis.from_url(url), tmp_path)
        try:
            large = request(weights, wan(width=512, height=512))
            failed = rendering_jobs.attempt(here, large, hold).failure  # type: ignore[arg-type]
            held = device.pid
            done = rendering_jobs.attempt(here, request(weights, wan()), lambda _progress: None)  # type: ignore[arg-type]
        finally:
            device.close()
    assert failed is not None
    assert (failed.code, failed.cause, failed.retry) == ("out_of_memory", "environment", "after_change")
    assert "while decoding: 0.21 GiB more were asked for" in failed.message
    assert phases == ["load", "text", "denoise", "decode"]
    assert held is not None
    assert (done.status, done.warm) == ("done", False)
