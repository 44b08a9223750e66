"""Every page with real data: nothing overflows, nothing complains, everything has its one heading; and the same
decisions without a line of JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage, Product

pytestmark = pytest.mark.e2e
PAGES = (
    "",
    "presets/",
    "presets/new",
    "presets/puppet-at-dusk",
    "presets/puppet-at-dusk?tab=history",
    "presets/puppet-at-dusk?tab=diff",
    "presets/puppet-at-dusk?tab=problems",
    "presets/puppet-at-dusk?tab=targets",
    "presets/puppet-at-dusk/edit",
    "inputs/",
    "inputs/new",
    "inputs/edge-cases",
    "runs/",
    "runs/new",
    "parity/",
    "parity/new",
    "migrations/",
    "migrations/new",
    "releases/",
    "releases/rollback",
    "snapshots/",
    "targets/",
    "targets/local",
    "targets/cloud",
    "activity/",
)


def looked_at(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"
    broken = "Array.from(document.images).filter(i => i.complete && !i.naturalWidth && i.getAttribute('src')).length"
    assert page.evaluate(broken) == 0


@pytest.mark.parametrize(
    ("username", "width", "theme"), [("grace", 1280, "dark"), ("ada", 390, "light"), ("viewer", 390, "dark")]
)
def test_every_page_fits_and_keeps_quiet(
    filled: Product, page_as: OpenPage, username: str, width: int, theme: str
) -> None:
    page = page_as(username, width=width, theme=theme)
    for place in PAGES:
        answer = page.goto(f"{filled.address}/p/demo/{place}")
        assert answer is not None
        assert answer.status == 200, f"{place}: {answer.status}"
        looked_at(page)
    for listing, link in (("runs/", "/runs/0"), ("parity/", "/parity/0"), ("migrations/", "/migrations/0")):
        page.goto(f"{filled.address}/p/demo/{listing}")
        page.locator(f"main a[href*='{link}']").first.click()
        looked_at(page)


def test_a_pair_is_decided_without_javascript(filled: Product, page_as: OpenPage) -> None:
    page = page_as("ada", scripts=False)
    page.goto(f"{filled.address}/p/demo/parity/")
    page.get_by_role("link", name="other takes, for a person to decide").click()
    page.locator("#decide textarea[name=reason]").fill("The same scene, another take.")
    page.locator("#decide").get_by_role("button", name="Accept").click()
    expect(page.locator("main")).to_contain_text("stands in the record")


def test_the_keyboard_moves_through_the_pairs(filled: Product, page_as: OpenPage) -> None:
    page = page_as("grace")
    page.goto(f"{filled.address}/p/demo/parity/")
    page.get_by_role("link", name="each with a planted fault").click()
    first = page.locator("#pair h2").first.inner_text()
    page.keyboard.press("j")
    page.wait_for_url("**pair=*")
    assert page.locator("#pair h2").first.inner_text() != first


def test_hostile_words_are_words(filled: Product, page_as: OpenPage) -> None:
    hostile = "</script><img src=x onerror=alert(1)>{{7*7}}\u202etxt"
    page = page_as("ada")
    page.goto(f"{filled.address}/p/demo/presets/puppet-at-dusk")
    page.locator("textarea[name=text]").fill(hostile)
    page.get_by_role("button", name="Comment").click()
    expect(page.locator(".comment-text").last).to_contain_text("{{7*7}}")
    assert page.locator("img[src=x]").count() == 0


def test_an_unknown_address_says_so(filled: Product, page_as: OpenPage) -> None:
    page = page_as("grace")
    answer = page.goto(f"{filled.address}/p/demo/runs/nothing")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("main")).to_contain_text("There is no run")
