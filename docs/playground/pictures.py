"""Makes the three pictures of `docs/playground.md` from the running playground.

    python docs/playground/pictures.py

Needs chromium and the browser extra.
"""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from chainrule.playground import Session
from chainrule.playground.server import Server

HERE = Path(__file__).parent


def settle(page: Any) -> None:
    page.wait_for_selector("[data-waiting='0']", state="attached")


def main() -> None:
    server = Server(Session)
    threading.Thread(target=server.run, daemon=True).start()
    with sync_playwright() as run:
        browser = run.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(server.address)
        page.wait_for_selector(".network")
        settle(page)
        page.screenshot(path=HERE / "first-screen.png")

        for key in ("3", "]"):
            page.keyboard.press(key)
            settle(page)
        page.click('[data-edge="W1[1,0]"] text')
        settle(page)
        for key in ("v", "p"):
            page.keyboard.press(key)
            settle(page)
        page.screenshot(path=HERE / "why.png")

        page.click('[data-do="lab"]')
        page.click('[data-trouble="vanishing"]')
        settle(page)
        page.click('[data-do="lab-diagnose"]')
        settle(page)
        page.screenshot(path=HERE / "trouble-lab.png")
        browser.close()
    server.stop()


if __name__ == "__main__":
    main()
