"""Text with as many digits as asked for."""

from __future__ import annotations

import pytest

from chainrule.explain.derivation.dense import NTK
from chainrule.explain.derivation.embedding import HAS_LEVEL
from chainrule.explain.explain import explain
from chainrule.explain.notation.tree import Quantity
from chainrule.explain.render.text import TextWriter
from rendered import trace_of


@pytest.mark.parametrize(
    ("quantity", "unicode", "plain"),
    [
        (Quantity("dL_dw", 1.0, 1, 3, 2), "∂L/∂W1[3,2]", "dL/dW1[3,2]"),
        (Quantity("new_b", 1.0, 2, 0), "b2[0]′", "b2[0]'"),
        (Quantity("slope", 1.0, 1, 4, row=7, over_rows=True), "σ′(z1[4])@7", "s'(z1[4])@7"),
        (Quantity("scale", 1.0, None, 5), "scale[5]", "scale[5]"),
        (Quantity("met", 1.0, None, 3, symbol=HAS_LEVEL), "[in embedding[3]]", "[in embedding[3]]"),
        (Quantity("squares_of_w", 1.0, 2), "Σ(W2)²", "sum(W2^2)"),
        (Quantity("ntk_factor", 1.0, 2, symbol=NTK), "1/√n", "1/sqrt(n)"),
    ],
)
def test_symbols(quantity, unicode, plain):
    assert TextWriter(4, True).symbol(quantity) == unicode
    assert TextWriter(4, False).symbol(quantity) == plain


def test_what_is_read_can_be_typed():
    trace = trace_of()
    for equation in explain(trace, "W1[3,2]", check="none").equations:
        if equation.left.kind in ("z", "a", "delta", "dL_dw"):
            for unicode in (True, False):
                asked = trace.names.parse(TextWriter(4, unicode).symbol(equation.left))
                assert (asked.unit, asked.source) == (equation.left.unit, equation.left.source)


def test_digits():
    trace = trace_of()
    full = explain(trace, "W1[0,0]", digits="full", full=True)
    assert repr(full.value) in str(full).replace("−", "-")
    assert "all digits" in str(full)
    assert "rounded to 7 digits" in str(explain(trace, "W1[0,0]", digits=7, full=True))
