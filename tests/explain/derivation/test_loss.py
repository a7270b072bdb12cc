"""The loss of a row, of all rows, and the penalty."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.trace import StepTrace
from chainrule.spec import LOSSES, Dense, Loss, NetworkSpec, TrainingSpec


def derivation(name, **training):
    quantiles = (0.2, 0.7) if LOSSES[name].constants == ("quantiles",) else ()
    spec = NetworkSpec(
        3,
        (Dense(4, "tanh"), Dense(2, LOSSES[name].output_activation)),
        Loss(name, quantiles=quantiles),
    )
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 5) if name == "cross_entropy" else rng.integers(0, 2, (5, 2)) * 1.0
    params = engine.initialize(spec, seed=0, dtype="float64")
    X, y = rng.normal(size=(5, 3)), y[:, :1] if quantiles else y
    return Derivation(StepTrace(spec, params, X, y, TrainingSpec(**training)))


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_comes_out(name):
    loss = derivation(name).loss
    for r in range(5):
        for equation in (*loss.of_row(r), loss.delta(0, r), loss.delta(1, r)):
            assert equation.right[-1].value == pytest.approx(equation.left.value, abs=1e-14)
    assert loss.total().right[-1].value == pytest.approx(loss.total().left.value, rel=1e-14)
    assert loss.penalty() is None


def test_the_constant_is_that_of_the_output():
    loss = derivation("pinball").loss
    assert [loss.output(j, 0).constant.value for j in (0, 1)] == [0.2, 0.7]
    assert derivation("huber").loss.output(0, 0).constant.kind == "huber_delta"
    assert derivation("poisson").loss.output(0, 0).constant is None


def test_a_penalty_counts_the_weights_of_every_layer():
    equation = derivation("squared_error", l1=0.1, l2=0.2).loss.penalty()
    assert len(equation.right[0].terms) == 4
    assert equation.right[0].value == pytest.approx(equation.left.value, rel=1e-14)
