"""Words that would be markup, template code or a turned-round line elsewhere: in Chromium they stay words."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from presets_app.management.demo.documents import ltx2
from tests.e2e.conftest import OpenPage, Product
from tests.e2e.looking import looked_at

pytestmark = pytest.mark.e2e
HOSTILE = "</script><img src=x onerror=alert(1)>{{7*7}}{% now 'Y' %}<svg onload=alert(2)>"
NAME = "<img src=x onerror=alert(1)> 3"
TURNED = "left \u202ethgir"
READS_AS_WORDS = """() => !document.querySelector("img[src=x], svg[onload], main script")
  && !document.body.innerText.includes("</script><img src=x onerror=alert(1)>49")"""


def words_stay_words(page: Page, *, shown: str = "{{7*7}}") -> None:
    """A dialog or a refusal by the policy would fail the test by itself."""
    expect(page.locator("main")).to_contain_text(shown)
    assert page.evaluate(READS_AS_WORDS)
    looked_at(page)


def test_a_preset_of_hostile_words_is_shown_as_words_everywhere(filled: Product, page_as: OpenPage) -> None:
    page = page_as("ada")
    _import(page, filled)
    words_stay_words(page)
    _comment(page)
    here = page.url
    for tab in ("history", "diff", "problems", "targets"):
        page.goto(f"{here}?tab={tab}")
        looked_at(page)
    page.goto(f"{here}/edit")
    words_stay_words(page)
    for place in ("presets/", "runs/new", "migrations/new", "activity/", ""):
        page.goto(f"{filled.address}/p/demo/{place}")
        words_stay_words(page, shown="")
    page.goto(f"{filled.address}/p/demo/presets/?q=%3C/script%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    words_stay_words(page, shown="")


def _import(page: Page, product: Product) -> None:
    """A turned-round name is refused in words; a name of markup is a name."""
    page.goto(f"{product.address}/p/demo/presets/new")
    document = {**ltx2(), "name": TURNED, "prompt": f"{HOSTILE} {TURNED}", "description": HOSTILE}
    page.locator("textarea[name=text]").fill(json.dumps(document))
    page.get_by_role("button", name="Read it").click()
    words_stay_words(page)
    expect(page.locator("main")).to_contain_text("name_invalid")
    page.get_by_role("link", name="Start again").click()
    page.locator("textarea[name=text]").fill(json.dumps({**document, "name": NAME}))
    page.get_by_role("button", name="Read it").click()
    page.locator("textarea[name=message]").fill(HOSTILE)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)


def _comment(page: Page) -> None:
    page.locator("textarea[name=text]").fill(f"{HOSTILE} {TURNED}")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator(".comment-text").last).to_have_text(f"{HOSTILE} {TURNED}")
    words_stay_words(page)
    box = page.locator(".comment-text").last
    assert box.evaluate("(element) => getComputedStyle(element).unicodeBidi") in {"isolate", "plaintext"}


def test_hostile_inputs_labels_and_notes_are_words(filled: Product, page_as: OpenPage) -> None:
    page = page_as("ada")
    page.goto(f"{filled.address}/p/demo/inputs/new")
    page.locator("[name=name]").fill("Hostile inputs 3")
    page.locator("textarea[name=items]").fill(f"{HOSTILE} #<img-src=x-onerror=alert(1)>\n{TURNED}")
    page.get_by_role("button", name="Save").click()
    words_stay_words(page)
    page.goto(f"{filled.address}/p/demo/snapshots/")
    page.locator("[name=note]").fill("<img src=x onerror=alert(1)>{{7*7}}")
    page.get_by_role("button", name="Take a snapshot").click()
    expect(page.get_by_role("table")).to_contain_text("<img src=x onerror=alert(1)>{{7*7}}")
    words_stay_words(page)
