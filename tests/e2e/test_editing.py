"""Two people at the editor: typing with live problems, a draft that waits, a save that comes second, with and without
scripts. The preset is this test's own."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from presets_app.management.demo.documents import ltx2
from tests.e2e.conftest import OpenPage, Product
from tests.e2e.looking import looked_at

pytestmark = pytest.mark.e2e
MOST = str(2**64 - 1)


def brought(page: Page, product: Product, name: str) -> str:
    """Save a preset of that name; answers its address."""
    page.goto(f"{product.address}/p/demo/presets/new")
    page.locator("textarea[name=text]").fill(json.dumps({**ltx2(), "name": name}))
    page.get_by_role("button", name="Read it").click()
    page.locator("textarea[name=message]").fill("For the editor")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return page.url


def field(page: Page, path: str) -> Any:
    return page.locator(f'#editor [name="{path}"]')


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


@pytest.mark.parametrize("width", [1280, 390])
def test_problems_appear_while_typing_and_the_draft_waits(product: Product, page_as: OpenPage, width: int) -> None:
    page = page_as("ada", width=width)
    address = brought(page, product, f"Typed at {width}")
    page.goto(f"{address}/edit")
    looked_at(page)
    field(page, "/frames").press_sequentially("x")
    expect(page.locator("#f-frames-faults")).to_contain_text("whole number")
    expect(field(page, "/frames")).to_be_focused()
    expect(page.locator("#announce")).to_contain_text("1 error")
    field(page, "/frames").fill("25")
    field(page, "/stages/0/seed").fill(MOST)
    expect(page.locator("#f-frames-faults")).to_be_empty()
    expect(page.locator("#kept")).to_contain_text("Draft kept")
    page.goto(f"{address}/edit")
    expect(page.locator("main")).to_contain_text("Draft from")
    expect(field(page, "/stages/0/seed")).to_have_value(MOST)
    looked_at(page)
    press(page, "Discard")
    expect(field(page, "/stages/0/seed")).not_to_have_value(MOST)


def test_stages_and_both_views_work_by_keyboard_and_keep_the_place(product: Product, page_as: OpenPage) -> None:
    page = page_as("ada")
    page.goto(f"{brought(page, product, 'Staged')}/edit")
    page.get_by_role("button", name="Add a stage").press("Enter")
    expect(page.get_by_role("heading", name="Stage 2: refine")).to_be_focused()
    press(page, "Move Stage 2: refine up")
    expect(page.get_by_role("heading", name="Stage 1: refine")).to_be_focused()
    page.locator("#f-stages-0").get_by_role("button", name="Add a LoRA").click()
    field(page, "/stages/0/loras/0/file").fill("detail.safetensors")
    press(page, "YAML")
    expect(page.locator("#edit-text")).to_have_value(re.compile("detail.safetensors"))
    looked_at(page)
    press(page, "Form")
    expect(field(page, "/stages/0/loras/0/file")).to_have_value("detail.safetensors")
    field(page, "/name").press("Enter")
    expect(page.locator("#announce")).to_contain_text("Checked")


@pytest.mark.parametrize("scripts", [True, False])
def test_who_saves_second_chooses_field_by_field(product: Product, page_as: OpenPage, scripts: bool) -> None:
    ada, owner = page_as("ada", scripts=scripts), page_as("owner", scripts=scripts)
    address = brought(ada, product, f"Two people {scripts}")
    ada.goto(f"{address}/edit")
    owner.goto(f"{address}/edit")
    field(owner, "/stages/0/seed").fill("42")
    field(owner, "/prompt").fill("A puppet at dawn")
    saves(owner, "The approved take")
    expect(owner.locator("main")).to_contain_text("Saved revision 2")
    field(ada, "/stages/0/seed").fill(MOST)
    saves(ada, "Mine")
    expect(ada.get_by_role("heading", level=1)).to_have_text("Bring both together")
    expect(ada.locator("ins", has_text="dawn")).to_be_visible()
    looked_at(ada)
    ada.locator("input[value=mine]").check()
    press(ada, "Save both together")
    expect(ada.locator("main")).to_contain_text("Saved revision 3")
    ada.goto(f"{address}?tab=history")
    expect(ada.locator("main")).to_contain_text(f"seed 42 -> {MOST}")
    ada.get_by_role("link", name="Restore revision 1").click()
    expect(ada.get_by_role("heading", level=1)).to_have_text("Restore revision 1")
    looked_at(ada)
    press(ada, "Save as a new revision")
    expect(ada.locator("main")).to_contain_text("Saved as revision 4")
    ada.goto(f"{address}?tab=blame")
    expect(ada.get_by_role("row", name="Seed")).to_contain_text("4")


def saves(page: Page, why: str) -> None:
    page.locator("textarea[name=message]").fill(why)
    press(page, "Save revision")
