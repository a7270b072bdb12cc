"""Ten questions before and after: the key is worked out by hand here, from what they give."""

from __future__ import annotations

import re

import numpy as np
import pytest
from benchmarks.playground.driving import do, opened, settle

from chainrule.playground import Session
from chainrule.playground.ten import PARTS, marks, questions
from driven import BROWSER


def worked(text: str) -> str | None:
    """The answer to a question that asks for a number, from the numbers that it gives."""
    given = [float(n) for n in re.findall(r"(?<![\w.])-?\d+\.?\d*(?:e-\d+)?", text)]
    if "What is its z?" in text:
        x, w, y, v, b = given
        return str(x * w + y * v + b)
    if "half the squared error" in text:
        a, y, slope = given
        return str((a - y) * slope)
    if "feeds two outputs" in text:
        w, v, d, e, slope = given
        return str((w * d + v * e) * slope)
    if "comes in over a weight" in text:
        return str(given[0] * given[1])
    if "gradient descent" in text:
        w, gradient, rate = given
        return str(w - rate * gradient)
    return None


def chosen(text: str) -> str:
    """The answer to a question that asks to choose."""
    given = [float(n) for n in re.findall(r"(?<![\w.])-?\d+\.\d+", text)]
    if "one half" in text:
        return "above" if given[0] > 0 else "below"
    if "Which sign" in text:
        return "positive" if given[0] > given[1] else "negative"
    known = {"every row": "not at all", "z near 8": "that near 0"}
    return next(
        (right for words, right in known.items() if words in text), "they change their sign"
    )


def key(part: str) -> list[str]:
    return [worked(each.text) or chosen(each.text) for each in questions(part)]


@pytest.mark.parametrize("part", PARTS)
def test_the_key_is_what_a_hand_works_out(part):
    assert marks(part, key(part)) == [True] * 10


@pytest.mark.parametrize("part", PARTS)
def test_a_wrong_sign_a_missing_factor_and_the_other_choice_are_wrong(part):
    for k, (each, right) in enumerate(zip(questions(part), key(part), strict=True)):
        others = each.options or (
            str(-float(right)),
            str(1.1 * float(right) + 0.01),
            "",
            "x",
            "nan",
        )
        for other in others:
            if other != right:
                given = ["" for _ in range(10)]
                given[k] = other
                assert not marks(part, given)[k], (each.text, other)


def test_both_parts_ask_the_same_with_other_numbers_and_give_no_answer_away():
    before, after = questions("before"), questions("after")
    bare = [re.sub(r"-?\d+\.?\d*", "#", each.text) for each in before]
    assert bare == [re.sub(r"-?\d+\.?\d*", "#", each.text) for each in after]
    assert len(set(bare)) == 10
    for part in (before, after):
        given = {n for each in part for n in re.findall(r"-?\d+\.\d+", each.text)}
        for each in part:
            if not isinstance(each.right, str):
                assert f"{each.right:.4g}" not in given and f"{each.right:.4f}" not in given


def test_answers_that_are_none_are_refused():
    session = Session()
    for message in (
        {"part": "between"}, {"part": "before", "answers": ["1"] * 9},
        {"part": "before", "answers": [1] * 10}, {"part": "before", "answers": "1"},
    ):  # fmt: skip
        assert session.handle({"type": "ten", **message})[0]["type"] == "error"
    asked = session.handle({"type": "ten", "part": "before"})[0]
    assert len(asked["questions"]) == 10 and "right" not in str(asked["questions"])


class TestOnThePage:
    pytestmark = BROWSER

    def test_scores_stand_side_by_side(self, browser):
        with opened(browser, Session()) as page:
            do(page, "tour")
            for part, n_right in (("before", 3), ("after", 10)):
                do(page, "ten")
                for k, right in enumerate(key(part)[:n_right]):
                    if questions(part)[k].options:
                        page.check(f'input[name="q{k}"][value="{right}"]')
                    else:
                        page.fill(f'input[name="q{k}"]', f"{float(right):.4f}")
                do(page, "hand-in")
                settle(page)
                assert len(page.query_selector_all(".ten .right")) == n_right
                said = page.inner_text(".ten [role=status]")
                do(page, "close-ten")
            assert said == "Before: 3 of 10 right. Afterwards: 10 of 10 right."
            assert np.isfinite(page.evaluate("document.documentElement.scrollWidth"))
