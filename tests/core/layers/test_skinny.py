"""Layers with few outputs keep their weights by inputs: the same numbers all the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule import _core, engine
from chainrule.reference.fit import fit as reference_fit
from chainrule.reference.forward import forward
from chainrule.reference.gradients import complex_step
from chainrule.spec import Dense, Dropout, Loss, NetworkSpec, TrainingSpec
from strategies import verdict

NETS = {
    "one output": ((Dense(65, "sigmoid"), Dense(1)), Loss("squared_error")),
    "two classes": ((Dense(130, "tanh"), Dense(2, "softmax")), Loss("cross_entropy")),
    "bottleneck": (
        (Dense(64, "silu"), Dense(3, "sigmoid", True), Dense(80, "softplus"), Dense(4)),
        Loss("squared_error"),
    ),
    "dropout": (
        (Dense(100, "sigmoid"), Dropout(0.3), Dense(3, "sigmoid")),
        Loss("binary_cross_entropy"),
    ),
}


def problem(name: str, n: int = 37) -> tuple[NetworkSpec, Any, Any, Any]:
    layers, loss = NETS[name]
    spec = NetworkSpec(5, layers, loss)
    rng = np.random.default_rng(7)
    X = rng.standard_normal((n, 5))
    if loss.name == "cross_entropy":
        return spec, engine.initialize(spec, dtype="float64"), X, rng.integers(0, 2, n)
    y = (rng.random((n, spec.n_outputs)) < 0.5).astype(float)
    return spec, engine.initialize(spec, dtype="float64"), X, y


@pytest.fixture(params=_core.instruction_sets())
def isa(request: Any) -> Any:
    before = _core.instruction_set()
    _core.use_instruction_set(request.param)
    yield request.param
    _core.use_instruction_set(before)


@pytest.mark.parametrize("name", NETS)
def test_forward_and_gradients_equal_the_reference(name: str, isa: str) -> None:
    spec, params, X, y = problem(name)
    training = TrainingSpec(l1=0.01, l2=0.1)
    weight = np.linspace(0.5, 2.0, len(X))
    z, a = engine.forward(spec, params, X)
    expected_z, expected_a = forward(spec, params, X)
    for l in range(1, spec.n_layers + 1):
        np.testing.assert_allclose(z[l], expected_z[l], rtol=0, atol=1e-14)
        np.testing.assert_allclose(a[l], expected_a[l], rtol=0, atol=1e-14)
    dropout_epoch = 3 if name == "dropout" else None
    options: dict[str, Any] = {"sample_weight": weight, "dropout_epoch": dropout_epoch}
    _, grads = engine.gradients(spec, params, X, y, training, **options)
    exact = complex_step(spec, params, X, y, training, **options)
    shaped = {key: value.reshape(params[key].shape) for key, value in exact.items()}
    assert verdict(grads, shaped) < 1e-12


@pytest.mark.parametrize("clip_norm", [None, 0.1])
@pytest.mark.parametrize("name", NETS)
def test_fits_equal_the_reference_on_any_number_of_threads(
    name: str, clip_norm: float | None
) -> None:
    spec, params, X, y = problem(name)
    training = TrainingSpec(epochs=6, batch_size=16, learning_rate=0.01, clip_norm=clip_norm)
    expected, *_ = reference_fit(spec, params, X, y, training)
    results = [
        engine.fit(spec, params, X, y, TrainingSpec(**{**vars(training), "n_threads": n})).params
        for n in (1, 2, 3)
    ]
    for key, array in expected.items():
        scale = np.abs(array).max()
        np.testing.assert_allclose(results[0][key], array, rtol=0, atol=1e-9 * scale)
        for other in results[1:]:
            np.testing.assert_array_equal(results[0][key], other[key])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NETS)
def test_a_row_predicts_the_same_alone(name: str, dtype: str) -> None:
    spec, params, X, _ = problem(name)
    low = {key: array.astype(dtype) for key, array in params.items()}
    rows = X.astype(dtype)
    together = engine.predict(spec, low, rows)
    for i in range(len(rows)):
        np.testing.assert_array_equal(together[i], engine.predict(spec, low, rows[i : i + 1])[0])


def test_instruction_sets_with_fma_give_the_same_bits() -> None:
    with_fma = [name for name in _core.instruction_sets() if name != "portable"]
    before = _core.instruction_set()
    for name in NETS:
        spec, params, X, y = problem(name)
        fits = []
        for chosen in with_fma:
            _core.use_instruction_set(chosen)
            fits.append(engine.fit(spec, params, X, y, TrainingSpec(epochs=2)).params)
        _core.use_instruction_set(before)
        for key in params:
            for other in fits[1:]:
                np.testing.assert_array_equal(fits[0][key], other[key])


def test_central_differences_move_the_right_weight() -> None:
    spec, params, X, y = problem("bottleneck")
    _, grads = engine.gradients(spec, params, X, y)
    numeric = engine.numeric_gradients(spec, params, X, y)
    shaped = {key: value.reshape(params[key].shape) for key, value in numeric.items()}
    assert verdict(grads, shaped) < 1e-6
