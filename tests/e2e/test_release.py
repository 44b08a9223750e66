"""Grace finds what waits for her, approves, publishes, and goes back to the last known good."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage, Product

pytestmark = pytest.mark.e2e


def test_a_waiting_migration_is_approved_published_and_taken_back(filled: Product, page_as: OpenPage) -> None:
    page = page_as("grace")
    page.get_by_role("link", name="Approve").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Approve")
    expect(page.locator("main")).to_contain_text("Puppet at dusk")
    page.locator("textarea[name=reason]").last.fill("Both sides look the same to me.")
    page.locator("form[action$='/approve'] button.button-primary").click()
    expect(page.locator("main")).to_contain_text("Grace")

    page.goto(f"{filled.address}/p/demo/releases/")
    page.get_by_role("link", name="Publish").first.click()
    page.locator("textarea[name=reason]").last.fill("Approved, and the batch starts tonight.")
    page.get_by_role("button", name="Publish on both sides").click()
    expect(page.locator("main")).to_contain_text("Puppet at dusk")

    page.goto(f"{filled.address}/p/demo/releases/rollback")
    select = page.locator("select[name=to]")
    known_good = select.locator("option", has_text="pre-CUDA update").first
    select.select_option(value=known_good.get_attribute("value"))
    page.locator("form:has(select[name=to]) button").click()
    expect(page.get_by_role("region", name="Local runner")).to_contain_text("Restored by Matchframe")
    page.locator("textarea[name=reason]").last.fill("The update broke the look.")
    page.get_by_role("button", name="Roll back both").click()
    expect(page.locator("main")).to_contain_text("identical", timeout=180_000)
    page.goto(f"{filled.address}/p/demo/")
    expect(page.locator("main")).to_contain_text("rolled back")
