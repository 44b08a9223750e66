"""Grace finds what waits for her, approves, publishes, and goes back to the last known good; then the same again in a
browser that runs no JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage, Product
from tests.e2e.looking import looked_at
from tests.e2e.pictures import keep

pytestmark = pytest.mark.e2e
NAME = "Puppet at dusk"


def test_a_waiting_migration_is_approved_published_and_taken_back(filled: Product, page_as: OpenPage) -> None:
    page = page_as("grace")
    page.locator("main").get_by_role("link", name="Approve").first.click()
    expect(page.locator("main")).to_contain_text(NAME)
    _approve(page)
    _publish(page, filled)
    looked_at(page)
    _preview(page, filled)
    keep(page, "rollback", "Restored by Matchframe", "Roll back both")
    looked_at(page)
    _back(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{NAME} is back at")
    looked_at(page)
    # Both sides are rendered again and compared; the page follows by itself.
    expect(page.locator("#proof[aria-busy]")).to_have_count(0, timeout=180_000)
    for side in ("Local runner", "WaveSpeed"):
        expect(page.get_by_role("region", name=side)).to_contain_text("identical")
    looked_at(page)
    page.goto(f"{filled.address}/p/demo/")
    expect(page.locator("main")).to_contain_text("rolled back")


def test_everything_decisive_works_without_javascript(filled: Product, page_as: OpenPage) -> None:
    ada, grace = page_as("ada", scripts=False), page_as("grace", scripts=False)
    _decide_pairs(ada, filled)
    _let_through(grace, filled)
    _open(ada, filled)
    grace.goto(f"{ada.url}/approve")
    _approve(grace)
    _publish(grace, filled)
    _preview(grace, filled)
    _back(grace)
    expect(grace.get_by_role("heading", level=1)).to_contain_text(f"{NAME} is back at")


def _approve(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Approve")
    page.locator("textarea[name=reason]").fill("Both sides look the same to me.")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("region", name="Approval")).to_contain_text("Grace")


def _publish(page: Page, product: Product) -> None:
    page.goto(f"{product.address}/p/demo/releases/")
    page.locator("li", has_text=NAME).get_by_role("link", name="Publish", exact=True).click()
    page.locator("textarea[name=reason]").fill("Approved, and the batch starts tonight.")
    page.get_by_role("button", name="Publish on both sides").click()
    expect(page.locator("main")).to_contain_text(f"{NAME} is live on both sides")


def _preview(page: Page, product: Product) -> None:
    page.goto(f"{product.address}/p/demo/releases/rollback")
    known_good = page.locator("select[name=to] option", has_text="pre-CUDA update (last known good)").first
    page.locator("select[name=to]").select_option(value=known_good.get_attribute("value"))
    page.get_by_role("button", name="Show what it restores").click()
    expect(page.get_by_role("region", name="Local runner")).to_contain_text("Restored by Matchframe")


def _back(page: Page) -> None:
    """Going back asks for a reason; then it is done at once."""
    page.locator("textarea[name=reason]").fill("The update broke the look.")
    page.get_by_role("button", name="Roll back both").click()
    expect(page.locator("main")).to_contain_text("The update broke the look.")


def _decide_pairs(page: Page, product: Product) -> None:
    """Reject, take it back, accept: each a form with a reason."""
    page.goto(f"{product.address}/p/demo/parity/")
    page.get_by_role("link", name="other takes, for a person to decide").click()
    address = page.url
    for choice in ("Reject", "Take it back", "Accept"):
        page.locator("#decide textarea[name=reason]").fill("The same scene, another take.")
        page.locator("#decide").get_by_role("button", name=choice).click()
        expect(page.locator("main")).to_contain_text("stands in the record")
        if choice == "Reject":
            page.goto(address)
            page.locator("a.pair", has_text="rejected").first.click()


def _let_through(page: Page, product: Product) -> None:
    """After going back, updates are held until somebody lets them through again."""
    page.goto(f"{product.address}/p/demo/releases/")
    page.locator("details", has=page.locator("[name=reason]")).first.locator("summary").click()
    page.locator("[name=reason]").first.fill("The look was mended.")
    page.get_by_role("button", name="Let updates through").click()
    expect(page.locator("main")).to_contain_text("let through again")


def _open(page: Page, product: Product) -> None:
    """A new migration of the newest revision, on the evidence there is; Ada answers the rows for a person."""
    page.goto(f"{product.address}/p/demo/migrations/new?preset=puppet-at-dusk&from=local&to=cloud")
    page.locator("select[name=check]").select_option(index=1)
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{NAME} to WaveSpeed")
    while page.locator("form.check-tick").count():
        row = page.locator("form.check-tick").first
        row.locator("[name=note]").fill("Looked at it.")
        row.get_by_role("button", name="Tick").click()
