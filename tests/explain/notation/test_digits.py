"""Digits by which an equation holds as it is shown."""

from __future__ import annotations

import math

import pytest

from chainrule.explain.notation.digits import figures_of, half_unit, shown
from chainrule.explain.notation.tree import (
    ONE,
    Equation,
    Quantity,
    Rest,
    Sum,
    add,
    apply,
    minus,
    over,
    power,
    times,
)
from chainrule.explain.render.text import TextWriter


def written(right, digits=4, value=None, kind="total"):
    left = Quantity(kind, right.value if value is None else value)
    *_, numbers, result = TextWriter(digits, False).sides(Equation(left, (right,)))
    return f"{numbers} = {result}"


def q(value, kind="a"):
    return Quantity(kind, value)


@pytest.mark.parametrize(
    ("right", "text"),
    [
        (times(q(0.59327), add(ONE, minus(q(0.59327)))), "0.5933*(1 - 0.5933) = 0.2413"),
        (add(ONE, minus(q(1 - 4.996e-13))), "1 - 0.9999999999995 = 5.0e-13"),
        (add(ONE, minus(q(0.99987012))), "1 - 0.9998701 = 0.0001299"),
        (times(q(0.0087714), q(0.05)), "0.0087714*0.05000 = 0.0004386"),
        (over(q(-0.19154), q(256.0, "n_rows")), "-0.19154/256 = -0.0007482"),
        (add(q(1e6), minus(q(1e6 - 0.5))), "1.000e+06 - 999999.5 = 0.5000"),
        (apply("exp", q(12.3456)), "exp(12.3456) = 229946"),
        (power(q(3.00049), 2), "3.0005^2 = 9.003"),
    ],
)
def test_as_few_digits_as_hold(right, text):
    assert written(right) == text


def test_digits_asked_for():
    right = times(q(0.59327), add(ONE, minus(q(0.59327))))
    assert written(right, 2) == "0.59*(1 - 0.59) = 0.24"
    assert written(right, 9) == "0.593270000*(1 - 0.593270000) = 0.241300707"
    assert written(right, "full") == "0.59327*(1 - 0.59327) = 0.2413007071"


def test_the_rest_of_a_sum_counts_too():
    right = Sum((q(1.23456), q(-1.2)), 1.23456 - 1.2 + 0.00123456, Rest(0.00123456, 7))
    assert written(right) == "1.23456 - 1.200 + 0.0012346 (7 more) = 0.03579"


def test_settings_keep_the_digits_they_were_given():
    right = times(q(0.001, "learning_rate"), q(0.123456))
    assert written(right) == "0.001*0.1235 = 0.0001235"


def test_what_rounding_leaves_is_not_called_equal():
    right = add(q(0.1), q(0.2), minus(q(0.3)))
    found = figures_of(Equation(q(3e-17), (right,)), 4)
    assert not found.holds
    sign, _ = TextWriter(4, True).related(Equation(q(3e-17), (right,)))[-1]
    assert sign == "≈"


def test_a_new_weight_is_told_from_the_old_one():
    old, step = q(0.15, "w"), times(q(0.5, "learning_rate"), q(1.234e-9))
    new = add(old, minus(step))
    assert written(new, kind="new_w") == "0.1500 - 0.5*1.234e-09 = 0.149999999"
    assert written(new, kind="total") == "0.1500 - 0.5*1.234e-09 = 0.1500"


def test_numbers_that_are_none():
    for value in (math.inf, math.nan):
        assert figures_of(Equation(q(1.0), (times(q(value), q(2.0)),)), 4).holds


@pytest.mark.parametrize(("text", "half"), [("0.2413", 5e-5), ("5.0e-13", 5e-15), ("256", 0.5)])
def test_half_a_unit_of_the_last_digit(text, half):
    assert half_unit(text) == pytest.approx(half)


def test_shown():
    assert shown(0.1, 4) == "0.1000" and shown(0.1, 4, setting=True) == "0.1"
    assert shown(0.1, 15) == "0.1" and shown(1 / 3, 15) == "0.333333333333333"
