"""From a file to a release, through the pages only: import, pin, freeze inputs, run, judge, decide, approve as another
person, publish. The cloud here ignores the seed, so that a person has to decide."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from presets_app.management.demo.documents import ltx2
from tests.e2e.conftest import ROOT, OpenPage, Product
from tests.e2e.looking import until
from tests.support.project import STAND_IN_KEY, running_stand_in

pytestmark = pytest.mark.e2e
NAME = "Lantern walk"
MODEL = "matchframe/tiny-ltx-2=matchframe/tiny-ltx-2/text-to-video"


def manage(product: Product, *arguments: str, stdin: str = "") -> None:
    env = {**os.environ, "MATCHFRAME_DATA": str(product.data)}
    argv = [sys.executable, "manage.py", *arguments]
    subprocess.run(argv, cwd=ROOT, env=env, input=stdin, text=True, check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def other_cloud(filled: Product, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A second cloud target whose stand-in ignores the seed."""
    folder = tmp_path_factory.mktemp("other-cloud")
    with running_stand_in(folder, "--fault", "other-seed", weights=filled.data / "weights") as address:
        add = ("targets", "add", "--kind", "wavespeed", "--url", address, "--slug", "moody", "--name", "Moody cloud")
        manage(filled, *add, "--model", MODEL, "--as", "owner")
        manage(filled, "targets", "set-value", "moody", "WAVESPEED_API_KEY", "--as", "owner", stdin=STAND_IN_KEY)
        manage(filled, "targets", "probe", "moody", "--as", "owner")
        yield address


def test_a_preset_goes_from_a_file_to_a_release(filled: Product, other_cloud: str, page_as: OpenPage) -> None:
    ada, grace = page_as("ada"), page_as("grace")
    _import(ada, filled)
    _pin(ada, filled)
    _freeze(ada, filled)
    _check(grace, filled)
    _watch(ada, grace.url)
    _decide(ada)
    _migrate(ada, grace)
    grace.goto(f"{filled.address}/p/demo/releases/")
    grace.get_by_role("link", name="Publish").first.click()
    grace.locator("textarea[name=reason]").last.fill("Looked at and approved.")
    grace.get_by_role("button", name="Publish on both sides").click()
    grace.goto(f"{filled.address}/p/demo/")
    expect(grace.locator("main")).to_contain_text(NAME)


def _import(page: Page, product: Product) -> None:
    """A file with 122 frames is answered with its problem; mended, it is saved."""
    page.goto(f"{product.address}/p/demo/presets/new")
    wrong = {**ltx2(), "name": NAME, "frames": 122}
    page.locator("textarea[name=text]").fill(json.dumps(wrong))
    page.get_by_role("button", name="Read it").click()
    expect(page.locator("main")).to_contain_text("frames_rule")
    page.get_by_role("link", name="Start again").click()
    document = json.dumps({**ltx2(), "name": NAME}).encode()
    page.locator("input[type=file][name=file]").set_input_files(
        {"name": "lantern.json", "mimeType": "application/json", "buffer": document}
    )
    page.get_by_role("button", name="Read it").click()
    page.locator("textarea[name=message]").fill("The lantern look")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)


def _pin(page: Page, product: Product) -> None:
    for target in ("Local runner", "Moody cloud"):
        page.goto(f"{product.address}/p/demo/presets/lantern-walk?tab=targets")
        card = page.get_by_role("region", name=target, exact=True)
        card.get_by_role("button", name=re.compile("^Pin")).click()
        expect(page.get_by_role("region", name=target, exact=True)).to_contain_text("pinned")


def _freeze(page: Page, product: Product) -> None:
    """Thirty inputs with their labels, one a line; frozen, they have a digest and no form."""
    page.goto(f"{product.address}/p/demo/inputs/new")
    page.locator("input[name=name]").fill("Lantern shots")
    page.locator("select[name=kind]").select_option("batch")
    lines = [f"A paper lantern in the wind, take {number} #hands seed={number}" for number in range(1, 31)]
    page.locator("textarea[name=items]").fill("\n".join(lines))
    page.get_by_role("button", name="Save").click()
    page.locator("textarea[name=reason]").fill("The thirty shots of the spot.")
    page.get_by_role("button", name="Freeze this set").click()
    expect(page.locator("main")).to_contain_text("Lantern shots is frozen: 30 inputs")
    expect(page.get_by_role("button", name="Freeze this set")).to_have_count(0)


def _check(page: Page, product: Product) -> None:
    """Grace, who may, takes two inputs and says why; the page follows by itself until the verdict."""
    page.goto(f"{product.address}/p/demo/parity/new")
    page.locator("select[name=preset]").select_option("lantern-walk")
    page.locator("select[name=from]").select_option("local")
    page.locator("select[name=to]").select_option("moody")
    page.locator("select[name=inputs]").select_option("lantern-shots")
    page.locator("details:has(input[name=override]) summary").click()
    page.locator("input[name=override]").fill("2")
    page.locator("textarea[name=override_reason]").fill("A first look at a new preset.")
    page.get_by_role("button", name="Start the check").click()
    expect(page.locator("#progress")).to_be_visible()
    page.get_by_role("link", name="Show the verdict").click(timeout=180_000)
    expect(page.locator("#verdict-word")).to_contain_text(re.compile("needs a person", re.IGNORECASE))


def _watch(page: Page, address: str) -> None:
    """Both videos play, stop and go to a frame together; they come in parts, so that a player can jump."""
    parts = []
    page.on("response", lambda answer: parts.append(answer.status) if "/media/video/" in answer.url else None)
    page.goto(address)
    expect(page.locator("video")).to_have_count(2)
    until(page, "[...document.querySelectorAll('video')].every((video) => video.readyState >= 2)")
    page.get_by_role("button", name="Play").click()
    until(page, "[...document.querySelectorAll('video')].every((video) => video.currentTime > 0.1)")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("slider", name="Frame").fill("12")
    until(page, "[...document.querySelectorAll('video')].every((video) => Math.floor(video.currentTime * 24) === 12)")
    page.get_by_role("button", name="One frame on").click()
    until(page, "[...document.querySelectorAll('video')].every((video) => Math.floor(video.currentTime * 24) === 13)")
    assert set(parts) == {206}


def _decide(page: Page) -> None:
    """Ada says what she saw, pair by pair, and takes one word back."""
    for choice in ("Reject", "Take it back", "Accept", "Accept"):
        page.locator("#decide textarea[name=reason]").fill("The same shot, another take of it.")
        page.locator("#decide").get_by_role("button", name=choice).click()
        expect(page.locator("main")).to_contain_text("stands in the record")
        if choice == "Reject":
            page.locator("a.pair", has_text="rejected").first.click()


def _migrate(ada: Page, grace: Page) -> None:
    ada.reload()
    ada.get_by_role("link", name="To the migration").click()
    ada.locator("textarea[name=reason]").fill("The lantern look goes to the cloud.")
    ada.get_by_role("button", name="Open it").click()
    expect(ada.get_by_role("heading", level=1)).to_contain_text(NAME)
    for _ in range(2):
        form = ada.locator("form.check-tick").first
        form.locator("[name=note]").fill("Looked at it.")
        form.get_by_role("button", name="Tick").click()
        ada.wait_for_load_state()
    expect(ada.locator("form.check-tick")).to_have_count(0)
    grace.goto(ada.url.rstrip("/") + "/approve")
    override = grace.locator("input[name=override]")
    if override.count():
        override.check()
    grace.locator("textarea[name=reason]").last.fill("I looked at both takes; they fit the preset.")
    grace.locator("form[action$='/approve'] button.button-primary").click()
    expect(grace.locator("main")).to_contain_text("approved")
