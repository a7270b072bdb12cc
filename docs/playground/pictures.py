"""Makes the pictures of `docs/playground.md` from the running playground.

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
SHOWN = {"x": 0.0, "y": 0.0, "width": 1280.0, "height": 640.0}


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

        page.select_option(".controls select >> nth=0", "product")
        for key in (".", "."):
            page.keyboard.press(key)
            settle(page)
        page.screenshot(path=HERE / "product.png", clip=SHOWN)

        page.select_option(".controls select >> nth=0", "layer")
        page.keyboard.press("3")
        settle(page)
        page.click('[data-edge="W1[1,0]"] text')
        settle(page)
        page.keyboard.press("v")
        settle(page)
        page.wait_for_timeout(6000)  # the movement comes to rest
        page.screenshot(path=HERE / "why.png")

        page.click('[data-do="lab"]')
        page.click('[data-trouble="vanishing"]')
        settle(page)
        page.click('[data-do="lab-diagnose"]')
        settle(page)
        page.screenshot(path=HERE / "trouble-lab.png")
        page.select_option('[data-do="problem"]', "mazur")
        settle(page)
        page.click('[data-do="share"]')
        settle(page)
        page.fill("[name=question]", "By how much does W1[0,0] change?")
        page.fill("[name=of]", "update_W1[0,0]")
        page.check("[name=locked][value=weights]")
        page.select_option("[name=fading]", "last")
        page.click('[data-do="make-task"]')
        settle(page)
        code = page.inner_text(".notice").split()[-1]
        page.goto("about:blank")
        page.goto(f"{server.address}&s={code}")
        page.wait_for_selector(".task")
        settle(page)
        page.click(".task .tools >> nth=-1 >> button")
        settle(page)
        page.screenshot(path=HERE / "task.png")
        browser.close()
    server.stop()


if __name__ == "__main__":
    main()
