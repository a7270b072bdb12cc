"""Lines fit, say all of the formula, and are broken where a person would break them."""

from __future__ import annotations

import pytest

from chainrule.explain.render.latex_lines import broken, is_joined
from chainrule.explain.render.latex_width import latex_width

PRODUCTS = [rf"W_{{{k},10}}^{{(2)}} \cdot \delta_{{{k}}}^{{(2)}}" for k in range(9)]
FORMULAS = {
    "sum": " + ".join(PRODUCTS),
    "in brackets": rf"\bigl({' - '.join(PRODUCTS)}\bigr) \cdot \sigma'(z_{{10}}^{{(1)}})",
    "product": r" \cdot ".join(["0.1234", "(-0.5678)", "0.9012"] * 7),
    "numbers": " + ".join(rf"{k}.2345 \times 10^{{-7}}" for k in range(12)),
}


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("room", [120.0, 200.0, 440.0])
def test_lines_fit_and_say_all(name, room):
    formula = FORMULAS[name]
    lines = broken(formula, room, room - 20)
    for k, line in enumerate(lines):
        assert latex_width(line) <= room - (20 if k else 0) + 0.01, line
    assert " ".join(line.removeprefix("{}") for line in lines) == formula


def test_a_sum_is_broken_between_its_terms():
    lines = broken(FORMULAS["sum"], 200.0, 180.0)
    assert len(lines) > 2 and all(line.startswith("{}+ W") for line in lines[1:])


def test_brackets_are_broken_last():
    first, *_ = broken(r"(0.123456 + 0.234567) \cdot 0.345678", 120.0, 100.0)
    assert first == r"(0.123456 + 0.234567)"


def test_nothing_is_broken_inside_braces():
    formula = r"\frac{0.12345 + 0.23456 + 0.34567}{0.12345 + 0.23456}"
    assert broken(formula, 50.0, 40.0) == [formula]


@pytest.mark.parametrize(
    ("formula", "by", "found"),
    [
        (r"a + b", "+-", True),
        (r"a \cdot b", "+-", False),
        (r"a \cdot b", "+-c", True),
        (r"(a + b)", "+-c", False),
        (r"\bigl(a + b\bigr) - c", "+-", True),
        (r"\frac{a + b}{c}", "+-c", False),
        (r"-a", "+-c", False),
    ],
)
def test_what_stands_outside_brackets(formula, by, found):
    assert is_joined(formula, by) is found
