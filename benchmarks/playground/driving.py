"""A page of the playground in a headless chromium, driven as a person drives it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chainrule.playground import Session

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def launched() -> Iterator[Any]:
    """The browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as run:
        browser = run.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def opened(browser: Any, session: Session, **options: Any) -> Iterator[Any]:
    """A page on a session of our own; it must ask nobody else and report no error."""
    from chainrule.playground.server import Server

    server = Server(lambda: session)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    options = {"viewport": {"width": 1280, "height": 800}, **options}
    page = browser.new_page(**options)
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    own = f"http://127.0.0.1:{server.port}/"
    page.on("request", lambda r: None if r.url.startswith((own, "data:")) else faults.append(r.url))
    try:
        page.goto(server.address)
        page.wait_for_selector(".network")
        settle(page)
        yield page
        assert not faults, faults
    finally:
        page.close()
        server.stop()
        thread.join(10)


def settle(page: Any) -> None:
    """Wait until no question is open."""
    page.wait_for_selector("[data-waiting='0']", state="attached", timeout=30_000)


def do(page: Any, name: str) -> None:
    """Press the button of that name."""
    page.click(f'[data-do="{name}"]')
    settle(page)
