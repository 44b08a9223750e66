"""Measuring how far a side is from itself, with real clips for renders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.core.errors import Conflict
from presets_app.queries import parity_noise as held
from presets_app.services import manifests, parity_flow, parity_noise
from tests.support import project as support
from tests.support.clips import moving, write_clip
from tests.support.people import People
from tests.support.released import Studio, signed_in, studio
from tests.support.rendered import clip, finish_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.fixture
def made(project: Any, people: People, redis_url: str, tmp_path: Path) -> Studio:
    return studio(project, people, tmp_path)


def grainy(folder: Path) -> Path:
    """The same scene with a little noise, as a benign change makes it."""
    dice = np.random.default_rng(3)
    frames = [np.clip(frame + dice.normal(0, 3, frame.shape), 0, 255).astype("uint8") for frame in moving(17, (96, 64))]
    return write_clip(folder / "grainy.mp4", frames)


def measured(made: Studio, *, again: str = "a" * 64) -> Any:
    floor = parity_noise.measure(made.preset, made.left, made.batch, made.people.ada, count=1)
    finish_all(floor.again.left, clip(made.folder), raw="a" * 64)
    finish_all(floor.again.right, clip(made.folder), raw=again)
    assert floor.benign is not None
    finish_all(floor.benign.right, grainy(made.folder), raw="c" * 64)
    for check in (floor.again, floor.benign):
        parity_flow.judge(check.id)
    floor.refresh_from_db()
    return floor


def test_a_floor_is_measured_used_and_expires_with_the_machine(made: Studio) -> None:
    floor = measured(made)
    assert (floor.state, floor.floor["deterministic"]) == ("measured", True)
    assert 0 < floor.floor["difference"] < 0.3
    sent = get_json(wiring.artifacts(), floor.benign.right.items.get().request)
    assert sent["document"]["runtime"]["dtype"] == "bfloat16"
    assert floor.again.left.kind == "trial"
    check = made.check(same=False)
    assert check.noise["difference"] == floor.floor["difference"]
    pair = check.pairs.exclude(pair_class="identical")[0]
    ssim = pair.measurement["video"]["ssim"]["mean"]
    if pair.primary["metric"] == "ssim_mean":
        assert pair.primary["in_noise"] == pytest.approx((1 - ssim) / floor.floor["difference"], abs=0.01)
    page = signed_in("vic").get(f"/p/studio/parity/{check.id}").content.decode()
    assert "in multiples of the noise on local" in page
    support.tell(made.left, support.answer(torch="2.14.0"))
    assert held.why_expired(floor) == "torch (2.13.0 to 2.14.0)"
    manifests.pin(made.preset, made.left, made.people.ada)
    assert held.why_expired(floor) == "manifest, torch (2.13.0 to 2.14.0)"
    assert held.holding(made.preset, made.left) is None
    assert "Expired: another manifest" in signed_in("vic").get("/p/studio/parity/noise").content.decode()


def test_other_frames_for_the_same_request_are_called_not_deterministic(made: Studio) -> None:
    floor = parity_noise.measure(made.preset, made.left, made.batch, made.people.ada, count=1, change={})
    assert floor.benign is None
    with pytest.raises(Conflict, match="already"):
        parity_noise.measure(made.preset, made.left, made.batch, made.people.ada)
    finish_all(floor.again.left, clip(made.folder), raw="a" * 64)
    finish_all(floor.again.right, grainy(made.folder), raw="b" * 64)
    parity_flow.judge(floor.again.id)
    floor.refresh_from_db()
    assert (floor.state, floor.floor["deterministic"]) == ("measured", False)
    assert "not deterministic" in signed_in("vic").get("/p/studio/parity/noise").content.decode()


def test_it_is_started_from_the_page_by_whoever_may_render(made: Studio) -> None:
    given = {"preset": made.preset.slug, "target": "local", "inputs": "batch", "count": "1", "change": "none"}
    assert signed_in("vic").post("/p/studio/parity/noise", given).status_code == 403
    assert signed_in("ada").post("/p/studio/parity/noise", {**given, "count": "0"}).status_code == 422
    assert signed_in("ada").post("/p/studio/parity/noise", {**given, "change": "[1]"}).status_code == 422
    assert signed_in("ada").post("/p/studio/parity/noise", given).status_code == 303
    assert held.newest(made.preset, made.left).state == "measuring"
