"""What stands before layer 1: a worked example, layouts, edge cases, and every part left out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from chainrule.reference.backward import backward
from chainrule.reference.forward import forward
from chainrule.reference.gradients import complex_step, gradients
from chainrule.reference.stem import level_places, stem_forward
from chainrule.spec import (
    CategoryEmbedding,
    Dense,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    Scale,
    TrainingSpec,
)
from strategies import random_params, random_rows, verdict

ROOT3 = math.sqrt(3.0)


def network(n_features: int, *stem: object, units: int = 3) -> NetworkSpec:
    layers = (*stem, Dense(units, "tanh"), Dense(2))
    return NetworkSpec(n_features, layers, Loss("squared_error"))  # type: ignore[arg-type]


def test_one_wave_by_hand() -> None:
    """x = 2/3 and freq = 1/4 make u = pi/3, whose cosine is 1/2."""
    layers = (PeriodicEmbedding(1, frequencies=1, outputs=1), Scale(), Dense(1))
    spec = NetworkSpec(1, layers, Loss("squared_error"))
    params = {
        "freq": np.array([[0.25]]),
        "phase": np.array([[0.0]]),
        "mix": np.array([[2.0]]),
        "shift": np.array([[0.5]]),
        "scale": np.array([2.0, 3.0]),
        "W1": np.array([[1.0, -1.0]]),
        "b1": np.array([0.5]),
    }
    z, a = forward(spec, params, np.array([[2.0 / 3.0]]))
    np.testing.assert_allclose(a[0], [[2.0 * 1.5, 3.0 * 2.0 / 3.0]], rtol=1e-15)
    np.testing.assert_allclose(z[1], [[1.5]], rtol=1e-14)

    delta, grads = backward(spec, params, z, a, np.array([[1.0]]))
    np.testing.assert_allclose(delta[1], [[0.5]], rtol=1e-14)
    np.testing.assert_allclose(delta[0], [[0.5, -0.5]], rtol=1e-14)
    expected = {
        "freq": 2.0 * math.pi * (2.0 / 3.0) * -ROOT3,
        "phase": -2.0 * ROOT3 / 2.0,  # g = mix dl/de = 2, and sin u = sqrt(3)/2
        "mix": 0.5,  # dl/de = scale dl/da = 1, and cos u = 1/2
        "shift": 1.0,
    }
    for name, value in expected.items():
        assert grads[name] == pytest.approx(np.array([[value]]), rel=1e-14), name
    np.testing.assert_allclose(grads["scale"], [0.5 * 1.5, -0.5 * 2.0 / 3.0], rtol=1e-14)


def test_a_level_gathers_the_rows_that_have_its_code() -> None:
    """Two features of one and of two known levels: rows 0, 1 and rows 2, 3, 4 of `levels`."""
    layers = (CategoryEmbedding((1, 2), units=2), Dense(1))
    spec = NetworkSpec(3, layers, Loss("squared_error"))
    assert spec.parameter_shapes["levels"] == (5, 2)
    levels = np.arange(10.0).reshape(5, 2)
    params = {"levels": levels, "W1": np.array([[1.0, 2.0, 3.0, 4.0, 5.0]]), "b1": np.zeros(1)}
    X = np.array([[7.0, 1.0, 0.0], [8.0, 1.0, 2.0], [9.0, 0.0, 2.0]])
    z, a = forward(spec, params, X)
    expected = [[7.0, *levels[1], *levels[2]], [8.0, *levels[1], *levels[4]]]
    np.testing.assert_array_equal(a[0], [*expected, [9.0, *levels[0], *levels[4]]])

    y = z[1] - np.array([[1.0], [10.0], [100.0]])  # the deltas
    weight = np.array([1.0, 1.0, 2.0])
    _, grads = backward(spec, params, z, a, y, sample_weight=weight, reduction="sum")
    by_rows = [[200.0 * 2, 200.0 * 3], [11.0 * 2, 11.0 * 3], [1.0 * 4, 1.0 * 5], [0.0, 0.0]]
    np.testing.assert_array_equal(grads["levels"], [*by_rows, [210.0 * 4, 210.0 * 5]])


def test_codes_count_from_the_rows_of_the_features_before() -> None:
    codes = np.array([[0.0, 0.0, 0.0], [1.0, 3.0, 2.0]])
    np.testing.assert_array_equal(level_places((1, 3, 2), codes), [[0, 2, 6], [1, 5, 8]])


def test_columns_follow_each_other_with_themselves_last() -> None:
    spec = network(3, PeriodicEmbedding(2, frequencies=2, outputs=3))
    rng = np.random.default_rng(0)
    params, X = random_params(rng, spec), rng.normal(size=(4, 3))
    a = stem_forward(spec, params, X)
    assert a.shape == (4, spec.n_inputs) == (4, 9)
    for row in range(4):
        for column in range(2):
            u = [
                2.0 * math.pi * f * X[row, column] + p
                for f, p in zip(params["freq"][column], params["phase"][column], strict=True)
            ]
            for output in range(3):
                mix = params["mix"][3 * column + output]
                wave = mix @ np.cos(u) + params["shift"][column, output]
                assert a[row, 4 * column + output] == pytest.approx(wave, rel=1e-14)
            assert a[row, 4 * column + 3] == X[row, column]
        assert a[row, 8] == X[row, 2]


STEMS = {
    "nothing in between": (PeriodicEmbedding(2, 3), CategoryEmbedding((4, 1), 2), Scale()),
    "numbers alone": (PeriodicEmbedding(4),),
    "categories alone": (CategoryEmbedding((1, 1, 2, 5)),),
    "one known level": (CategoryEmbedding((1,), 1),),
    "scale alone": (Scale(),),
    "everything": (PeriodicEmbedding(1, 5, 2), CategoryEmbedding((3,), 4), Scale()),
}


@pytest.mark.parametrize("name", STEMS)
@pytest.mark.parametrize("n", [1, 2, 9])
def test_gradients_are_those_of_the_complex_step(name: str, n: int) -> None:
    spec = network(4, *STEMS[name])
    rng = np.random.default_rng(n)
    params, X = random_params(rng, spec), random_rows(rng, spec, n)
    arguments = (spec, params, X, rng.normal(size=(n, 2)), TrainingSpec(l1=0.1, l2=0.2))
    options = {"sample_weight": rng.uniform(0.5, 2.0, size=n)}
    _, grads = gradients(*arguments, **options)
    assert list(grads) == list(spec.parameter_shapes)
    assert verdict(grads, complex_step(*arguments, **options)) <= 1e-13


def test_the_penalty_is_none_of_the_stems_business() -> None:
    spec = network(4, *STEMS["everything"])
    rng = np.random.default_rng(0)
    arguments = (spec, random_params(rng, spec), random_rows(rng, spec, 5), rng.normal(size=(5, 2)))
    _, bare = gradients(*arguments, TrainingSpec())
    _, penalised = gradients(*arguments, TrainingSpec(l1=1.0, l2=1.0))
    for name in ("freq", "phase", "mix", "shift", "levels", "scale"):
        np.testing.assert_array_equal(penalised[name], bare[name])


def test_a_scale_of_one_is_no_scale() -> None:
    plain, scaled = network(3), network(3, Scale())
    rng = np.random.default_rng(1)
    params, X = random_params(rng, plain), rng.normal(size=(5, 3))
    z, a = forward(plain, params, X)
    scaled_z, scaled_a = forward(scaled, {"scale": np.ones(3), **params}, X)
    np.testing.assert_array_equal(scaled_a[0], a[0])
    np.testing.assert_array_equal(scaled_z[2], z[2])
    assert scaled_z[0] is X and z[0] is None


def test_no_rows_give_no_inputs() -> None:
    spec = network(4, *STEMS["everything"])
    params = random_params(np.random.default_rng(0), spec)
    assert stem_forward(spec, params, np.zeros((0, 4))).shape == (0, spec.n_inputs)
