"""The README's pictures, from the demo as it is filled; test_release takes the one of going back."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import OpenPage, Product
from tests.e2e.pictures import keep

pytestmark = pytest.mark.e2e
# Name, the list it is found on, the link that leads to it, and words that must be seen.
PLACES = (
    ("home", "", "", ("Waiting for you", "Live now", "Approve")),
    ("preset", "presets/", "Puppet at dusk", ("Revision 2", "matchframe/tiny-ltx-2")),
    ("run", "runs/", "parity", ("inputs are rendered", "Watch")),
    ("parity", "parity/", "other takes, for a person to decide", ("needs a person", "Pairs, worst first", "Decide")),
    ("migration", "migrations/", "Puppet at dusk", ("11 of 11 done", "Evidence")),
)


@pytest.mark.parametrize(("name", "listing", "link", "shown"), PLACES)
def test_a_picture_of_each_page_in_the_readme(
    filled: Product, page_as: OpenPage, name: str, listing: str, link: str, shown: tuple[str, ...]
) -> None:
    page = page_as("grace")
    page.goto(f"{filled.address}/p/demo/{listing}")
    if link:
        page.locator("main a", has_text=link).first.click()
    keep(page, name, *shown)
