"""The ways that a picture lights multiply and add up to the engine's gradient."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule
from chainrule.explain.examples import mazur, xor
from chainrule.plots import plot_network
from chainrule.plots.network.ways import find_ways
from chainrule.spec import Dense, LayerNorm


@pytest.fixture(scope="module")
def deep():
    random = np.random.default_rng(0)
    X, y = random.normal(size=(6, 3)), random.normal(size=(6, 2))
    net = chainrule.Network([3, 5, 4, 2], activation="tanh", random_state=1, dropout=0.3)
    return net.trace(X, y, dropout_epoch=0, reduction="sum")


@pytest.mark.parametrize("quantity", ["W1[2,1]", "W2[3,0]", "W3[1,2]", "b1[4]", "b3[0]"])
def test_all_ways_of_all_rows_are_the_gradient(deep, quantity):
    total = 0.0
    for row in range(6):
        ways = find_ways(deep, quantity, row, limit=100)
        products = [np.prod([factor.value for factor in way.factors]) for way in ways.shown]
        assert products == pytest.approx([way.value for way in ways.shown], rel=1e-12)
        assert ways.n_others == 0
        assert sum(products) == pytest.approx(ways.part, rel=1e-12, abs=1e-15)
        total += ways.part
    asked = deep.names.parse(quantity)
    assert total == pytest.approx(float(deep.grads[asked.tensor][asked.at]), rel=1e-12)
    assert ways.gradient == float(deep.grads[asked.tensor][asked.at])


def test_the_rest_is_summed(deep):
    ways = find_ways(deep, "W1[2,1]", 0, limit=3)
    assert len(ways.shown) == 3 and ways.n_others == 4 * 2 - 3
    assert sum(way.value for way in ways.shown) + ways.others == pytest.approx(ways.part)


def test_mazur_lights_two_ways():
    display = plot_network(mazur().trace(), highlight="W1[0,0]")
    lit = {key for key, line in display.lines_.items() if line.get_alpha() == 1.0}
    weights = {key for key in lit if isinstance(key[0][0], int) and isinstance(key[1][0], int)}
    assert weights == {((0, 0), (1, 0)), ((1, 0), (2, 0)), ((1, 0), (2, 1))}
    found = [text.get_text() for text in display.ax_.texts]
    first = "a0[0]·σ′(z1[0])·W2[0,0]·δ2[0] = 0.05·0.2413·0.4·0.1385 = +0.0006684"
    assert first in found and "sum over the ways: +0.0004386" in found
    assert "W1[0,0] = 0.15" in found


def test_rows_are_told_and_the_largest_is_chosen():
    display = plot_network(xor().trace(), highlight="W1[0,0]")
    assert display.row == 3
    last = display.picture.footer[-1]
    assert last == "row 3 adds +0.004150 to ∂L/∂W1[0,0] = 0.001760, the sum over 4 rows"


def test_layers_that_mix_units_leave_one_product():
    net = chainrule.Network([2, Dense(3, "tanh"), LayerNorm(), Dense(1)], random_state=0)
    trace = net.trace(np.eye(2), np.ones(2))
    ways = find_ways(trace, "W1[1,0]", 0)
    assert not ways.is_told_apart and len(ways.shown) == 1
    assert ways.part == pytest.approx(trace.delta[1][0, 1] * trace.a[0][0, 0])
    footer = plot_network(trace, highlight="W1[1,0]").picture.footer
    assert "a layer above mixes units: its ways are not told apart" in footer
