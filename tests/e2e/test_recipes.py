"""A recipe made from a ready-made shape, run and watched without a reload, then begun again where it changed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage, Product
from tests.e2e.looking import looked_at, until
from tests.e2e.test_pages import PHONE

pytestmark = pytest.mark.e2e
PATIENCE = 60_000  # milliseconds for a tiny clip and its enlarging, behind whatever the runner has in hand


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def ends(page: Page, sentence: str) -> None:
    """The page follows by itself: state, steps and the button for the next run."""
    expect(page.locator("#line")).to_have_text("done", timeout=PATIENCE)
    expect(page.locator(".recipe-sentence")).to_contain_text(sentence)
    expect(page.get_by_role("button", name="Run it again")).to_be_visible()
    expect(page.get_by_text("Stop this run")).to_have_count(0)


def test_a_recipe_is_made_run_and_begun_again_where_it_changed(filled: Product, page_as: OpenPage) -> None:
    page = page_as("ada")
    page.goto(f"{filled.address}/p/demo/recipes/")
    page.get_by_role("link", name="New recipe").click()
    page.get_by_label("Name", exact=True).fill("Small, then large")
    expect(page.get_by_label("Second preset")).to_be_visible()
    page.get_by_role("radio", name="Small render, enlarged").check()
    expect(page.get_by_label("Second preset")).to_be_hidden()
    page.get_by_label("First preset").select_option("paper-boat")
    page.get_by_label("Rendered on").select_option("local")
    press(page, "Make it")
    expect(page.get_by_role("heading", level=1)).to_have_text("Small, then large")
    press(page, "Run it")
    ends(page, "Every step is done.")
    expect(page.locator(".recipe-step").last).to_contain_text("192 x 128, resampled from 96 x 64")
    until(page, "[...document.querySelectorAll('.recipe video')].filter((video) => video.readyState >= 1).length === 2")
    looked_at(page)
    _change(page)
    press(page, "Run it again")
    ends(page, "1 of 2 steps were taken over from earlier runs.")
    expect(page.locator(".recipe-step").first).to_contain_text("taken over")
    expect(page.locator(".recipe-step").last).to_contain_text("The step itself changed.")
    page.set_viewport_size(PHONE)
    looked_at(page)


def _change(page: Page) -> None:
    """A text that cannot be read stays as it was typed; mended, it is saved."""
    page.get_by_role("link", name="Edit", exact=True).click()
    text = page.locator("textarea[name=text]")
    whole = text.input_value()
    text.fill(whole[:-4])
    press(page, "Save revision")
    expect(page.get_by_role("alert")).to_contain_text("The JSON breaks off")
    expect(text).to_have_value(whole[:-4])
    looked_at(page)
    text.fill(whole.replace('"scale": 2', '"scale": 3'))
    press(page, "Save revision")
    expect(page.locator("main")).to_contain_text("Saved. The next run starts at the first step that changed.")


def test_who_only_looks_sees_every_step_and_no_button(filled: Product, page_as: OpenPage) -> None:
    page = page_as("viewer", width=390, theme="light")
    page.goto(f"{filled.address}/p/demo/recipes/")
    page.get_by_role("link", name="Dusk, softer sound").click()
    expect(page.locator(".recipe-step")).to_have_count(2)
    expect(page.locator("main").get_by_role("button", name="Run it")).to_have_count(0)
    looked_at(page)
