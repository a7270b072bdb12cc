"""Paths: all of them add up to the gradient; above the limit the k largest are really those."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.derivation import paths as paths_module
from chainrule.explain.explain import explain
from chainrule.explain.trace import StepTrace
from chainrule.spec import Dense, Dropout, Loss, NetworkSpec


def trace_of(*layers, seed=0, n_features=3):
    spec = NetworkSpec(n_features, layers, Loss("squared_error"))
    rng = np.random.default_rng(seed)
    params = engine.initialize(spec, seed=seed, dtype="float64")
    n = 4
    X, y = rng.standard_normal((n, n_features)), rng.standard_normal((n, spec.n_outputs))
    epoch = 1 if any(spec.dropout_rates) else None
    return StepTrace(spec, params, X, y, dropout_epoch=epoch)


def by_hand(trace, layer, unit, source, row):
    """Every path's product, by the definition."""
    spec = trace.spec
    L = spec.n_layers
    products = {}
    for way in itertools.product(*(range(n) for n in spec.layer_sizes[layer + 1 :])):
        units = (unit, *way)
        value = trace.a[layer - 1][row, source] * trace.delta[L][row, units[-1]]
        if trace.masks[layer - 1] is not None:
            value *= trace.masks[layer - 1][row, source]
        for l, (j, k) in enumerate(itertools.pairwise(units), start=layer):
            value *= trace.slope[l][row, j] * trace.params[f"W{l + 1}"][k, j]
            if trace.masks[l] is not None:
                value *= trace.masks[l][row, j]
        products[units] = value
    return products


NETWORKS = [
    (Dense(3, "tanh"), Dense(4, "sigmoid"), Dense(2)),
    (Dense(2, "relu"), Dense(5, "relu"), Dense(3, "gelu"), Dense(1)),
    (Dropout(0.2), Dense(4, "silu"), Dropout(0.5), Dense(4, "tanh"), Dense(2, "tanh")),
    (Dense(3),),
]


@pytest.mark.parametrize("layers", NETWORKS)
@pytest.mark.parametrize("limited", [False, True])
def test_the_largest_paths(layers, limited, monkeypatch):
    if limited:
        monkeypatch.setattr(paths_module, "LIMIT", 1)
    trace = trace_of(*layers)
    for layer in range(1, trace.spec.n_layers):
        quantity = f"W{layer}[1,0]"
        expected = by_hand(trace, layer, 1, 0, 2)
        found = explain(trace, quantity, row=2, top=3, check="none").paths
        assert found.n_paths == len(expected)
        assert found.enumerated == (not limited or len(expected) == 1)
        largest = sorted(expected.values(), key=abs, reverse=True)[:3]
        assert [path.value for path in found.shown] == pytest.approx(largest, rel=1e-13, abs=1e-300)
        for path in found.shown:
            assert path.value == pytest.approx(expected[path.units], rel=1e-13, abs=1e-300)
        rest = found.rest.value if found.rest else 0.0
        size = math.fsum(abs(value) for value in expected.values())
        shown = math.fsum(path.value for path in found.shown)
        assert abs(shown + rest - found.total) <= 1e-12 * size
        assert math.fsum(expected.values()) == pytest.approx(found.total, abs=1e-12 * size)


def test_a_large_network_says_by_difference():
    trace = trace_of(Dense(40, "tanh"), Dense(40, "tanh"), Dense(40, "tanh"), Dense(3))
    found = explain(trace, "W1[3,1]", row=1, top=5)
    assert found.paths.n_paths == 40 * 40 * 3
    trace = trace_of(*[Dense(40, "tanh")] * 4, Dense(3))
    found = explain(trace, "W1[3,1]", row=1, top=5)
    assert found.paths.n_paths == 40 * 40 * 40 * 3
    assert not found.paths.enumerated
    assert found.paths.absolute_sum is None
    assert "by difference" in found.to_text(full=True)
    assert "by difference" in found.to_latex(full=True)
    assert "by difference" in found.to_html()
    total = math.fsum([*(path.value for path in found.paths.shown), found.paths.rest.value])
    assert total == pytest.approx(found.paths.total, rel=1e-12)


def test_output_layers_have_no_paths():
    trace = trace_of(Dense(3, "tanh"), Dense(2))
    assert explain(trace, "W2[0,1]").paths is None
    assert explain(trace, "z1[0]").paths is None
