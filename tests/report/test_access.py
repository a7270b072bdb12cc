"""For everybody: the report in chromium, in both themes, on paper and at the width of a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from driven import BROWSER

pytestmark = BROWSER

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
OPEN = "document.querySelectorAll('details').forEach(one => (one.open = true))"


@pytest.fixture(params=["hostile", "numbers"])
def address(request: Any, tmp_path: Path) -> str:
    path = tmp_path / "report.html"
    request.getfixturevalue(request.param)[0].save(path)
    return path.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way_of_anybody(browser, address, scheme) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in web/")
    page = browser.new_page(color_scheme=scheme)
    page.goto(address)
    page.evaluate(OPEN)
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        (one["id"], one["nodes"][0]["html"][:120])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    page.close()
    assert serious == []


def test_nothing_runs_and_nothing_is_asked_for(browser, address) -> None:
    page = browser.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: told.append(request.url))
    page.goto(address)
    page.evaluate(OPEN)
    page.close()
    assert told == [address]


@pytest.mark.parametrize("width", [360, 390, 1100])
def test_a_phone_needs_no_scrolling_sideways(browser, address, width) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(address)
    page.evaluate(OPEN)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


def test_paper_is_white_and_shows_what_is_folded(browser, address) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(address)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.is_visible("nav")
    height = "document.querySelector('#worst .equation').getBoundingClientRect().height"
    assert page.evaluate(height) > 0
    page.close()
