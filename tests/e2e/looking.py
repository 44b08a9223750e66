"""What must be true of any page, asked inside the browser: it fits, it has its parts, and everything has a name."""

from __future__ import annotations

import time

from playwright.sync_api import Page

# Runs in every page of every test; what it finds reaches the console, and the console fails the test.
WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(
    `policy: ${event.violatedDirective} refused ${event.blockedURI || event.sample} on ${location.pathname}`));
addEventListener("load", () => setTimeout(() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) console.error(`${location.pathname} is ${wide} px wider than the screen`);
}, 50));
"""

_FAULTS = """() => {
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const said = (element) => element.outerHTML.slice(0, 120);
  const wants = (holds, words) => { if (!holds) faults.push(words); };
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const text = (ids) => ids.split(" ").map((id) => document.getElementById(id)?.textContent.trim() || "").join("");
  const named = (element) =>
    (element.getAttribute("aria-label") || "").trim() || text(element.getAttribute("aria-labelledby") || "") ||
    [...(element.labels || [])].some((label) => label.textContent.trim());

  wants(wide <= 0, `it is ${wide} px wider than the screen`);
  wants(document.title.trim() && document.documentElement.lang, "it has no title or language");
  wants(all("h1").length === 1, `it has ${all("h1").length} first headings`);
  wants(all("main").length === 1, `it has ${all("main").length} main parts`);
  all("input:not([type=hidden]), select, textarea, video, nav, dialog, section[aria-labelledby]").forEach((element) =>
    wants(named(element), `no name: ${said(element)}`));
  all("a[href], button, summary").forEach((element) =>
    wants(named(element) || element.textContent.trim(), `no words: ${said(element)}`));
  all("img").forEach((image) => {
    wants(image.hasAttribute("alt"), `no alternative: ${said(image)}`);
    wants(!image.complete || image.naturalWidth || image.loading === "lazy", `not loaded: ${said(image)}`);
  });
  all("video").forEach((video) => wants(!video.error, `not playable: ${said(video)}`));
  all("[tabindex]").forEach((element) => wants(element.tabIndex <= 0, `its own tab order: ${said(element)}`));
  all("th").forEach((cell) => wants(cell.scope, `a heading of what? ${said(cell)}`));
  ["aria-labelledby", "aria-describedby", "aria-controls", "for"].forEach((name) =>
    all(`[${name}]`).forEach((element) => element.getAttribute(name).trim().split(/\\s+/).forEach((id) =>
      wants(document.getElementById(id), `${name} names ${id}, which is not there: ${said(element)}`))));
  const ids = all("[id]").map((element) => element.id);
  ids.filter((id, place) => ids.indexOf(id) !== place).forEach((id) => faults.push(`two elements are called ${id}`));
  const levels = all("main h1, main h2, main h3, main h4").map((heading) => Number(heading.tagName[1]));
  levels.forEach((level, place) =>
    wants(level <= (levels[place - 1] || 0) + 1, `a heading of level ${level} after one of ${levels[place - 1]}`));
  return faults;
}"""


def faults_of(page: Page) -> list[str]:
    """What is wrong with the page as it stands now, each fault with its address."""
    return [f"{page.url}: {fault}" for fault in page.evaluate(_FAULTS)]


def looked_at(page: Page) -> None:
    """Raises AssertionError with every fault of the page as it stands now."""
    assert faults_of(page) == []


def until(page: Page, expression: str, seconds: float = 20.0) -> None:
    """Wait until the expression holds. Asked again and again from here: Playwright's own waiting is evaluated inside
    the page, which the page's policy refuses."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"{page.url}: waited {seconds:g} s for {expression}"
        page.wait_for_timeout(50)
