"""The page in a real browser: what it shows is what the engine says."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.playground.driving import do, opened, settle
from benchmarks.playground.truth import Truth
from benchmarks.playground.walks import compare

from chainrule.explain.notation.numbers import format_number
from chainrule.playground import Session, problem
from driven import BROWSER
from touring import take_tour

pytestmark = BROWSER


def test_the_first_screen(browser):
    session = Session()
    with opened(browser, session) as page:
        said = page.inner_text(".said")
        assert said.startswith("Row 3: the network answers 0.7033, wanted is 0.")
        assert page.inner_text('[data-ref="loss"]') == "0.5759"
        assert compare(page, session, "at first")["page"] >= 15
        for station in ("Forward", "Forward", "Loss", "Backward", "Backward", "Update"):
            do(page, "step")
            assert page.inner_text(".station[aria-current]").endswith(station)
        do(page, "step")
        assert session._timeline.now.step == 1
        assert page.inner_text('[data-ref="loss"]') == "0.5704"


def test_back_shows_what_forward_showed(browser):
    session = Session(problem("mazur"))
    with opened(browser, session) as page:
        page.select_option(".controls select >> nth=0", "unit")
        seen = []
        for _ in range(26):
            seen.append(page.text_content("svg.network"))
            do(page, "step")
        for shown in reversed(seen):
            do(page, "back")
            assert page.text_content("svg.network") == shown


def test_the_tour_is_passed_from_scene_to_scene(browser):
    with opened(browser, Session()) as page:
        assert take_tour(page) == 16


def test_by_keyboard_alone(browser):
    session = Session()
    with opened(browser, session) as page:
        for key in ("3", "v"):
            page.keyboard.press(key)
            settle(page)
        assert "ok" in page.inner_text(".verdict")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("]")
        settle(page)
        page.keyboard.press("n")
        settle(page)
        assert page.query_selector(".nudge .tangent")
        page.keyboard.press("e")
        page.keyboard.press("Control+a")
        page.keyboard.type("0.5")
        page.keyboard.press("Enter")
        settle(page)
        assert 0.5 in np.concatenate([w.ravel() for w in session._timeline.now.params.values()])
        page.keyboard.press("Escape")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("Space")
        page.wait_for_timeout(800)
        page.keyboard.press("Space")
        settle(page)
        assert page.get_attribute('[data-do="play"]', "aria-pressed") == "false"


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_runs_out_of_the_page(browser, width):
    session = Session()
    with opened(browser, session, viewport={"width": width, "height": 844}) as page:
        for _ in range(4):
            do(page, "step")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_recorded_run_opens_from_disk(browser, tmp_path):
    path = tmp_path / "run.html"
    path.write_text(Session().to_html(40), encoding="utf-8")
    faults = []
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request", lambda r: None if r.url.startswith(("file:", "data:")) else faults.append(r.url)
    )
    page.goto(path.as_uri())
    page.wait_for_selector(".network")
    page.select_option(".controls select >> nth=0", "step")
    live = Session()
    live.handle({"type": "show", "row": 3})  # the recording keeps to its first row
    for step in range(1, 41):
        do(page, "step")
        live.handle({"type": "advance"})
        assert page.inner_text('[data-ref="loss"]') == Truth(live).on_the_page("loss"), step
    compare(page, live, "in the recording")
    for _ in range(40):
        do(page, "back")
    assert page.inner_text('[data-ref="loss"]') == "0.5759"
    page.keyboard.press("3")
    settle(page)
    assert page.query_selector(".formula math")
    do(page, "verify")
    assert "recording" in page.inner_text(".notice")
    assert faults == []
    context.close()


def test_numbers_are_written_as_python_writes_them(browser):
    draw = np.random.default_rng(0)
    values = np.concatenate(
        [
            draw.normal(size=4000) * 10.0 ** draw.integers(-12, 12, 4000),
            draw.integers(-(10**7), 10**7, 3000) / 2.0 ** draw.integers(0, 12, 3000),
            np.frombuffer(draw.bytes(8 * 3000), np.float64),
            [0.0, -0.0, np.inf, -np.inf, np.nan, 9.9996, 99995.0, 999999.5, 1e-5, 0.00099995],
        ]
    )
    with opened(browser, Session()) as page:
        for digits in (1, 3, 4, 6):
            written = page.evaluate(
                "([numbers, digits]) => numbers.map(v => chainrule.format(Number(v), digits))",
                [[repr(float(v)).replace("inf", "Infinity") for v in values], digits],
            )
            assert written == [format_number(float(v), digits) for v in values]


def test_two_runs_side_by_side(browser):
    session = Session()
    with opened(browser, session) as page:
        do(page, "compare")
        page.select_option('[data-do="rival"]', "0")
        settle(page)
        assert "learning_rate 1" in page.inner_text(".rival")
        assert "first number that differs: update_W1[0,0]" in page.inner_text(".rival")
        page.select_option(".controls select >> nth=0", "step")
        for _ in range(3):
            do(page, "step")
        other = Session()
        change = {"kind": "training", "settings": {"learning_rate": 1.0}}
        other.handle({"type": "edit", "change": change})
        other.handle({"type": "advance", "steps": 3})
        assert page.inner_text(".rival .other") == format_number(other._timeline.now.loss())
        assert page.query_selector(".curve polyline.other")
        page.select_option('[data-do="problem"]', "and")
        settle(page)
        assert page.query_selector(".rival") is None


def test_another_column_of_an_own_table_is_learned(browser):
    rows = "\n".join(f"{k},{(k * k) % 7},{2 * k}" for k in range(20))
    table = {"name": "own.csv", "mimeType": "text/csv", "buffer": f"p,q,r\n{rows}".encode()}
    with opened(browser, Session()) as page:
        page.click('[data-do="setup"]')
        assert page.query_selector('[data-do="learned"]') is None
        page.set_input_files('[data-do="file"]', table)
        settle(page)
        assert page.input_value('[data-do="learned"]') == "r"
        page.select_option('[data-do="learned"]', "p")
        settle(page)
        heads = page.locator(".table thead th").all_inner_texts()
        assert heads == ["row", "q", "r", "target", "answer"]
