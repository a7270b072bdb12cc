"""How much a quantity weighs in an expression, by the rules of derivatives."""

from __future__ import annotations

import pytest

from chainrule.explain.notation.slopes import influences
from chainrule.explain.notation.tree import (
    HALF,
    Quantity,
    add,
    apply,
    minus,
    over,
    power,
    times,
)

a, b = Quantity("a", 3.0), Quantity("b", -2.0)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (add(a, minus(b)), (1.0, 1.0)),
        (times(a, b), (2.0, 3.0)),
        (times(HALF, a, b, b), (2.0, 6.0)),
        (over(a, b), (0.5, 0.75)),
        (add(power(a, 3), b), (27.0, 1.0)),
        (times(apply("exp", a), b), (2.0, apply("exp", a).value)),
    ],
)
def test_of_both(node, expected):
    found = influences(node)
    assert (found[a], found[b]) == pytest.approx(expected)


def test_what_divides_by_zero_and_what_overflows():
    assert influences(over(a, Quantity("n", 0.0)))[a] == 0.0
    assert influences(power(Quantity("z", 1e200), 3)) == {Quantity("z", 1e200): float("inf")}
