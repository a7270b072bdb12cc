"""The page in a real browser: products, ways, factors, verification, matrices, maps and compared
runs."""

import numpy as np
import pytest
from benchmarks.playground.driving import do, opened, settle

from chainrule.explain.notation.numbers import format_number
from chainrule.playground import Session, problem
from driven import BROWSER

pytestmark = BROWSER


def step_by(page, grain: str) -> None:
    page.select_option(".controls select >> nth=0", grain)


def test_a_step_product_by_product_and_back(browser):
    session = Session(problem("mazur"))
    with opened(browser, session) as page:
        step_by(page, "product")
        do(page, "step")
        assert page.inner_text(".pieces tr.now td.value") == "0.007500"
        assert page.get_attribute("g.edge.now", "data-edge") == "W1[0,0]"
        assert page.text_content('[data-unit="1/0"] .running') == "z 0.007500 …"
        assert not page.is_visible(".formula math >> nth=0")
        do(page, "step")
        assert page.inner_text(".pieces tr.now td.value") == "0.02750"
        do(page, "step")
        assert page.text_content('[data-ref="z1[0]"] >> nth=0') == "0.3775"
        assert page.is_visible(".formula math >> nth=0")
        do(page, "step")
        assert page.text_content('svg [data-ref="a1[0]"]') == "0.5933"
        page.keyboard.press("2")
        settle(page)
        said = []
        for _ in range(5):  # error, slope, two weights, bias
            do(page, "step")
            said.append(page.inner_text(".said"))
        assert [words.split(":")[0] for words in said] == ["Backward"] * 5
        assert "its δ" in said[1] and "bias" in said[4]
        assert "0.1385" in page.text_content(".pieces tr.now")
        for _ in range(5):
            do(page, "back")
        assert page.inner_text(".station[aria-current]").endswith("Loss")
        # As many pieces on as back end where they began, at step 0.
        page.keyboard.press("4")
        n = 0
        while page.is_enabled('[data-do="back"]'):
            do(page, "back")
            n += 1
        assert n == 2 * (3 + 1 + 3 + 1) + 1 + 2 * (2 + 3) + 2 * (3 + 3) + 1


def test_an_edge_leaves_only_its_ways_and_factors_light_their_units(browser):
    session = Session(problem("mazur"))
    with opened(browser, session) as page:
        page.keyboard.press("3")
        settle(page)
        page.click('[data-edge="W1[0,1]"] text')
        settle(page)

        def faded(what):
            return page.eval_on_selector_all(
                f".network .{what}.faded", f"all => all.map(one => one.dataset.{what})"
            )

        assert sorted(faded("edge")) == ["W1[0,0]", "W1[1,0]", "W1[1,1]", "W2[0,1]", "W2[1,1]"]
        assert sorted(faded("unit")) == ["0/0", "1/1"]
        trace = session._trace()
        back = float(trace.W[2][:, 0] @ trace.delta[2][0])
        factors = [trace.a[0][0, 1], trace.slope[1][0, 0], back]
        chips = page.eval_on_selector_all(".factors .chip b", "all => all.map(b => b.textContent)")
        assert chips == [format_number(float(value)) for value in factors]
        assert page.eval_on_selector_all(".network .chip", "all => all.length") == 3
        page.hover(".factors .chip.back")
        page.wait_for_selector('[data-unit="2/1"][data-hot]')
        assert page.query_selector('[data-unit="1/0"][data-hot]') is None
        page.hover('[data-unit="1/0"]')
        page.wait_for_selector(".factors .chip.slope[data-hot]")
        assert page.query_selector(".formula [data-ref^='slope/1/0@'][data-hot]")
        page.keyboard.press("Escape")
        assert faded("edge") == []


def test_verify_moves_the_loss_and_is_grey_where_nothing_can_be_seen(browser):
    session = Session(problem("mazur"))
    with opened(browser, session) as page:
        do(page, "verify")
        assert page.get_attribute(".verdict", "data-verdict") == "ok"
        line = session.handle({"type": "verify", "quantity": "W1[0,0]"})[0]["line"]
        words = page.get_attribute(".lines svg", "aria-label")
        assert format_number(line["above"], 3) in words and format_number(line["h"], 3) in words
        deep = [{"kind": "dense", "units": 4, "activation": "sigmoid"}] * 14
        session.handle({"type": "configure", "problem": "circles", "hidden": deep})
        page.reload()
        page.wait_for_selector(".network")
        settle(page)
        do(page, "verify")
        assert page.get_attribute(".verdict", "data-verdict") == "grey"
        assert "too small" in page.inner_text(".verdict")


def test_a_wide_layer_is_found_in_its_matrix(browser):
    session = Session(problem("clusters"))
    hidden = [{"kind": "dense", "units": 30, "activation": "tanh"}]
    session.handle({"type": "configure", "hidden": hidden})
    with opened(browser, session) as page:
        do(page, "matrix-1")
        page.wait_for_selector(".matrix td")
        assert page.eval_on_selector_all(".matrix tbody tr", "all => all.length") == 12
        page.fill('[data-do="find-unit"]', "17")
        page.wait_for_function("document.querySelectorAll('.matrix tbody tr').length === 1")
        page.click('[data-cell="W1[17,1]"]')
        settle(page)
        assert page.inner_text(".asked b") == "W1[17,1]"
        assert page.query_selector('[data-unit="1/17"]')  # drawn now, though not of the twelve
        page.click('[data-unit="2/0"]')
        settle(page)
        assert "Three of 30 terms" in page.inner_text("[data-leading]")
        assert not page.is_visible(".formula math >> nth=0")
        page.click(".whole summary")
        assert page.is_visible(".formula math >> nth=0")


def test_each_class_has_its_colour_and_shape(browser):
    session = Session(problem("clusters"))
    with opened(browser, session) as page:
        fills = page.eval_on_selector_all(
            ".plane .point", "all => [...new Set(all.map(one => getComputedStyle(one).fill))]"
        )
        shapes = page.eval_on_selector_all(
            ".plane .point", "all => [...new Set(all.map(one => one.getAttribute('d')))]"
        )
        assert len(fills) == len(shapes) == 3
        legend = page.eval_on_selector_all(".legend li", "all => all.map(one => one.innerText)")
        assert [words.strip() for words in legend[:3]] == ["top", "left", "right"]
        pixels = """() => {
            const copy = document.createElement('canvas');
            copy.width = copy.height = 64;
            const to = copy.getContext('2d', { willReadFrequently: true });
            to.drawImage(document.querySelector('canvas'), 0, 0);
            return [...to.getImageData(0, 0, 64, 64).data];
        }"""
        light = page.evaluate(pixels)
        do(page, "theme")
        page.wait_for_timeout(100)
        dark = page.evaluate(pixels)
        assert np.mean(dark) < np.mean(light) - 40  # drawn again for the dark ground


def test_two_runs_by_the_clock_and_the_number_that_differs(browser):
    session = Session()
    with opened(browser, session) as page:
        for _ in range(2):  # a second comparison takes the place of the first
            do(page, "compare")
            page.select_option('[data-do="rival"]', "0")
            settle(page)
            do(page, "end-compare")
        do(page, "compare")
        page.select_option('[data-do="rival"]', "0")
        settle(page)
        step_by(page, "step")
        for _ in range(3):
            do(page, "step")
        assert page.inner_text(".rival .differs") == "W1[0,0]"
        page.wait_for_selector('.network [data-ref="W1[0,0]"][data-differs]')
        do(page, "by-clock")
        page.wait_for_selector(".curve .ends:has-text('0 ms')")
        assert "3 steps took" in page.inner_text(".curve figcaption")
        do(page, "by-step")
        assert page.inner_text(".curve .ends").startswith("step 0")


@pytest.mark.parametrize("width", [390, 640, 1280])
def test_the_set_up_is_one_line_until_it_is_opened(browser, width):
    with opened(browser, Session(), viewport={"width": width, "height": 800}) as page:
        line = page.query_selector(".fold summary").bounding_box()
        assert line["height"] < 32 and not page.is_visible('[data-do="rate"]')
        assert page.inner_text(".short") == "2-2-1 sigmoid, sgd, rate 0.1, all rows"
        page.keyboard.press("u")
        assert page.is_visible('[data-do="rate"]')
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_recorded_run_is_taken_product_by_product(browser, tmp_path):
    path = tmp_path / "run.html"
    path.write_text(Session(problem("mazur")).to_html(1), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector(".network")
    step_by(page, "product")
    totals = []
    for _ in range(3):
        do(page, "step")
        totals.append(page.inner_text(".pieces tr.now td.value"))
    assert totals == ["0.007500", "0.02750", "0.3775"]
    assert page.query_selector(".notice") is None
    page.close()
