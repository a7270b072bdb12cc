"""The learning rate that a picture shows is the one that the engine stepped with."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import chainrule
from chainrule.plots.rates import learning_rates
from chainrule.spec import History

SCHEDULES = ["constant", "cosine", "exponential", "coslog4", "flat_cos",
             {"name": "step", "every": 2, "factor": 0.1},
             {"name": "plateau", "patience": 1, "factor": 0.5}]  # fmt: skip


@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
def test_against_the_steps_themselves(schedule):
    """One row, z = w + b, half squared error: a step of sgd takes z to z (1 - 2 eta)."""
    X, y = np.ones((1, 1)), np.zeros(1)
    net = chainrule.Network([1, 1], dtype="float64", random_state=1)
    net.weights, net.biases = [np.array([[1.0]])], [np.array([0.5])]
    net.fit(X, y, optimizer="sgd", learning_rate=0.4, schedule=schedule, epochs=6, batch_size=None)
    losses = [*net.history.loss, net.loss(X, y)]
    rates = np.array(learning_rates(net.to_record().training, net.history))
    ratios = np.array([np.sqrt(b / a) for a, b in itertools.pairwise(losses)])
    np.testing.assert_allclose(np.abs(1 - 2 * rates), ratios, rtol=1e-9)


def test_no_epochs():
    assert learning_rates(chainrule.Network([1, 1])._training_for({}), History()) == ()
