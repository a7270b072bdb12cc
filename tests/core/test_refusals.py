"""What the core refuses by itself, whoever calls it."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import _core, engine
from chainrule.engine.plans import network_plan, training_plan
from chainrule.engine.rows import TrainingRows, parameter_list
from chainrule.spec import SCHEDULES, Dense, Loss, NetworkSpec, TrainingSpec

SPEC = NetworkSpec(3, (Dense(4, "tanh"), Dense(2)), Loss("squared_error"))
X, Y = np.random.default_rng(0).normal(size=(5, 3)), np.zeros((5, 2))


def difference(parameter: int, index: int) -> float:
    """The central difference by element `index` of a parameter, both by number."""
    params = engine.initialize(SPEC, dtype="float64")
    found = _core.numeric_gradients(
        network=network_plan(SPEC),
        training=training_plan(SPEC, TrainingSpec()),
        values=parameter_list(SPEC, params),
        rows=TrainingRows.of(SPEC, np.dtype(np.float64), X, Y, None).arrays(),
        dropout_epoch=-1,
        parameters=np.array([parameter], np.int64),
        indices=np.array([index], np.int64),
        n_threads=1,
    )
    return float(found[0])


@pytest.mark.parametrize(
    ("parameter", "index"), [(-1, 0), (4, 0), (10**9, 0), (0, -1), (0, 12), (1, 4), (3, 2)]
)
def test_parameters_that_do_not_exist(parameter: int, index: int) -> None:
    with pytest.raises(IndexError, match="no such parameter"):
        difference(parameter, index)


def test_the_last_element_of_each_is_there() -> None:
    params = engine.initialize(SPEC, dtype="float64")
    expected = engine.trace(SPEC, params, X, Y).grads
    for number, gradient in enumerate(expected.values()):
        for index in (0, gradient.size - 1):
            assert difference(number, index) == pytest.approx(gradient.flat[index], abs=1e-8)


def test_a_network_without_a_dense_layer() -> None:
    loss = {"loss": "squared_error", "huber_delta": 1.0, "quantiles": []}
    plan = _core.NetworkPlan(n_features=2, layers=[_core.Scale()], n_outputs=2, **loss)
    with pytest.raises(ValueError, match="a network needs a dense layer"):
        _core.packed(plan, [np.ones(2)])


def test_schedules_have_names() -> None:
    for name in SCHEDULES:
        _core.SchedulePlan(name)
    with pytest.raises(ValueError, match=r"schedule.*flat_cos"):
        _core.SchedulePlan("linear")
