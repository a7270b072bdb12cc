"""`from_torch` and `from_keras`: networks that other libraries trained, as `Network`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from chainrule.errors import DataError
from chainrule.network.network import Network
from chainrule.spec import Activation, Dense, Dropout, LayerNorm

_TORCH_ACTIVATIONS = {
    "Identity": "identity",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "ELU": "elu",
    "SELU": "selu",
    "GELU": "gelu",
    "SiLU": "silu",
    "Mish": "mish",
    "Softplus": "softplus",
    "Softmax": "softmax",
}
# What these activations must be set to, since chainrule has no other.
_TORCH_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "LeakyReLU": {"negative_slope": 0.01},
    "ELU": {"alpha": 1.0},
    "GELU": {"approximate": "none"},
    "Softplus": {"beta": 1.0},
    "Softmax": {"dim": (1, -1)},
}
_KERAS_ACTIVATIONS = {
    "linear": "identity",
    **{name: name for name in ("sigmoid", "tanh", "relu", "elu", "selu", "silu", "mish")},
    "swish": "silu",
    "softplus": "softplus",
    "softmax": "softmax",
    "exponential": "exp",
}


def from_torch(model: Any, *, loss: str = "squared_error") -> Network:
    """A network from a `torch.nn.Sequential`, with the same outputs in evaluation.

    Parameters
    ----------
    model : torch.nn.Sequential
        Of Linear, LayerNorm, Dropout, Flatten, activations and other Sequentials.
    loss : str, default "squared_error"
        What the network is trained by from here on.

    Returns
    -------
    Network
        In float64 where the first weights are, else in float32.

    Raises
    ------
    DataError
        Naming the first module that has no counterpart, or a setting that has none.
    SpecError
        For a loss that does not go with the last activation.
    """
    parts = _Parts()
    for place, module in enumerate(_flattened(model)):
        kind, where = type(module).__name__, f"module {place}"
        if kind == "Linear":
            weight = _array(module.weight)
            bias = np.zeros(len(weight)) if module.bias is None else _array(module.bias)
            parts.dense(weight, bias)
        elif kind == "LayerNorm":
            if module.weight is None or len(module.normalized_shape) > 1:
                raise DataError(f"{where}, LayerNorm, has no gain of one dimension.")
            gain = _array(module.weight)
            bias = np.zeros(len(gain)) if module.bias is None else _array(module.bias)
            parts.add(LayerNorm(epsilon=float(module.eps)), gain, bias)
        elif kind == "Dropout":
            parts.add(Dropout(float(module.p)))
        elif kind in _TORCH_ACTIVATIONS:
            for name, wanted in _TORCH_SETTINGS.get(kind, {}).items():
                _check(where, kind, name, getattr(module, name), wanted)
            parts.activate(_TORCH_ACTIVATIONS[kind])
        elif kind != "Flatten":
            raise DataError(f"{where}, {kind}, has no counterpart in a chainrule network.")
    return parts.network(loss)


def _flattened(model: Any) -> list[Any]:
    if type(model).__name__ != "Sequential":
        return [model]
    return [part for module in model for part in _flattened(module)]


def _array(tensor: Any) -> np.ndarray:
    return np.asarray(tensor.detach().cpu().numpy())


def _check(where: str, kind: str, name: str, found: Any, wanted: Any) -> None:
    if found not in (wanted if isinstance(wanted, tuple) else (wanted,)):
        raise DataError(f"{where}, {kind}, has {name}={found!r}; chainrule has {wanted!r} alone.")


def from_keras(model: Any, *, loss: str = "squared_error") -> Network:
    """A network from a Keras model of dense layers one behind the other, with the same outputs.

    Parameters
    ----------
    model : keras.Sequential, or a functional model without branches
        Of InputLayer, Dense, LayerNormalization, Dropout, Flatten and Activation.
    loss : str, default "squared_error"
        What the network is trained by from here on.

    Returns
    -------
    Network

    Raises
    ------
    DataError
        Naming the first layer that has no counterpart, or a setting that has none.
    SpecError
        For a loss that does not go with the last activation.
    """
    if not hasattr(model, "layers"):
        raise DataError(f"from_keras takes a Keras model, found {type(model).__name__}.")
    parts = _Parts()
    for layer in model.layers:
        kind, config = type(layer).__name__, layer.get_config()
        where = f"layer {config.get('name', kind)!r}"
        arrays = [np.asarray(array) for array in layer.get_weights()]
        if kind == "Dense":
            bias = arrays[1] if len(arrays) > 1 else np.zeros(arrays[0].shape[1])
            parts.dense(arrays[0].T, bias)
        elif kind == "LayerNormalization":
            if len(arrays) != 2:
                raise DataError(f"{where}, {kind}, has no scale and center.")
            parts.add(LayerNorm(epsilon=float(config["epsilon"])), *arrays)
        elif kind == "Dropout":
            parts.add(Dropout(float(config["rate"])))
        elif kind not in ("InputLayer", "Flatten", "Activation"):
            raise DataError(f"{where}, {kind}, has no counterpart in a chainrule network.")
        name = config.get("activation", "linear")
        if name not in _KERAS_ACTIVATIONS:
            raise DataError(f"{where}, {kind}, has the activation {name!r}, which has none here.")
        parts.activate(_KERAS_ACTIVATIONS[name])
    return parts.network(loss)


class _Parts:
    """Layers with their arrays, in the order in which they were met."""

    def __init__(self) -> None:
        self._layers: list[Any] = []
        self._arrays: list[np.ndarray] = []

    def dense(self, weight: np.ndarray, bias: np.ndarray) -> None:
        """z = W a + b; weight is (n_out, n_in)."""
        self.add(Dense(len(weight), "identity"), weight, bias)

    def add(self, layer: Any, *arrays: np.ndarray) -> None:
        """Any layer, with its arrays in the order of its parameters."""
        self._layers.append(layer)
        self._arrays += arrays

    def activate(self, name: str) -> None:
        """An activation of what comes before it."""
        if name != "identity":
            self._layers.append(Activation(name))

    def network(self, loss: str) -> Network:
        """The network of all of them."""
        matrices = [array for array in self._arrays if array.ndim == 2]
        if not matrices:
            raise DataError("the model has no dense layer.")
        dtype = "float64" if matrices[0].dtype == np.float64 else "float32"
        network = Network([matrices[0].shape[1], *self._layers], loss=loss, dtype=dtype)
        network.params = dict(zip(network.spec.parameters, self._arrays, strict=True))
        return network
