"""Attributions of plain networks against their outputs, linear algebra and brute force."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import chainrule
from chainrule.errors import DataError, SpecError
from chainrule.spec import Activation, Dense, Dropout, Scale
from kinds import EXAMPLES, network_with

RNG = np.random.default_rng(11)
X = RNG.normal(size=(24, 3))


def network(*layers, **keywords):
    return chainrule.Network([3, *layers], dtype="float64", random_state=4, **keywords)


def adds_up(found, expected):
    np.testing.assert_allclose(found.answers, expected, rtol=1e-9, atol=1e-9)
    total = found.base_values + found.values.sum(axis=1)
    np.testing.assert_allclose(total, found.answers, rtol=0, atol=1e-9)


@pytest.mark.parametrize("method", ["gradients", "shapley"])
@pytest.mark.parametrize("activation", ["identity", "sigmoid", "tanh", "softplus"])
def test_outputs_of_any_activation_add_up(activation, method):
    net = network(5, 1, output_activation=activation)
    found = net.attribute(X, method=method, n_samples=4)
    adds_up(found, net.predict(X)[:, 0])
    assert (found.unit, found.names) == ("the prediction", ("x0", "x1", "x2"))


def test_classes_counts_and_several_outputs():
    net = network(4, 3, loss="cross_entropy")
    p = np.log(net.predict(X))
    found = net.attribute(X, n_samples=4, names={"outputs": ["a", "b", "c"]})
    adds_up(found, p - p.mean(axis=1, keepdims=True))
    assert (found.unit, found.answer_names) == ("relative log-probability", ("a", "b", "c"))
    net = network(4, 2, loss="cross_entropy")
    p = net.predict(X)
    found = net.attribute(X, n_samples=4)
    adds_up(found, np.log(p[:, 1] / p[:, 0]))
    assert found.unit == "log-odds of output 1"
    for n in (1, 2):
        net = network(4, n, loss="binary_cross_entropy")
        p = net.predict(X)
        found = net.attribute(X, n_samples=4)
        adds_up(found, np.log(p / (1 - p)).reshape(found.answers.shape))
    net = network(4, 2, loss="poisson")
    adds_up(net.attribute(X, n_samples=4), net.predict(X))


def test_a_linear_network_is_shared_out_exactly():
    net = network(1)
    background = X[:5]
    for method in ("gradients", "shapley"):
        found = net.attribute(X, background=background, method=method, n_samples=10)
        w = net.weights[0][0]
        expected = w * (X - background.mean(axis=0))
        np.testing.assert_allclose(found.values, expected, atol=4 * found.errors.max() + 1e-9)
        assert float(found.base_values) == pytest.approx(background.mean(axis=0) @ w)


def test_shapley_values_are_those_of_brute_force():
    net = network(6, 1, activation="tanh", output_activation="sigmoid")
    rows, background = X[:4], X[4:12]

    def worth(coalition):
        mixed = np.tile(background, (4, 1))
        mixed[:, coalition] = np.repeat(rows, 8, axis=0)[:, coalition]
        return net.predict(mixed).reshape(4, 8).mean(axis=1)

    expected = np.zeros((4, 3))
    for j, size in itertools.product(range(3), range(3)):
        for others in itertools.combinations([k for k in range(3) if k != j], size):
            share = math.factorial(size) * math.factorial(2 - size) / math.factorial(3)
            expected[:, j] += share * (worth([*others, j]) - worth(list(others)))
    found = net.attribute(rows, background=background, method="shapley", n_samples=400)
    assert (np.abs(found.values - expected) < 4 * found.errors + 1e-9).all()


@pytest.mark.parametrize("layer", [layer for kind in EXAMPLES.values() for layer in kind], ids=str)
def test_every_layer_kind_adds_up(layer):
    """Of the parts as they are drawn, too: what is missing from the sum is within their errors."""
    spec = network_with(layer)
    net = chainrule.Network([4, *spec.layers], dtype="float64", random_state=4)
    rows = np.column_stack([RNG.integers(0, 2, 40) for _ in range(4)]).astype(float)
    found = net.attribute(rows[:6], background=rows, n_samples=64)
    adds_up(found, net.predict(rows[:6]))
    other = net.attribute(rows[:6], background=rows, n_samples=64, random_state=1)
    error = np.sqrt(found.errors**2 + other.errors**2)
    assert (np.abs(found.values - other.values) <= 6 * error + 1e-9).all()


@pytest.mark.parametrize("before", [(), (Dropout(0.1),), (Activation("tanh"), Dropout(0.1))])
def test_a_scale_before_layer_1(before):
    net = network(*before, Scale(), Dense(4, "tanh"), Dense(1))
    net.params = {"scale": np.array([2.0, -1.0, 0.5])}
    adds_up(net.attribute(X, n_samples=4), net.predict(X)[:, 0])
    start, way, h = X[6:7], X[:1] - X[6:7], 1e-6  # one path: integrated gradients by quadrature
    at = start + (np.arange(400)[:, None] + 0.5) / 400 * way
    slopes = [(net.predict(at + h * e) - net.predict(at - h * e)) / (2 * h) for e in np.eye(3)]
    found = net.attribute(X[:1], background=start, n_samples=400)
    np.testing.assert_allclose(found.values, way * np.mean(slopes, axis=(1, 2)), atol=1e-3)


def test_names_are_those_of_the_table_of_a_member():
    table = {"size": X[:, 0], "weight": X[:, 1]}
    model = chainrule.MLPRegressor(hidden_layer_sizes=(4,), max_iter=3, random_state=0).fit(
        X[:, :2], X[:, 2]
    )
    assert model.member(0).attribute(X[:2, :2], n_samples=2).names == ("x0", "x1")
    member = chainrule.TabularRegressor(epochs=2, preset="fast").fit(table, X[:, 2]).member(0)
    found = member.attribute(X[:2, :2].astype("float32"), n_samples=2)
    assert found.names == ("size", "weight")


@pytest.mark.parametrize(
    ("keywords", "error", "words"),
    [
        ({"n_samples": 1}, SpecError, "n_samples"),
        ({"n_samples": 2.5}, SpecError, "n_samples"),
        ({"method": "lime"}, SpecError, "method"),
        ({"random_state": -1}, SpecError, "random_state"),
        ({"names": ["a"]}, SpecError, "3 input names"),
        ({"background": [[0.0]]}, DataError, "background"),
    ],
)
def test_bad_arguments_are_named(keywords, error, words):
    with pytest.raises(error, match=words):
        network(1).attribute(X, **keywords)
