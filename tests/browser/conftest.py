"""Pages in a real browser: a headless Chromium that is on this machine, driven by Playwright.

`open_page` is for every page that the project makes. Where there is no Chromium these tests are
skipped, and say so; CHROMIUM names one that is in no usual place. It reaches loopback and files,
and no network: a page that asks for anything else fails its test.

A test waits for what a reader would see, and never sleeps: it holds on a machine of any speed, as
BROWSER_SLOWDOWN=6 shows on a quick one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
LOCAL = ("file:", "data:", "blob:", "http://127.0.0.1:", "http://localhost:")
OFFLINE = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--disable-background-networking",
)

GONE = "net::ERR_CONNECTION_REFUSED"
"""What a live page says at the end of a test whose server is closed before its tab."""

PATIENCE = 30_000
"""Milliseconds for a page to show what it should: a busy machine is slow, and not wrong."""
SLOWDOWN = float(os.environ.get("BROWSER_SLOWDOWN", "1"))
"""How much slower than this machine is the one that the pages believe to run on."""

expect.set_options(timeout=PATIENCE)

OpenPage = Callable[..., Page]


def find_chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each module: while it is there, the thread has an event loop that runs, and no
    other can be started in it."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium on this machine: install one, or name it in CHROMIUM")
    # Chromium cannot make its sandbox where the tests run as root, as in most containers.
    sandboxed = os.geteuid() != 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, chromium_sandbox=sandboxed, args=[*OFFLINE]
        )
        yield browser
        browser.close()


@pytest.fixture
def page_faults() -> list[str]:
    """What is wrong with the test's pages so far; a test that means one takes it out."""
    return []


@pytest.fixture
def open_page(browser: Browser, page_faults: list[str]) -> Iterator[OpenPage]:
    """`open_page(url, **options)`: a tab of its own, with the options of a browser context such
    as `color_scheme` or `java_script_enabled`. Fails the test at its end if the page logged an
    error, raised one, or asked for anything beyond this machine."""
    faults = page_faults
    contexts = []

    def note_request(request: Request) -> None:
        if not request.url.startswith(LOCAL):
            faults.append(f"asked for {request.url}")

    def note_words(said: ConsoleMessage) -> None:
        if said.type == "error" and GONE not in said.text:
            faults.append(said.text)

    def opened(url: str, **options: object) -> Page:
        context = browser.new_context(**options)  # type: ignore[arg-type]  # handed on as given
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = _slow_page(context)
        page.on("request", note_request)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", note_words)
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def _slow_page(context: BrowserContext) -> Page:
    page = context.new_page()
    if SLOWDOWN > 1:
        driver = context.new_cdp_session(page)
        driver.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    return page


@pytest.fixture
def write_page(tmp_path: Path) -> Callable[[str], str]:
    """Writes a page into a file, and gives its URL."""

    def written(content: str) -> str:
        path = tmp_path / "page.html"
        path.write_text(content, encoding="utf-8")
        return path.as_uri()

    return written
