"""Every quantity and function has its symbol."""

from __future__ import annotations

import pytest

from chainrule.explain.explain import explain
from chainrule.explain.notation.symbols import FUNCTION_SYMBOLS, SYMBOLS, symbol_of
from chainrule.explain.notation.tree import FUNCTIONS
from kinds import EXAMPLES


def test_every_function_has_its_symbol():
    assert set(FUNCTION_SYMBOLS) == set(FUNCTIONS)


FAMILIES = {
    parameter.family
    for layers in EXAMPLES.values()
    for layer in layers
    for parameter in layer.parameters(4)
}


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_parameter_is_called_after_its_array(family):
    kind = family.lower()
    for name in (kind, f"dL_d{kind}", f"new_{kind}"):
        assert symbol_of(name).unicode == symbol_of(name).ascii == family


@pytest.mark.parametrize("kind", SYMBOLS)
def test_ascii_is_ascii(kind):
    symbol = SYMBOLS[kind]
    assert "".join([symbol.ascii, symbol.before[1], symbol.after[1]]).isascii()


def test_every_quantity_is_written(traced):
    for quantity in ("W1[0,0]", "loss", "a2[0]"):
        for equation in explain(traced, quantity).equations:
            assert equation.left.written.latex
