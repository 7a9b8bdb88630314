"""The pictures of the documentation: `make screenshots` takes them anew."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from tests.browser.conftest import OFFLINE, find_chromium
from tests.browser.scene import CUSTOMER, Scene, furnish, open_receiver, open_scene

SIZE = ViewportSize(width=1060, height=620)


def take_all(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = find_chromium()
    if path is None:
        sys.exit("screenshots: no Chromium on this machine: install one, or name it in CHROMIUM")
    # Some latency, so that the bars of the timeline are more than a line.
    with open_receiver() as receiver, open_scene(callbacks=True, latency=0.02) as scene:
        with tempfile.TemporaryDirectory() as work:
            furnish(scene, receiver, Path(work))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=path, chromium_sandbox=os.geteuid() != 0, args=[*OFFLINE]
            )
            page = browser.new_page(viewport=SIZE, color_scheme="light")
            _show_messages(page, scene)
            page.screenshot(path=folder / "sandbox-messages.png")
            _show_refusal(page, scene)
            page.screenshot(path=folder / "sandbox-requests.png")
            browser.close()


def _show_messages(page: Page, scene: Scene) -> None:
    own = scene.location("Messaging East")["own"][0]
    page.goto(f"{scene.url}/#/messages/{quote(f'{own} {CUSTOMER}')}")
    box = page.locator(".row").filter(has_text="Here is the box")
    expect(box).to_contain_text("2 of 2 callbacks accepted")
    box.click()
    expect(page.locator("article.callback")).to_have_count(2)


def _show_refusal(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/#/requests")
    page.locator(".row").filter(has_text="400 5009").click()
    expect(page.locator("pre .refused")).to_be_visible()


if __name__ == "__main__":
    take_all(Path(sys.argv[1]))
