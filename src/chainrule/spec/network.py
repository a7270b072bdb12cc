"""What a network is: an ordered list of layers from a closed set of kinds, plus its loss.

A `NetworkSpec` is frozen, validated once when it is made, and equal to its JSON form.

    z(l) = W(l) a(l-1) + b(l)          a(l) = sigma(z(l))          l = 1..L counts dense layers
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from chainrule.errors import SpecError

# Elementwise activations, usable in every layer.
ACTIVATIONS = (
    "identity",
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "mish",
    "softplus",
)
# At the output also: the inverse links of cross_entropy and poisson.
OUTPUT_ACTIVATIONS = (*ACTIVATIONS, "softmax", "exp")

# loss -> its default output activation, and whether any elementwise activation is allowed instead.
LOSSES = {
    "squared_error": ("identity", True),
    "absolute_error": ("identity", True),
    "huber": ("identity", True),
    "pinball": ("identity", False),
    "poisson": ("exp", False),
    "binary_cross_entropy": ("sigmoid", False),
    "cross_entropy": ("softmax", False),
}

INITIALIZATIONS = (
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
    "ntk",
    "zeros",
)

MAX_UNITS = 1 << 24
MAX_LAYERS = 1000


@dataclass(frozen=True)
class Dense:
    """A dense layer and the activation that belongs to it.

    Attributes
    ----------
    units : int
        Width n_l. Parameters: W of shape (n_l, n_{l-1}) and b of shape (n_l,).
    activation : str
        One of `ACTIVATIONS`; the last layer also takes "softmax" and "exp".
    ntk : bool
        Neural-tangent parametrisation: z = W a / sqrt(n_{l-1}) + b.
    """

    units: int
    activation: str = "identity"
    ntk: bool = False

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "kind": "dense",
            "units": self.units,
            "activation": self.activation,
        }
        if self.ntk:
            out["ntk"] = True
        return out


@dataclass(frozen=True)
class Dropout:
    """Sets each input to 0 with probability `rate` in training and divides the kept by 1 - rate.

    Stands after a dense layer, or first, where it drops network inputs. Has no parameters.
    """

    rate: float

    def to_json(self) -> dict[str, Any]:
        return {"kind": "dropout", "rate": self.rate}


Layer = Dense | Dropout


@dataclass(frozen=True)
class Loss:
    """A loss by name, with its constants.

    Attributes
    ----------
    name : str
        A key of `LOSSES`.
    huber_delta : float
        Where huber turns from quadratic to linear; used by "huber" only. Default 1.
    quantiles : tuple of float
        For "pinball": one in (0, 1) per network output, ascending.
    """

    name: str
    huber_delta: float = 1.0
    quantiles: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "quantiles", tuple(self.quantiles))

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {"name": self.name}
        if self.name == "huber":
            out["huber_delta"] = self.huber_delta
        if self.name == "pinball":
            out["quantiles"] = list(self.quantiles)
        return out


@dataclass(frozen=True)
class NetworkSpec:
    """Layers and loss of a feed-forward network.

    Attributes
    ----------
    n_features : int
        Width of the input, n_0.
    layers : tuple of Dense or Dropout
        In forward order; the last one is Dense.
    loss : Loss

    Raises
    ------
    SpecError
        Naming the layer or argument that cannot be, and what would be allowed.
    """

    n_features: int
    layers: tuple[Layer, ...]
    loss: Loss

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))
        _check_int("n_features", self.n_features)
        if not 1 <= len(self.layers) <= MAX_LAYERS:
            raise SpecError(f"a network has 1 to {MAX_LAYERS} layers, found {len(self.layers)}.")
        for place, layer in enumerate(self.layers):
            _check_layer(place, layer)
        for before, after in pairwise(self.layers):
            if isinstance(before, Dropout) and isinstance(after, Dropout):
                raise SpecError("two dropout layers follow each other; use one.")
        if not isinstance(self.layers[-1], Dense):
            raise SpecError("the last layer must be dense, found dropout.")
        for layer in self.dense[:-1]:
            if layer.activation not in ACTIVATIONS:
                raise SpecError(
                    f"activation '{layer.activation}' is for the output layer only; "
                    f"hidden layers take one of {', '.join(ACTIVATIONS)}."
                )
        _check_loss(self.loss, self.output_activation, self.n_outputs)

    @property
    def dense(self) -> tuple[Dense, ...]:
        """The numbered layers 1..L."""
        return tuple(layer for layer in self.layers if isinstance(layer, Dense))

    @property
    def n_layers(self) -> int:
        """L, the number of dense layers."""
        return len(self.dense)

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """(n_0, n_1, ..., n_L)."""
        return (self.n_features, *(layer.units for layer in self.dense))

    @property
    def n_outputs(self) -> int:
        """Width of the output, n_L."""
        return self.dense[-1].units

    @property
    def output_activation(self) -> str:
        """Activation of layer L."""
        return self.dense[-1].activation

    @property
    def dropout_rates(self) -> tuple[float, ...]:
        """(rate on the input, after layer 1, ..., after layer L), 0 where there is none."""
        rates = [0.0] * (self.n_layers + 1)
        number = 0
        for layer in self.layers:
            if isinstance(layer, Dense):
                number += 1
            else:
                rates[number] = layer.rate
        return tuple(rates)

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Name -> shape in storage order: W1 (n_1, n_0), b1 (n_1,), W2, b2, ..."""
        shapes: dict[str, tuple[int, ...]] = {}
        for number, (n_in, n_out) in enumerate(pairwise(self.layer_sizes), start=1):
            shapes[f"W{number}"] = (n_out, n_in)
            shapes[f"b{number}"] = (n_out,)
        return shapes

    @property
    def n_parameters(self) -> int:
        """Count of all numbers that training changes."""
        return sum(math.prod(shape) for shape in self.parameter_shapes.values())

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries, lists, strings and numbers; `from_json` gives back an equal spec."""
        return {
            "n_features": self.n_features,
            "layers": [layer.to_json() for layer in self.layers],
            "loss": self.loss.to_json(),
        }

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> NetworkSpec:
        """Build from the JSON form; unknown or missing keys raise `SpecError`."""
        _check_keys("network", form, required={"n_features", "layers", "loss"})
        if not isinstance(form["layers"], Sequence) or isinstance(form["layers"], str):
            raise SpecError("'layers' must be a list of layer descriptions.")
        return cls(
            form["n_features"],
            tuple(layer_from_json(place, layer) for place, layer in enumerate(form["layers"])),
            loss_from_json(form["loss"]),
        )


def layer_from_json(place: int, form: Any) -> Layer:
    """One layer from its JSON form, e.g. {"kind": "dense", "units": 8, "activation": "relu"}."""
    where = f"layer {place}"
    if not isinstance(form, Mapping):
        raise SpecError(f"{where} must be a description with a 'kind', found {form!r}.")
    kind = form.get("kind")
    if kind == "dense":
        _check_keys(where, form, {"kind", "units"}, optional={"activation", "ntk"})
        return Dense(form["units"], form.get("activation", "identity"), form.get("ntk", False))
    if kind == "dropout":
        _check_keys(where, form, {"kind", "rate"})
        return Dropout(form["rate"])
    raise SpecError(f"{where} has kind {kind!r}; the kinds are 'dense' and 'dropout'.")


def loss_from_json(form: Any) -> Loss:
    """The loss from its JSON form."""
    _check_keys("loss", form, {"name"}, optional={"huber_delta", "quantiles"})
    quantiles = form.get("quantiles", ())
    if not isinstance(quantiles, Sequence) or isinstance(quantiles, str):
        raise SpecError("'quantiles' must be a list of numbers.")
    return Loss(form["name"], form.get("huber_delta", 1.0), tuple(quantiles))


def _check_keys(
    where: str, form: Any, required: Set[str], optional: Set[str] = frozenset()
) -> None:
    if not isinstance(form, Mapping):
        raise SpecError(f"{where} must be a description with named entries, found {form!r}.")
    missing = sorted(required - set(form))
    if missing:
        raise SpecError(f"{where} lacks '{missing[0]}'.")
    unknown = sorted(str(key) for key in set(form) - required - optional)
    if unknown:
        raise SpecError(f"{where} has an unknown entry '{unknown[0]}'.")


def _check_int(name: str, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_UNITS:
        raise SpecError(f"{name} must be a whole number from 1 to {MAX_UNITS}, found {value!r}.")


def _check_layer(place: int, layer: Layer) -> None:
    if isinstance(layer, Dense):
        _check_int(f"units of layer {place}", layer.units)
        if layer.activation not in OUTPUT_ACTIVATIONS:
            raise SpecError(
                f"unknown activation {layer.activation!r} in layer {place}; "
                f"the activations are {', '.join(OUTPUT_ACTIVATIONS)}."
            )
        if not isinstance(layer.ntk, bool):
            raise SpecError(f"ntk of layer {place} must be true or false, found {layer.ntk!r}.")
    elif isinstance(layer, Dropout):
        if not _is_real(layer.rate) or not 0 <= layer.rate < 1:
            raise SpecError(
                f"dropout rate of layer {place} must be at least 0 and below 1, "
                f"found {layer.rate!r}."
            )
    else:
        raise SpecError(f"layer {place} must be Dense or Dropout, found {layer!r}.")


def _check_loss(loss: Loss, output_activation: str, n_outputs: int) -> None:
    if not isinstance(loss, Loss):
        raise SpecError(f"loss must be a Loss, such as Loss('squared_error'), found {loss!r}.")
    if not isinstance(loss.name, str) or loss.name not in LOSSES:
        raise SpecError(f"unknown loss {loss.name!r}; the losses are {', '.join(LOSSES)}.")
    default, any_elementwise = LOSSES[loss.name]
    allowed = ACTIVATIONS if any_elementwise else (default,)
    if output_activation not in allowed:
        raise SpecError(
            f"loss '{loss.name}' goes with output activation {' or '.join(allowed)}, "
            f"found '{output_activation}'."
        )
    if loss.name == "cross_entropy" and n_outputs < 2:
        raise SpecError(
            "cross_entropy needs at least 2 outputs; for one output use binary_cross_entropy."
        )
    if not (_is_real(loss.huber_delta) and loss.huber_delta > 0):
        raise SpecError(f"huber_delta must be a number above 0, found {loss.huber_delta!r}.")
    if loss.name != "huber" and loss.huber_delta != 1.0:
        raise SpecError(f"huber_delta belongs to loss 'huber', found loss '{loss.name}'.")
    if loss.name != "pinball" and loss.quantiles:
        raise SpecError(f"quantiles belong to loss 'pinball', found loss '{loss.name}'.")
    if loss.name == "pinball":
        if not all(_is_real(q) and 0 < q < 1 for q in loss.quantiles):
            raise SpecError(f"quantiles must lie between 0 and 1, found {list(loss.quantiles)}.")
        if len(loss.quantiles) != n_outputs:
            raise SpecError(
                f"pinball needs one quantile per output: {n_outputs} outputs, "
                f"{len(loss.quantiles)} quantiles."
            )
        if list(loss.quantiles) != sorted(set(loss.quantiles)):
            raise SpecError(f"quantiles must ascend, found {list(loss.quantiles)}.")


def _is_real(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -sys.float_info.max <= value <= sys.float_info.max  # also of whole numbers beyond it
