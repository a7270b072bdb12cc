"""LaTeX: indices below, layers above, lines that fit, and names that stay text."""

from __future__ import annotations

import re

import pytest

from chainrule.explain.explain import explain
from chainrule.explain.notation.tree import (
    HALF,
    Number,
    Quantity,
    Total,
    add,
    apply,
    over,
    power,
    times,
)
from chainrule.explain.render.latex import LatexWriter
from rendered import HOSTILE, trace_of

WIDE = times(*[Quantity("a", k / 7, 1, k, row=0) for k in range(1, 12)])


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity("dL_dw", 1.0, 1, 3, 2), r"\partial L/\partial W_{3,2}^{(1)}"),
        (Quantity("new_b", 1.0, 2, 0), r"{b_{0}^{(2)}}'"),
        (Quantity("delta", 1.0, 1, 3, row=7, over_rows=True), r"\delta_{3}^{(1)}@7"),
        (Quantity("scale", 1.0, None, 5), r"\mathrm{scale}_{5}"),
        (Quantity("w", 1.0, 2, 0, 3, running="k,3"), r"W_{k,3}^{(2)}"),
    ],
)
def test_symbols(quantity, text):
    assert LatexWriter(4).symbol(quantity) == text


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (Number(2e-9), r"2 \times 10^{-9}"),
        (power(Quantity("z", 2e-9), 2), r"\bigl(2.000 \times 10^{-9}\bigr)^{2}"),
        (over(Number(1), Number(4)), r"\frac{1}{4}"),
        (apply("exp", over(HALF, Number(2))), r"\exp\Bigl(\frac{0.5}{2}\Bigr)"),
        (apply("sqrt", Number(2)), r"\sqrt{2}"),
        (add(Number(1), times(Total(HALF, "k", 3, -2.0), Number(3))), r"1 - 2.000 \cdot 3"),
        (apply("abs", Number(2)), r"\lvert 2\rvert "),
        (Number(float("inf")), r"\infty"),
        (Number(float("nan")), r"\mathrm{NaN}"),
    ],
)
def test_numbers(node, text):
    assert LatexWriter(4).node(node, True) == text


def test_what_is_too_wide_to_stack_stands_in_a_line():
    writer = LatexWriter(4)
    assert r"\frac" in writer.node(over(Number(1), Number(2)), False)
    fraction = writer.node(over(WIDE, Number(2)), False)
    assert r"\frac" not in fraction and fraction.endswith("/2")
    assert writer.node(apply("sqrt", WIDE), False).endswith(r"\bigr)^{1/2}")


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_text(name):
    latex = explain(trace_of(names=(name, "b", "c", "d")), "W1[0,0]").to_latex()
    assert latex.isascii()
    assert r"\input" not in latex.replace(r"\textbackslash{}input", "")
    bare = re.sub(r"\\[{}]", "", latex)
    assert bare.count("{") == bare.count("}")


def test_a_fragment_says_what_it_needs_and_a_document_has_it():
    found = explain(trace_of(), "W1[0,0]")
    fragment, document = found.to_latex(), found.to_latex(document=True)
    assert fragment.startswith(r"% Needs \usepackage{amsmath}")
    assert r"\documentclass" not in fragment and fragment in document
    assert re.findall(r"\\usepackage\{(\w+)\}", document.split(r"\begin{document}")[0]) == [
        "amsmath"
    ]


def test_the_full_form_has_every_equation():
    trace = trace_of()
    short, full = (explain(trace, "W1[0,0]", full=full).to_latex() for full in (False, True))
    assert "delta of the output" in full and "delta of the output" not in short
