"""Nodes carry their value, computed once when they are built."""

from __future__ import annotations

import math

import pytest

from chainrule.explain.notation.tree import (
    FUNCTIONS,
    ONE,
    Number,
    Quantity,
    Rest,
    add,
    apply,
    cancel,
    minus,
    over,
    power,
    rest_of,
    times,
)

W = Quantity("w", -3.0, 2, 1, 0)


def test_values():
    a = Number(0.5)
    assert times(W, a, ONE).value == -1.5
    assert add(W, minus(a), ONE).value == -2.5
    assert over(W, a).value == -6.0
    assert math.isnan(over(W, Number(0.0)).value)
    assert power(W, 3).value == -27.0
    assert power(Number(1e200), 2).value == math.inf
    assert cancel(W, a).value == -3.0  # W / ~a~ * ~a~


def test_a_sum_rounds_once():
    assert add(Number(1e100), ONE, Number(-1e100)).value == 1.0


def test_the_rest_is_exact_and_counted():
    values = [1e100, 1.0, 2.0, -1e100]
    assert rest_of(values, [1]) == Rest(2.0, 3)
    assert rest_of(values, range(4)) is None


def test_where_a_quantity_lives():
    assert W.ref == "w/2/1/0"
    assert Quantity("delta", 1.0, 1, 2, row=17).ref == "delta/1/2@17"
    assert Quantity("learning_rate", 0.1).ref == "learning_rate"


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("x", [-800.0, -1.0, 0.0, 1.0, 800.0])
def test_functions_have_a_value_wherever_they_are_defined(function, x):
    if function in ("log", "sqrt", "expm1") and not 0 < x < 709:
        return
    value = apply(function, Number(x)).value
    assert not math.isnan(value)
