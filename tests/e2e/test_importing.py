"""A file dropped on the list of presets, pasted, or chosen with the keyboard becomes a draft, then a preset."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage, Product
from tests.e2e.looking import looked_at
from tests.support.graphs import api_graph, picture, png, ui_graph

pytestmark = pytest.mark.e2e
FILES = """(files) => {
  const held = new DataTransfer();
  for (const [name, data] of files) {
    held.items.add(new File([Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0))], name));
  }
  window.held = held;
}"""
DRAG = """(kind) => document.body.dispatchEvent(
  new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: window.held }))"""
PASTE = """(text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  document.body.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData }));
}"""


def dropped(page: Page, files: dict[str, bytes]) -> None:
    page.evaluate(FILES, [[name, base64.b64encode(data).decode()] for name, data in files.items()])
    page.evaluate(DRAG, "dragenter")
    expect(page.locator(".drop-veil")).to_be_visible()
    with page.expect_navigation():
        page.evaluate(DRAG, "drop")


def listing(page: Page, product: Product) -> Page:
    page.goto(f"{product.address}/p/demo/presets/")
    return page


@pytest.mark.parametrize("width", [1280, 390])
def test_a_dropped_workflow_with_its_picture_is_mended_and_saved(
    product: Product, page_as: OpenPage, width: int
) -> None:
    page = listing(page_as("ada", width=width), product)
    graph = ui_graph(api_graph(image="C:\\shots\\boat.png"), muted=True)
    dropped(page, {f"boat_at_{width}.json": json.dumps(graph).encode(), "boat.png": png()})
    expect(page.locator("main")).to_contain_text("read as a ComfyUI workflow")
    expect(page.get_by_role("heading", name="There, and without effect")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("is not kept with the preset yet")
    looked_at(page)
    page.get_by_role("button", name="Decode in float32").click()
    expect(page.locator("main")).not_to_contain_text("wan_vae_unstated")
    expect(page.get_by_role("heading", name="There, and without effect")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"boat at {width}")


def test_a_picture_is_read_and_a_pasted_text_is_too(product: Product, page_as: OpenPage) -> None:
    page = listing(page_as("ada"), product)
    dropped(page, {"made.png": picture(prompt=api_graph())})
    expect(page.locator("main")).to_contain_text("a ComfyUI workflow in a PNG picture")
    listing(page, product)
    with page.expect_navigation():
        page.evaluate(PASTE, json.dumps(api_graph()))
    expect(page.locator("main")).to_contain_text("read as a ComfyUI workflow")


def test_the_same_is_done_with_the_keyboard_alone(product: Product, page_as: OpenPage, tmp_path: Path) -> None:
    place = tmp_path / "flow.json"
    place.write_text(json.dumps(api_graph()), encoding="utf-8")
    page: Any = listing(page_as("ada"), product)
    page.get_by_role("link", name="Import a preset").press("Enter")
    page.get_by_label("File", exact=False).first.set_input_files(str(place))
    page.get_by_role("button", name="Read it").press("Enter")
    page.get_by_label("Name").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("flow")


def test_every_export_is_looked_at_before_it_is_downloaded(product: Product, page_as: OpenPage) -> None:
    page = page_as("ada", width=390)
    listing(page, product)
    dropped(page, {"exported.json": json.dumps(api_graph()).encode()})
    page.get_by_role("button", name="Save", exact=True).click()
    for words in ("Document", "ComfyUI", "diffusers", "WaveSpeed", "LTX API", "RunPod", "DashScope"):
        page.goto(f"{product.address}/p/demo/presets/exported")
        page.get_by_text("Export", exact=True).click()
        page.locator(".head-actions").get_by_role("link", name=words, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Export for {words}")
        looked_at(page)
    page.goto(f"{product.address}/p/demo/presets/exported/export?form=comfyui")
    with page.expect_download() as got:
        page.get_by_role("link", name="Download JSON").click()
    assert "KSampler" in Path(got.value.path()).read_text(encoding="utf-8")
