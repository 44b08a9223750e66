"""The README's pictures, from the running demo: written with UPDATE_SCREENSHOTS=1, looked at for substance always."""

from __future__ import annotations

import os

import pytest

from tests.e2e.conftest import ROOT, OpenPage, Product

pytestmark = pytest.mark.e2e
FOLDER = ROOT / "docs" / "screenshots"
DIRECT = {"home": "", "preset": "presets/puppet-at-dusk", "rollback": "releases/rollback"}
BY_LINK = {
    "run": ("runs/", "main a[href*='/runs/0']"),
    "parity": ("parity/", "main a:has-text('each with a planted fault')"),
    "migration": ("migrations/", "main a[href*='/migrations/0']"),
}


@pytest.mark.parametrize("name", [*DIRECT, *BY_LINK])
def test_a_picture_of_each_page_in_the_readme(filled: Product, page_as: OpenPage, name: str) -> None:
    page = page_as("grace")
    if name in DIRECT:
        page.goto(f"{filled.address}/p/demo/{DIRECT[name]}")
    else:
        listing, link = BY_LINK[name]
        page.goto(f"{filled.address}/p/demo/{listing}")
        page.locator(link).first.click()
    if name == "rollback":
        known_good = page.locator("select[name=to] option", has_text="pre-CUDA update").last
        page.locator("select[name=to]").select_option(value=known_good.get_attribute("value"))
        page.locator("form:has(select[name=to]) button").click()
    page.wait_for_load_state("networkidle")
    picture = page.screenshot(full_page=False)
    assert len(picture) > 20_000
    if os.environ.get("UPDATE_SCREENSHOTS") == "1":
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{name}.png").write_bytes(picture)
