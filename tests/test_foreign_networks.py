"""`from_keras`, `from_torch`, `to_torch`: the same outputs, refused by name or a refusal."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule
from chainrule import MLPClassifier, Network
from chainrule.errors import DataError, SpecError
from chainrule.export import torch_module
from chainrule.export.values import OPERATIONS
from chainrule.spec import (
    CategoryEmbedding,
    Columns,
    Dense,
    LayerNorm,
    Part,
    PeriodicEmbedding,
    Residual,
    Scale,
)

X = np.random.default_rng(0).normal(size=(9, 3))


class Layer:
    """A layer as Keras has it: the name of its type, its settings and its arrays."""

    def __init__(self, arrays=(), **config):
        self._arrays, self._config = list(arrays), config

    def get_config(self):
        return self._config

    def get_weights(self):
        return self._arrays


def keras_layer(kind, *arrays, **config):
    return type(kind, (Layer,), {})(arrays, name=kind.lower(), **config)


class Keras:
    def __init__(self, *layers):
        self.layers = layers


def normal(*shape):
    return np.random.default_rng(shape).normal(size=shape).astype(np.float64)


def test_keras():
    first, last, bias = normal(3, 4), normal(4, 2), normal(2)
    gain, shift = normal(4), np.zeros(4)
    model = Keras(
        keras_layer("InputLayer"),
        keras_layer("Dense", first, np.ones(4), activation="tanh"),
        keras_layer("LayerNormalization", gain, shift, epsilon=1e-3),
        keras_layer("Dropout", rate=0.25),
        keras_layer("Dense", last, bias, activation="linear"),
        keras_layer("Activation", activation="softmax"),
    )
    network = chainrule.from_keras(model, loss="cross_entropy")
    a = np.tanh(X @ first + 1.0)
    centred = a - a.mean(1, keepdims=True)
    a = centred / np.sqrt((centred**2).mean(1, keepdims=True) + 1e-3) * gain
    powers = np.exp(a @ last + bias)
    np.testing.assert_allclose(network.predict(X), powers / powers.sum(1, keepdims=True))
    network.fit(X, np.arange(9) % 2, epochs=2)


def test_keras_models_without_counterpart():
    dense = keras_layer("Dense", normal(3, 2), activation="linear")
    with pytest.raises(DataError, match="layer 'conv2d', Conv2D, has no counterpart"):
        chainrule.from_keras(Keras(dense, keras_layer("Conv2D")))
    with pytest.raises(DataError, match="layer 'dense', Dense, has the activation 'hard'"):
        chainrule.from_keras(Keras(keras_layer("Dense", normal(3, 2), activation="hard")))
    with pytest.raises(DataError, match="has no dense layer"):
        chainrule.from_keras(Keras(keras_layer("Flatten")))
    with pytest.raises(SpecError):
        chainrule.from_keras(Keras(dense), loss="cross_entropy")
    assert chainrule.from_keras(Keras(dense)).predict(X).shape == (9, 2)  # without bias


def test_every_operation_of_numbers_is_in_torch():
    texts = {"lookup", "hash"}
    known = {*torch_module.OPERATIONS, "input", "parameter", "call"}
    assert known == set(OPERATIONS) - texts


NETWORKS = {
    "dense": [3, Dense(4, "mish"), LayerNorm(), Dense(4, "gelu"), Dense(2)],
    "residual": [3, Scale(), Dense(4, "elu"), Residual((Dense(4, "softplus"),)), Dense(1)],
    "columns": [
        3,
        Columns((Part(1, PeriodicEmbedding(3, 2)), Part(2, CategoryEmbedding((4, 2), 2)))),
        Dense(2, "tanh"),
    ],
}


@pytest.mark.peers
@pytest.mark.parametrize("name", NETWORKS)
def test_to_torch(name):
    torch = pytest.importorskip("torch", reason="needs PyTorch")
    network = Network(NETWORKS[name], dtype="float64")
    rows = np.abs(X).round() if name == "columns" else X
    module = network.to_torch()
    assert [key for key, _ in module.named_parameters()] == list(network.params)
    found = module(torch.tensor(rows))
    np.testing.assert_allclose(found.detach().numpy(), network.predict(rows), atol=1e-12)
    found.sum().backward()
    assert all(p.grad is not None for p in module.parameters())


@pytest.mark.peers
def test_a_drop_in_to_torch():
    torch = pytest.importorskip("torch", reason="needs PyTorch")
    model = MLPClassifier(hidden_layer_sizes=(4,), max_iter=200, tol=1.0).fit(X, np.arange(9) % 2)
    proba = model.to_torch()(torch.tensor(X)).detach().numpy()
    np.testing.assert_allclose(proba, model.predict_proba(X), atol=1e-12)


@pytest.mark.peers
def test_from_torch():
    nn = pytest.importorskip("torch", reason="needs PyTorch").nn
    torch = pytest.importorskip("torch", reason="needs PyTorch")
    inner = nn.Sequential(nn.Linear(5, 4, bias=False), nn.LayerNorm(4), nn.SiLU(), nn.Dropout(0.3))
    for last, loss in ((nn.Sigmoid(), "binary_cross_entropy"), (nn.Softplus(), "squared_error")):
        model = nn.Sequential(nn.Linear(3, 5), nn.GELU(), inner, nn.Linear(4, 1), last)
        network = chainrule.from_torch(model, loss=loss)
        right = model.eval()(torch.tensor(X, dtype=torch.float32)).detach().numpy()
        np.testing.assert_allclose(network.predict(X), right, atol=1e-6)
    with pytest.raises(DataError, match=r"module 1, Conv1d, has no counterpart"):
        chainrule.from_torch(nn.Sequential(nn.Linear(3, 5), nn.Conv1d(1, 1, 1)))
    with pytest.raises(DataError, match=r"module 0, LeakyReLU, has negative_slope=0.2"):
        chainrule.from_torch(nn.Sequential(nn.LeakyReLU(0.2)))
