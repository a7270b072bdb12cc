"""`Network`, the small object: what it takes, keeps, gives back and refuses."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import chainrule
from chainrule import Network
from chainrule.errors import DataError, DivergedError, SpecError
from chainrule.spec import (
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    PeriodicEmbedding,
    Scale,
)

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([0, 1, 1, 0])


def xor_network(**keywords: Any) -> Network:
    settings = {"activation": "tanh", "loss": "binary_cross_entropy", **keywords}
    return Network([2, 8, 1], **settings)


def test_it_learns_xor() -> None:
    net = xor_network()
    history = net.fit(X, Y, learning_rate=0.05, epochs=200)
    assert net.predict(X).round().ravel().tolist() == [0, 1, 1, 0]
    assert history.n_steps == 200
    assert history.stop_reason == "epochs"


def test_forward_lists_are_indexed_by_layer_and_satisfy_the_equations() -> None:
    net = Network([2, 3, 2], activation="tanh", dtype="float64", random_state=4)
    z, a = net.forward(X)
    assert z[0] is None
    np.testing.assert_array_equal(a[0], X)
    for l in (1, 2):
        expected = a[l - 1] @ net.weights[l - 1].T + net.biases[l - 1]
        np.testing.assert_allclose(z[l], expected, rtol=0, atol=1e-15)
    np.testing.assert_allclose(a[1], np.tanh(z[1]), rtol=1e-15)
    np.testing.assert_array_equal(a[2], net.predict(X))


@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy", "poisson"])
def test_forward_needs_no_targets(loss: str) -> None:
    net = Network([2, 4, 3], loss=loss, dtype="float64")
    _, a = net.forward(X)
    np.testing.assert_array_equal(a[-1], net.predict(X))


def test_gradients_descend() -> None:
    net = xor_network(dtype="float64")
    before = net.loss(X, Y)
    dL_dW, dL_db = net.gradients(X, Y)
    rate = 1e-3
    net.weights = [w - rate * g for w, g in zip(net.weights, dL_dW, strict=True)]
    net.biases = [b - rate * g for b, g in zip(net.biases, dL_db, strict=True)]
    squares = sum(float((g * g).sum()) for g in [*dL_dW, *dL_db])
    assert net.loss(X, Y) - before == pytest.approx(-rate * squares, rel=1e-2)


def test_gradients_take_the_last_fits_keywords() -> None:
    net = xor_network(dtype="float64")
    net.fit(X, Y, epochs=1, reduction="sum", l2=0.5)
    summed, _ = net.gradients(X, Y)
    meant, _ = net.gradients(X, Y, reduction="mean", l2=0.0)
    np.testing.assert_allclose(summed[0] - 0.5 * net.weights[0], 4 * meant[0], rtol=0, atol=1e-14)


def test_weights_are_read_only_and_one_entry_can_be_assigned() -> None:
    net = xor_network()
    with pytest.raises(ValueError, match="read-only"):
        net.weights[0][0, 0] = 1.0
    weights = net.weights
    weights[0] = np.ones((8, 2))
    np.testing.assert_array_equal(net.weights[0], np.ones((8, 2)))
    with pytest.raises(DataError, match=r"W1 must have shape \(8, 2\)"):
        weights[0] = np.ones((2, 8))
    with pytest.raises(DataError, match="finite"):
        net.biases = [np.full(8, np.nan), np.zeros(1)]


def test_any_parameter_can_be_assigned_by_name() -> None:
    net = chainrule.Network([2, Scale(), Dense(1)])
    net.params = {"scale": [2.0, 3.0], "W1": [[1.0, 1.0]]}
    np.testing.assert_array_equal(net.predict([[1.0, 1.0]]), [[5.0]])
    with pytest.raises(DataError, match="no 'W2'; its parameters are scale, W1, b1"):
        net.params = {"W2": [[1.0]]}
    with pytest.raises(DataError, match=r"scale must have shape \(2,\)"):
        net.params = {"scale": 1.0}


def test_predictions_follow_assigned_weights() -> None:
    net = xor_network()
    before = net.predict(X)
    net.weights = [np.zeros((8, 2)), np.zeros((1, 8))]
    assert not np.array_equal(net.predict(X), before)
    np.testing.assert_array_equal(net.predict(X), np.full((4, 1), 0.5))


def test_frozen_biases_keep_their_bits() -> None:
    net = xor_network()
    net.fit(X, Y, epochs=5, learning_rate_factors={"b": 0})
    assert all((b == 0).all() for b in net.biases)
    assert net.loss(X, Y) < xor_network().loss(X, Y)


def test_a_second_fit_goes_on_where_the_first_ended() -> None:
    once, twice = xor_network(), xor_network()
    once.fit(X, Y, epochs=20, batch_size=2)
    twice.fit(X, Y, epochs=12, batch_size=2)
    twice.fit(X, Y, epochs=8, batch_size=2)
    for name, array in once.params.items():
        np.testing.assert_array_equal(array, twice.params[name], err_msg=name)


def test_save_and_load_give_back_the_same_network(tmp_path: Any) -> None:
    net = xor_network()
    net.fit(X, Y, epochs=12, batch_size=2)
    net.save(tmp_path / "net.safetensors")
    loaded = chainrule.load(tmp_path / "net.safetensors")
    np.testing.assert_array_equal(loaded.predict(X), net.predict(X))
    for one in (net, loaded):
        one.fit(X, Y, epochs=8, batch_size=2)
    for name, array in net.params.items():
        np.testing.assert_array_equal(array, loaded.params[name], err_msg=name)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))])
def test_copies_predict_the_same(duplicate: Any) -> None:
    net = xor_network()
    net.fit(X, Y, epochs=3)
    net.predict(X)
    np.testing.assert_array_equal(duplicate(net).predict(X), net.predict(X))


def test_layers_may_be_described() -> None:
    described = Network([2, Dense(4, "relu"), Dropout(0.5), {"kind": "dense", "units": 1}])
    assert described.spec == Network([2, 4, 1], dropout=0.5).spec
    assert Network([2, 4, 5, 1], activation=["relu", "tanh"]).spec.activations[2] == "tanh"


def test_validation_rows_choose_the_epoch_and_patience_stops() -> None:
    rng = np.random.default_rng(0)
    rows, noise = rng.standard_normal((40, 3)), rng.standard_normal(40)
    net = Network([3, 64, 1], random_state=1)
    history = net.fit(
        rows[:20], noise[:20], eval_set=(rows[20:], noise[20:]), epochs=500, patience=5,
        learning_rate=0.01,
    )  # fmt: skip
    best = history.best_epoch
    assert history.stop_reason == "patience"
    assert best is not None
    assert history.validation_loss[best] == min(history.validation_loss)
    assert net.loss(rows[20:], noise[20:]) == pytest.approx(min(history.validation_loss), rel=1e-6)


def test_divergence_is_named_and_leaves_finite_parameters() -> None:
    net = Network([1, 8, 1], random_state=3)
    rows = np.linspace(-1, 1, 64).reshape(-1, 1) * 1e10
    with pytest.raises(DivergedError, match=r"epoch \d+, batch \d+"):
        net.fit(rows, rows.ravel(), optimizer="sgd", learning_rate=10.0, epochs=50)
    assert all(np.isfinite(array).all() for array in net.params.values())


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: Network([2]), SpecError, "layers must be sizes"),
        (
            lambda: Network([2, 2.5, 1]),
            SpecError,
            r"must be a layer, such as Dense\(8\), found 2.5",
        ),
        (lambda: Network([2, 1], dtype="float16"), SpecError, "dtype must be"),
        (lambda: Network([2, 1], loss="mse"), SpecError, "unknown loss 'mse'"),
        (lambda: Network([2, 1], init="xavier"), SpecError, "unknown init"),
        (lambda: Network([2, 3, 1], activation=["relu", "tanh"]), SpecError, "1 hidden layers"),
        (lambda: xor_network().fit(X, Y, lr=1), TypeError, "did you mean 'learning_rate'"),
        (lambda: xor_network().fit(X, Y, epochs=1.5), SpecError, "epochs must be a whole"),
        (lambda: xor_network().fit(X[:, :1], Y), DataError, "takes 2 features"),
        (lambda: xor_network().fit(X, Y[:3]), DataError, "y has 3 rows, but X has 4"),
        (lambda: xor_network().fit(X, Y + 1), DataError, "between 0 and 1"),
        (lambda: xor_network().predict(X * np.nan), DataError, "row 0, column 0"),
        (lambda: xor_network().fit(X, Y, learning_rate_factors={"w1": 0}), SpecError, "'w1'"),
    ],
)
def test_what_cannot_be_is_refused_by_name(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()


def test_repr_and_html_show_layers_shapes_and_counts() -> None:
    net = Network([2, 8, 1], dropout=0.1)
    assert "W1 (8, 2)" in repr(net)
    assert "33 parameters" in repr(net)
    assert "dropout 0.1" in repr(net)
    assert "<td>24</td>" in net._repr_html_()


def test_repr_shows_what_stands_before_layer_1() -> None:
    embeddings = Columns(
        ((2, PeriodicEmbedding()), (1, None), (1, CategoryEmbedding((3,), units=8)))
    )
    net = Network([4, embeddings, Scale(), Dense(8, Activation("mish", True)), Dense(1)])
    shown = " ".join(repr(net).split())
    assert "Network 17-8-1, squared_error, float32, 376 parameters" in shown
    assert (
        "periodic 3 of 16 frequencies a column 166 "
        "frequency (2, 16) phase (2, 16) weight (6, 16) bias (2, 3)" in shown
    )
    assert "embedding 8 numbers a level 32 embedding (4, 8)" in shown
    assert "scale one factor an input 17 scale (17,)" in shown
    assert "layer 1 parametric mish 152 W1 (8, 17) b1 (8,) activation_weight1 (8,)" in shown
    assert max(map(len, repr(net).splitlines())) <= 80


def test_public_names_are_exact() -> None:
    assert set(chainrule.__all__) == set(chainrule._HOME)
    assert all(getattr(chainrule, name) is not None for name in chainrule.__all__)


def test_as_many_layers_as_can_be_made_can_be_saved(tmp_path):
    network = Network([3, *[2] * 999, 1], activation="tanh")
    network.save(tmp_path / "deep.safetensors")
    again = chainrule.load(tmp_path / "deep.safetensors")
    assert (again.predict(np.ones((1, 3))) == network.predict(np.ones((1, 3)))).all()
