"""The README's pictures, written when UPDATE_SCREENSHOTS=1; what they show must be there in any case."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.looking import until

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"


def keep(page: Page, name: str, *shown: str) -> None:
    """Take the picture of a page at rest that shows these words."""
    for words in shown:
        expect(page.locator("main")).to_contain_text(words)
    page.evaluate("scrollTo(0, 0)")
    until(page, "[...document.querySelectorAll('video')].every((video) => video.readyState >= 2)")
    picture = page.screenshot()
    assert len(picture) > 20_000, "a page of one colour"
    if os.environ.get("UPDATE_SCREENSHOTS") == "1":
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{name}.png").write_bytes(picture)
