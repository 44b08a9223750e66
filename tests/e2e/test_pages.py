"""Every page with real data, found by following links: nothing overflows, nothing complains, everything has a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Page, expect

from presets_app.core.permissions import POLICY
from presets_app.web.urls import urlpatterns
from tests.e2e.conftest import OpenPage, Product
from tests.e2e.looking import faults_of, looked_at

pytestmark = pytest.mark.e2e
# No page: media and exports; forms that only take a POST; what there is only once something is published or restored,
# which test_release walks through.
NO_PAGE = re.compile(
    r"media\.|\.export$|health\.|accounts\.|home\.start|manifests\.(pin|declare)"
    r"|presets\.(autosave|check|merge|mute|unmute)|targets\.(set_value|remove_value)"
    r"|recipes\.(start|choose)"
    r"|\.(comment|add|remove|freeze|cancel|retry|decide|decide_all|extend|again|try|tick|fill|attach|reject|withdraw|lift|take"
    r"|probe|publish|proof)$"
)
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def kind_of(address: str) -> str:
    """The route of an address, with what changes the page without changing the route."""
    parts = urlsplit(address)
    query = parse_qs(parts.query)
    tab = query.get("tab", [""])[0] or ("chosen" if {"pair", "to"} & set(query) else "")
    return f"{resolve(parts.path).view_name} {tab}".strip()


def walk(page: Page, home: str) -> Iterator[str]:
    """Each kind of page that links lead to, opened once and named."""
    known, waiting = {kind_of(home)}, [home]
    while waiting:
        address = waiting.pop(0)
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, f"{address}: {answer.status}"
        yield kind_of(address)
        for link in page.evaluate("[...document.querySelectorAll('main a[href], nav a[href]')].map((a) => a.href)"):
            kind = kind_of(link)
            if kind not in known and not re.search(NO_PAGE, kind.split()[0]):
                known.add(kind)
                waiting.append(link)


@pytest.mark.parametrize("username", ["viewer", "ada", "grace", "owner"])
def test_every_page_fits_is_quiet_and_names_its_parts(filled: Product, page_as: OpenPage, username: str) -> None:
    page = page_as(username)
    seen, faults = set(), []
    for kind in walk(page, f"{filled.address}/p/demo/"):
        seen.add(kind.split()[0])
        faults += faults_of(page)
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="light")
        faults += faults_of(page)
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="dark")
    assert faults == []
    wanted = {str(route.name) for route in urlpatterns if not re.search(NO_PAGE, str(route.name))}
    refused = {name for name, action in FORMS.items() if not may(username, action)}
    assert wanted - seen - refused == set()


FORMS = {
    "approvals.new": "migration.approve",
    "releases.rollback": "release.roll_back",
    "presets.edit": "preset.save",
    "presets.new": "preset.save",
    "presets.restore": "preset.save",
    "recipes.new": "recipe.save",
    "recipes.edit": "recipe.save",
    "targets.new": "target.change",
    "inputs.new": "inputs.freeze",
    "runs.new": "run.start",
    "parity.new": "check.start",
    "parity.compare": "check.start",
    "migrations.new": "migration.open",
}
ROLES = {"viewer": "viewer", "ada": "author", "grace": "approver", "owner": "owner"}


def may(username: str, action: str) -> bool:
    return ROLES[username] in POLICY[action]


def test_the_sign_in_page_is_whole_on_a_phone(product: Product, page_as: OpenPage) -> None:
    page = page_as("grace", width=390, theme="light")
    page.context.clear_cookies()
    page.goto(f"{product.address}/p/demo/")
    expect(page).to_have_url(re.compile("/sign-in"))
    looked_at(page)


def test_the_keyboard_moves_through_the_pairs(filled: Product, page_as: OpenPage) -> None:
    page = page_as("grace")
    page.goto(f"{filled.address}/p/demo/parity/")
    page.get_by_role("link", name="each with a planted fault").click()
    title = page.locator("#pair h2").first
    first = title.inner_text()
    page.keyboard.press("j")
    expect(title).not_to_have_text(first)
    page.keyboard.press("k")
    expect(title).to_have_text(first)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys on this page")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press(".")
    expect(page.locator("[data-player]")).to_have_attribute("data-frame", "1")


def test_the_tab_key_leads_past_the_rail_to_the_decision(filled: Product, page_as: OpenPage) -> None:
    """Skip link first; then, from the content on, everything that can be pressed is reached and seen to be reached."""
    page = page_as("grace")
    page.goto(f"{filled.address}/p/demo/parity/")
    page.get_by_role("link", name="other takes, for a person to decide").click()
    expect(page.locator("#decide")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    accept = page.locator("#decide").get_by_role("button", name="Accept")
    for _ in range(60):
        page.keyboard.press("Tab")
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if accept.evaluate("(button) => button === document.activeElement"):
            return
    raise AssertionError("60 presses of Tab did not reach Accept")


def test_an_unknown_address_says_so(filled: Product, page_as: OpenPage) -> None:
    page = page_as("grace")
    answer = page.goto(f"{filled.address}/p/demo/runs/nothing")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("main")).to_contain_text("There is no run")
    looked_at(page)
