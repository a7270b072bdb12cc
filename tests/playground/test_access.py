"""For everybody: nothing serious in axe's eyes in both themes, and a page that can be heard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from benchmarks.playground.driving import do, opened, settle
from benchmarks.playground.walks import iris

from chainrule.playground import Session, problem
from driven import BROWSER

pytestmark = BROWSER

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


def a_step(page: Any) -> None:
    for name in ("step", "step", "step", "step", "verify", "larger", "path"):
        if name == "larger":
            do(page, "nudge")
        do(page, name)
        if name == "step":
            page.click('[data-edge="W1[0,1]"] text')
            settle(page)


def the_tour(page: Any) -> None:
    do(page, "tour")
    page.fill("#answer", "0.5")
    page.press("#answer", "Enter")


def the_lab(page: Any) -> None:
    do(page, "lab")
    page.click('[data-trouble="vanishing"]')
    settle(page)
    do(page, "lab-diagnose")


def a_table(page: Any) -> None:
    do(page, "worst")
    do(page, "step")


def help_and_compare(page: Any) -> None:
    do(page, "help")
    do(page, "share")
    do(page, "compare")


SCREENS = (a_step, the_tour, the_lab, a_table, help_and_compare)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_nothing_serious_stands_in_the_way_of_anybody(browser, scheme, screen):
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in web/")
    session = Session(iris() if screen is a_table else None)
    with opened(browser, session, color_scheme=scheme) as page:
        screen(page)
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        serious = [
            (one["id"], one["nodes"][0]["html"][:120])
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == []


def heard(page: Any) -> list[str]:
    """The texts of the accessibility tree, in reading order: all that a screen reader gets."""
    talk = page.context.new_cdp_session(page)
    nodes = {n["nodeId"]: n for n in talk.send("Accessibility.getFullAXTree")["nodes"]}
    found: list[str] = []

    def read(node: dict[str, Any]) -> None:
        is_text = node.get("role", {}).get("value") in ("StaticText", "spinbutton", "textbox")
        if is_text and not node["ignored"]:
            found.append(str(node.get("name", {}).get("value", "")))
        for child in node.get("childIds", ()):
            if child in nodes:
                read(nodes[child])

    read(next(n for n in nodes.values() if "parentId" not in n))
    talk.detach()
    return found


@pytest.mark.parametrize("name", ["xor", "mazur", "iris"])
def test_every_number_of_why_is_heard_in_its_order(browser, name):
    session = Session(iris() if name == "iris" else problem(name))
    asked = ("W1[0,1]", "delta1[0]", "z1[0]", "a1[0]", "b2[0]", "loss")
    count = 0
    with opened(browser, session) as page:
        do(page, "step")
        for quantity in asked:
            page.evaluate("quantity => chainrule.select(quantity)", quantity)
            settle(page)
            page.evaluate(
                "document.querySelectorAll('.last details').forEach(d => (d.open = true))"
            )
            shown = page.eval_on_selector_all(
                ".last mn, .last data, .last [data-ref]:not(math *, input, :has(*))",
                "all => all.filter(one => one.checkVisibility()).map(one => one.textContent)",
            )
            texts = iter(heard(page))
            assert len(shown) >= 3
            for number in shown:
                assert any(number in text for text in texts), f"{number} of {quantity} is not heard"
            count += len(shown)
    assert count >= 60


def test_every_step_is_said_in_a_sentence(browser):
    with opened(browser, Session()) as page:
        said = set()
        for _ in range(6):
            do(page, "step")
            texts = heard(page)
            sentence = page.inner_text(".said")
            assert sentence in texts and page.get_attribute(".said", "aria-live") == "polite"
            said.add(sentence)
        assert len(said) == 6
