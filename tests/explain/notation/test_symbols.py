"""Every quantity and function has its symbol."""

from __future__ import annotations

import pytest

from chainrule.explain.explain import explain
from chainrule.explain.derivation.names import PARAMETERS
from chainrule.explain.notation.symbols import FUNCTION_SYMBOLS, PARAMETER_KINDS, SYMBOLS
from chainrule.explain.notation.tree import FUNCTIONS


def test_every_function_has_its_symbol():
    assert set(FUNCTION_SYMBOLS) == set(FUNCTIONS)


@pytest.mark.parametrize(("array", "kind"), PARAMETER_KINDS.items())
def test_a_parameter_is_called_after_its_array(array, kind):
    assert array in PARAMETERS
    for name in (kind, f"dL_d{kind}", f"new_{kind}"):
        assert SYMBOLS[name].unicode == SYMBOLS[name].ascii == array


@pytest.mark.parametrize("kind", SYMBOLS)
def test_ascii_is_ascii(kind):
    symbol = SYMBOLS[kind]
    assert "".join([symbol.ascii, symbol.before[1], symbol.after[1]]).isascii()


def test_every_symbol_used_is_in_the_table(traced):
    for quantity in ("W1[0,0]", "loss", "a2[0]"):
        for equation in explain(traced, quantity).equations:
            assert equation.left.kind in SYMBOLS
