"""The page in a real browser: practice, a task that a teacher sets, and the printed sheet."""

from benchmarks.playground.driving import do, opened, settle

from chainrule.playground import Session, problem
from driven import BROWSER

pytestmark = BROWSER


def answered(page, where: str, text: str) -> str:
    """What is said to an answer."""
    page.fill(f"{where} input", text)
    page.press(f"{where} input", "Enter")
    settle(page)
    return page.inner_text(f"{where} [role=status]")


def test_blanks_are_checked_and_hide_the_explanation(browser):
    session = Session(problem("mazur"))
    trace = session._trace()
    with opened(browser, session) as page:
        do(page, "practise")
        page.select_option('[data-do="fading"]', "last")
        settle(page)
        assert not page.is_visible(".formula math >> nth=0")
        (blank,) = page.query_selector_all("[data-blank]")
        where = f'[data-blank="{blank.get_attribute("data-blank")}"]'
        old, new = trace.params["W1"][0, 0], trace.params_after["W1"][0, 0]
        assert "before the step" in answered(page, where, str(old))
        assert "against the gradient" in answered(page, where, f"{2 * old - new:.8f}")
        assert "✓" in answered(page, where, f"{new:.8f}")
        assert page.is_visible(".formula math >> nth=0")
        page.select_option('[data-do="fading"]', "all")
        settle(page)
        assert "σ′ is missing" in answered(page, '[data-blank="2"]', "0.7414")
        assert "sign is not" in answered(page, '[data-blank="2"]', "-0.1385")
        assert "✓" in answered(page, '[data-blank="2"]', "0.1385")
        page.select_option('[data-do="fading"]', "given")
        settle(page)
        assert page.query_selector("[data-blank]") is None


def test_a_task_travels_in_the_code_and_locks_the_page(browser):
    session = Session(problem("mazur"))
    with opened(browser, session) as page:
        do(page, "share")
        page.fill("[name=question]", "How steep is W1[0,0]?")
        for name in ("network", "weights", "data"):
            page.check(f"[name=locked][value={name}]")
        do(page, "make-task")
        code = page.inner_text(".notice").split()[-1]
    with opened(browser, Session.opened(code)) as page:
        assert page.inner_text(".task b") == "How steep is W1[0,0]?"
        assert "network, weights and biases" in page.inner_text(".task")
        assert "sign is not" in answered(page, ".task", "-0.0004386")
        assert "✓" in answered(page, ".task", "0.0004386")
        assert page.query_selector("#edit") is None and page.is_disabled('[data-do="problem"]')
        page.keyboard.press("Escape")
        page.keyboard.press("u")
        assert page.is_visible('[data-do="rate"]')
        assert page.query_selector('[data-do="new-weights"], [data-do="add-layer"]') is None
        do(page, "share")
        assert page.query_selector(".teach") is None


def test_the_printed_sheet_has_blanks_and_a_key_of_the_same_numbers(browser):
    session = Session(problem("mazur"))
    with opened(browser, session) as page:
        page.evaluate("window.print = () => { window.printed = document.body.innerText; }")
        page.emulate_media(media="print")
        do(page, "practise")
        do(page, "print")
        page.wait_for_function("window.printed")
        printed = page.evaluate("window.printed")
        sheet, key = printed.split("key\n")
        assert "at step 0 in row 0" in sheet and "δ1[0] =" in sheet and "0.008771" not in sheet
        assert "δ1[0] = (0.4·0.1385 + 0.5·(−0.03810))·0.2413 = 0.008771" in key.replace("\n", " ")
        assert "Trouble lab" not in printed
