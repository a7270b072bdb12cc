"""Formulas as MathML: one element where one is needed, places for a break elsewhere."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from chainrule.explain.notation.tree import (
    HALF,
    ONE,
    Number,
    Quantity,
    Total,
    add,
    apply,
    cancel,
    minus,
    over,
    power,
    times,
)
from chainrule.explain.render.mathml import BREAK, MathWriter, parts

WRITER = MathWriter(4)
WIDE = times(*[Quantity("a", k / 7, 1, k, row=0) for k in range(1, 12)])


def text(formula):
    return "".join(ElementTree.fromstring(f"<math>{formula}</math>").itertext()).replace(BREAK, "")


@pytest.mark.parametrize(
    ("quantity", "written"),
    [
        (Quantity("dL_dw", 1.0, 1, 3, 2), "∂L/∂W3,2(1)"),
        (Quantity("new_b", 1.0, 2, 0), "b0(2)′"),
        (Quantity("slope", 1.0, 1, 4, row=7, over_rows=True), "σ′(z4(1))@7"),
        (Quantity("w", 1.0, 2, 0, 3, running="k,3"), "Wk,3(2)"),
    ],
)
def test_symbols(quantity, written):
    assert text(WRITER.symbol(quantity)) == written


def test_a_symbol_has_its_role_and_its_home():
    symbol = WRITER.symbol(Quantity("w", 1.0, 1, 3, 2))
    assert symbol.startswith('<mrow class="weight" data-ref="w/1/3/2">')


@pytest.mark.parametrize(
    ("node", "written"),
    [
        (add(ONE, minus(Number(3.0))), "1−3"),
        (times(Number(2.0), Number(-3.0)), "2·(−3)"),
        (power(add(ONE, HALF), 2), "(1+0.5)2"),
        (over(ONE, Number(3.0)), "13"),
        (apply("sqrt", Number(3.0)), "3"),
        (apply("exp", minus(Number(3.0))), "exp(−3)"),
        (apply("abs", Number(3.0)), "|3|"),
        (minus(times(Total(ONE, "k", 3, -2.0), Number(3.0))), "−(−2.000·3)"),
        (cancel(ONE, HALF), "10.5·0.5"),
    ],
)
def test_nodes(node, written):
    formula = WRITER.node(node, True)
    assert text(formula) == written
    whole = ElementTree.fromstring(f"<math>{formula}</math>")
    for each in [*whole.iter("mfrac"), *whole.iter("msup")]:
        assert len(each) == 2


def test_what_is_short_is_drawn_whole():
    assert "<msqrt>" in WRITER.node(apply("sqrt", add(ONE, HALF)), True)
    assert BREAK not in WRITER.node(apply("sqrt", add(ONE, HALF)), True)
    assert "<mfrac>" in WRITER.node(over(add(ONE, HALF), HALF), True)


def test_what_is_wide_may_be_broken():
    for node in (apply("sqrt", WIDE), over(WIDE, HALF)):
        formula = WRITER.node(node, True)
        assert formula.count(BREAK) >= 10
        assert "<msqrt>" not in formula and "<mfrac>" not in formula


def test_parts_are_formulas_of_their_own():
    formula = WRITER.node(add(ONE, minus(HALF), Number(2.0)), True)
    pieces = parts(f"<mo>=</mo>{formula}")
    assert [text(each) for each in pieces] == ["=1", "−0.5", "+2"]
    assert all('form="infix"' in each for each in pieces)
