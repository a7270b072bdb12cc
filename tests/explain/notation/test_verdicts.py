"""Verdicts in words."""

from __future__ import annotations

import pytest

from chainrule.explain.notation.verdicts import (
    KINK,
    OK,
    TOO_SMALL,
    UNCHECKED,
    VERDICTS,
    WRONG,
    Check,
    Verdict,
    in_short,
    power_of_ten,
)

OUTCOMES = {
    OK: "relative error < 1e-05: ok",
    KINK: "says nothing across the kink of z1 of unit 0, row 3",
    TOO_SMALL: "too small to be checked this way, which errs by up to 3e-06",
    WRONG: "relative error 0.5, at most 3e-06 is rounding: WRONG",
}


@pytest.mark.parametrize("verdict", OUTCOMES)
def test_the_outcome_of_a_check(verdict):
    kink = "z1 of unit 0, row 3" if verdict == KINK else ""
    check = Check("central difference", 1.0, 1.0, 0.5, 3e-6, verdict, kink)
    assert check.outcome == OUTCOMES[verdict]
    assert check.ok == (verdict != WRONG)


def test_every_verdict_of_a_number_has_an_outcome():
    assert {*OUTCOMES, UNCHECKED} == set(VERDICTS)


def test_a_note_says_why_another_way_was_taken():
    check = Check("complex step", 1.0, 1.0, 0.0, 1e-10, OK, note="too small for a difference")
    assert check.outcome == "relative error < 1e-10: ok; too small for a difference"


@pytest.mark.parametrize(("limit", "power"), [(0.0, 1e-12), (1e-5, 1e-5), (1.1e-5, 1e-4), (3, 10)])
def test_no_digit_of_a_bound_is_shown(limit, power):
    assert power_of_ten(limit) == power


def test_what_is_right_is_one_line_and_what_is_wrong_a_sentence():
    verdicts = [
        Verdict("equations", OK, "3 equations multiplied out again"),
        Verdict("update", WRONG, "by the rule of sgd W1[0,0] should become 1, not 2"),
        Verdict("step", OK, "8 steps of fit, bit for bit those that explain shows"),
    ]
    assert in_short(verdicts) == [
        "update: by the rule of sgd W1[0,0] should become 1, not 2: WRONG",
        "equations, step: ok",
    ]
    assert in_short([]) == []
