"""The real product, started as a person starts it, and a real Chromium in front of it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.looking import WATCH

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STARTED, FILLED, STOPPED = 90.0, 420.0, 15.0  # seconds; the last is what the product promises
OpenPage = Callable[..., Page]
# Pictures and reading first, while the demo is as it was filled; going back last, because it holds updates.
ORDER = ("test_screenshots", "test_pages", "test_hostile_words", "test_editing", "test_importing")
ORDER += ("test_recipes", "test_journey", "test_release")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    own = {item: item.path.parent == Path(__file__).parent and item.path.stem in ORDER for item in items}
    items.sort(key=lambda item: ORDER.index(item.path.stem) if own[item] else -1)


@dataclass(frozen=True)
class Product:
    """A running Matchframe: its address, its data folder, its demo people's password."""

    address: str
    data: Path
    password: str

    def ready(self) -> dict[str, Any] | None:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=3) as answer:  # noqa: S310 - our own address
                found: dict[str, Any] = json.load(answer)
                return found
        except OSError:
            return None


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    data = tmp_path_factory.mktemp("product") / "data"
    port = _free_port()
    env = {**os.environ, "MATCHFRAME_DATA": str(data)}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    with (data.parent / "up.log").open("wb") as log:
        argv = [sys.executable, "manage.py", "up", "--port", str(port)]
        process = subprocess.Popen(argv, cwd=ROOT, env=env, stdout=log, stderr=log)
    running = Product(f"http://127.0.0.1:{port}", data, "")
    try:
        _until(lambda: running.ready() is not None, STARTED, (data.parent / "up.log").read_text)
        yield Product(running.address, data, (data / "demo_password").read_text().strip())
    finally:
        family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(STOPPED + 15)
        took = time.monotonic() - begun
    assert took < STOPPED, f"it took {took:.1f} s to stop"
    _, alive = psutil.wait_procs(family, timeout=2)
    assert alive == []


@pytest.fixture(scope="session")
def filled(product: Product) -> Product:
    """The product once its demo project holds everything it will hold."""
    log = product.data / "logs" / "demo-filler.log"
    _until(lambda: _done(log), FILLED, lambda: log.read_text() if log.exists() else "no log")
    return product


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page_as(browser: Browser, product: Product) -> Iterator[OpenPage]:
    """`page_as("grace", width=390)`: a signed-in page. What its console or the policy complains of fails the test."""
    opened: list[tuple[Any, list[str]]] = []

    def open_page(username: str, *, width: int = 1280, theme: str = "dark", scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, java_script_enabled=scripts
        )
        context.add_init_script(WATCH)
        page, faults = context.new_page(), []
        opened.append((context, faults))
        page.on("console", lambda message: faults.append(message.text) if _matters(message) else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
        page.on(
            "response", lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
        )
        page.set_default_timeout(20_000)
        page.goto(f"{product.address}/sign-in")
        page.get_by_label("Name", exact=False).first.fill(username)
        page.locator("input[type=password]").fill(product.password)
        page.locator("main button, form button").last.click()
        expect(page).to_have_url(f"{product.address}/p/demo/")
        return page

    yield open_page
    for context, _ in opened:
        context.close()
    assert [fault for _, faults in opened for fault in faults] == []


def _matters(message: Any) -> bool:
    # A refused form answers 4xx on purpose, and Chromium writes a line about it.
    return (
        message.type == "error"
        and "Failed to load resource: the server responded with a status of 4" not in message.text
    )


def _done(log: Path) -> bool:
    """The filler's last step is the second family's pins."""
    return log.exists() and log.read_text().count("pin:") >= 3


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until(ready: Callable[[], bool], seconds: float, why: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"waited {seconds:g} s: {why()[-2000:]}"
        time.sleep(0.5)
