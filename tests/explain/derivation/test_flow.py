"""What passes through the units of every layer adds up to the row's derivative."""

from __future__ import annotations

import pytest

from chainrule.explain.derivation.asked import Asked
from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.derivation.flow import Flow
from chainrule.explain.derivation.gradient import Gradient


@pytest.mark.parametrize(
    ("tensor", "at"),
    [("W1", (2, 5)), ("scale", (3,)), ("frequency", (0, 1)), ("embedding", (1, 0)), ("b2", (3,))],
)
def test_every_layer_carries_the_whole(trace, tensor, at):
    build = Derivation(trace)
    asked = Asked.of_parameter(trace.spec, tensor, at)
    parts = Gradient(build, asked).row_parts
    for row in range(0, trace.n_rows, 4):
        found = Flow(build, asked, row).through()
        assert max(found) == trace.spec.n_layers
        for values in found.values():
            size = abs(values).sum()
            assert values.sum() == pytest.approx(parts[row], rel=1e-11, abs=1e-13 * size + 1e-300)


def test_a_delta_passes_through_its_own_unit(trace):
    found = Flow(Derivation(trace), Asked("delta", 1, 2), 5).through()
    assert found[1][2] == pytest.approx(trace.delta[1][5, 2], rel=1e-12)
    assert found[3].sum() == pytest.approx(trace.delta[1][5, 2], rel=1e-11)
