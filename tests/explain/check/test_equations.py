"""Equations multiplied out again: right ones of every kind pass, a changed number does not."""

from __future__ import annotations

import pytest

from chainrule.explain.check.equations import multiplied_again, value
from chainrule.explain.explain import explain
from chainrule.explain.notation.tree import Equation, Quantity, Rest, Sum, add, minus, over, times
from chainrule.explain.trace import StepTrace
from strategies import random_problem


def traced(seed):
    problem = random_problem(seed)
    return StepTrace(
        problem.spec, problem.params, problem.X, problem.y, problem.training, **problem.options
    )


@pytest.mark.parametrize("seed", range(0, 407, 45))
def test_the_equations_of_explanations_hold(seed):
    trace = traced(seed)
    for quantity in ("W1[0,0]", "b1[0]", "delta1[0]", "loss"):
        found = explain(trace, quantity, top=2, check="none")
        shown = [equation for section in found.sections for equation in section.equations]
        assert multiplied_again(shown).verdict == "ok"
        if found.update:
            assert multiplied_again(found.update).verdict == "ok"


def test_a_number_that_its_factors_do_not_give_is_wrong():
    a, b = Quantity("a", 3.0, 1, 0, row=0), Quantity("w", 0.1, 2, 0, 1)
    right = Equation(Quantity("z", 0.1 * 3.0, 2, 0, row=0), (times(a, b),))
    assert multiplied_again([right]).verdict == "ok"
    wrong = Equation(Quantity("z", 0.1 * 3.0 * (1 + 1e-13), 2, 0, row=0), (times(a, b),))
    found = multiplied_again([right, wrong])
    assert found.verdict == "wrong"
    assert found.sentence.startswith("z2[0] is 0.30000000 in the engine")
    assert multiplied_again([]) is None


def test_a_difference_is_held_to_the_size_of_what_is_subtracted():
    one, near = Quantity("a", 1.0), Quantity("a", 1.0 - 1e-12)
    result, error = value(add(one, minus(near)))
    assert result == pytest.approx(1e-12, rel=1e-3)
    assert 1e-16 < error < 1e-14


def test_the_rest_of_a_sum_is_counted():
    q = Quantity("a", 2.0)
    result, error = value(Sum((q,), 5.0, Rest(3.0, 1000)))
    assert result == 5.0
    assert error > value(Sum((q,), 5.0, Rest(3.0, 1)))[1]


def test_a_quotient_by_zero_is_no_number():
    zero = Quantity("a", 0.0)
    assert value(over(Quantity("a", 1.0), zero))[0] != value(over(Quantity("a", 1.0), zero))[0]
