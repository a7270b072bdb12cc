"""Products and activations of the core against NumPy, at every edge of a tile."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.reference.forward import forward
from chainrule.reference.gradients import frozen_masks
from chainrule.spec import ACTIVATIONS, Dense, Loss, NetworkSpec
from comparing import FUSED, instruction_set, rounded
from strategies import COMBINATIONS, random_problem, random_rows


def linear(n_in: int, n_out: int, activation: str = "identity") -> NetworkSpec:
    return NetworkSpec(n_in, (Dense(n_out, activation),), Loss("squared_error"))


def drawn(spec: NetworkSpec, n: int, seed: int = 0) -> tuple[dict[str, np.ndarray], np.ndarray]:
    rng = np.random.default_rng(seed)
    params = {name: rng.normal(size=shape) for name, shape in spec.parameter_shapes.items()}
    return params, rng.normal(size=(n, spec.n_features))


def off(got: np.ndarray, spec: NetworkSpec, params: dict[str, np.ndarray], X: np.ndarray) -> float:
    """Error of one linear layer, as a share of the sum of the sizes of its terms."""
    W, b = params["W1"], params["b1"]
    terms = np.abs(X) @ np.abs(W).T + np.abs(b)
    return float((np.abs(got - (X @ W.T + b)) / terms).max())


@pytest.mark.parametrize("name", [*FUSED, "portable"])
@pytest.mark.parametrize(("dtype", "bound"), [("float64", 1e-15), ("float32", 6e-7)])
def test_products_at_every_edge_of_a_tile(name: str, dtype: str, bound: float) -> None:
    lanes = 16 if dtype == "float32" else 8
    with instruction_set(name):
        for n_out in [*range(1, 2 * lanes + 2), 6 * lanes, 7 * lanes + 3]:
            for n in (1, 2, 3, 5, 6, 7, 11, 12, 13, 24, 25):
                spec = linear(3, n_out)
                params, X = drawn(spec, n, n_out)
                got = engine.predict(spec, rounded(params, dtype), X)
                assert off(got, spec, params, X) <= bound, (n_out, n)


@pytest.mark.parametrize("name", [*FUSED, "portable"])
@pytest.mark.parametrize("n_in", [1, 2, 255, 256, 257, 383, 384, 385, 511, 512, 600, 640, 1030])
def test_sums_at_every_edge_of_a_block(name: str, n_in: int) -> None:
    with instruction_set(name):
        for n, n_out in ((1, 40), (7, 16), (121, 9)):
            spec = linear(n_in, n_out)
            params, X = drawn(spec, n)
            assert off(engine.predict(spec, params, X), spec, params, X) <= 1e-15


@pytest.mark.parametrize("n", range(1, 26))
def test_one_row_more_changes_no_row(n: int) -> None:
    spec = NetworkSpec(5, (Dense(19, "tanh"), Dense(3)), Loss("squared_error"))
    params, X = drawn(spec, 26)
    np.testing.assert_array_equal(
        engine.predict(spec, params, X[:n]), engine.predict(spec, params, X)[:n]
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_row_does_not_depend_on_its_batch(dtype: str) -> None:
    for seed in range(0, len(COMBINATIONS), 7):
        problem = random_problem(seed)
        params = rounded(problem.params, dtype)
        X = random_rows(np.random.default_rng(seed), problem.spec, 150)
        for logits in (False, True):
            together = engine.predict(problem.spec, params, X, logits=logits)
            assert together.dtype == dtype
            for i in (0, 5, 100, 119, 120, 149):
                alone = engine.predict(problem.spec, params, X[i : i + 1], logits=logits)
                assert alone.tobytes() == together[i : i + 1].tobytes(), (seed, i)


@pytest.mark.parametrize("shape", [(600, 40, 3), (257, 385, 10), (2, 2, 1), (64, 300, 33)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_row_of_a_wide_network_does_not_depend_on_its_batch(
    shape: tuple[int, int, int], dtype: str
) -> None:
    n_in, hidden, n_out = shape
    spec = NetworkSpec(n_in, (Dense(hidden, "silu"), Dense(n_out)), Loss("huber"))
    params, X = drawn(spec, 130)
    params = rounded(params, dtype)
    together = engine.predict(spec, params, X, n_threads=2)
    rows = [engine.predict(spec, params, X[i : i + 1])[0] for i in range(130)]
    assert together.tobytes() == np.array(rows).tobytes()


def test_every_z_and_a_is_the_references() -> None:
    for seed in range(0, len(COMBINATIONS), 4):
        problem = random_problem(seed)
        z, a = forward(problem.spec, problem.params, problem.X)
        engine_z, engine_a = engine.forward(problem.spec, problem.params, problem.X)
        assert engine_z[0] is None
        for expected, got in zip(z[1:] + a, engine_z[1:] + engine_a, strict=True):
            scale = np.abs(expected).max() + 1e-300
            assert np.abs(got - expected).max() <= 2e-14 * max(scale, 1.0), seed
        np.testing.assert_array_equal(
            engine.predict(problem.spec, problem.params, problem.X), engine_a[-1]
        )
        np.testing.assert_array_equal(
            engine.predict(problem.spec, problem.params, problem.X, logits=True), engine_z[-1]
        )


def test_masked_forward_is_the_references() -> None:
    seeds = [s for s in range(300) if random_problem(s).dropout_epoch is not None][:25]
    for seed in seeds:
        problem = random_problem(seed)
        n = len(problem.X)
        masks = frozen_masks(problem.spec, n, problem.training, problem.dropout_epoch)
        z, a = forward(problem.spec, problem.params, problem.X, masks)
        seen = engine.trace(
            problem.spec,
            problem.params,
            problem.X,
            problem.y,
            problem.training,
            **problem.options,
        )
        assert masks is not None
        for expected, got in zip(masks, seen.masks, strict=True):
            assert (expected is None) == (got is None)
            if expected is not None:
                np.testing.assert_array_equal(got, expected)
        for expected, got in zip(z[1:] + a[1:], seen.z[1:] + seen.a[1:], strict=True):
            assert got is not None
            np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_activations_at_the_ends(activation: str, dtype: str) -> None:
    """Huge and tiny z give the limits, NaN never turns into a number, no warning is a surprise."""
    spec = linear(1, 1, activation)
    params = {"W1": np.ones((1, 1), dtype), "b1": np.zeros(1, dtype)}
    z = np.array([[-1e30], [-50.0], [-0.0], [0.0], [50.0], [1e30]], dtype)
    a = engine.predict(spec, params, z).ravel()
    assert not np.isnan(a).any()
    limits = {
        "sigmoid": (0.0, 1.0),
        "tanh": (-1.0, 1.0),
        "relu": (0.0, 1e30),
        "elu": (-1.0, 1e30),
        "gelu": (0.0, 1e30),
        "silu": (0.0, 1e30),
        "mish": (0.0, 1e30),
        "softplus": (0.0, 1e30),
        "leaky_relu": (-1e28, 1e30),
        "identity": (-1e30, 1e30),
        "selu": (-1.0507009873554805 * 1.6732632423543772, 1.0507009873554805e30),
    }
    np.testing.assert_allclose(a[[0, -1]], limits[activation], rtol=1e-6, atol=1e-20)
    params["b1"][0] = np.nan
    assert np.isnan(engine.predict(spec, params, z)).all()


def test_no_rows_give_no_predictions() -> None:
    spec = linear(3, 2)
    params, _ = drawn(spec, 1)
    assert engine.predict(spec, params, np.zeros((0, 3))).shape == (0, 2)
