"""What a network is: an ordered list of layers from a closed set of kinds, plus its loss.

A `NetworkSpec` is frozen, validated once when it is made, and equal to its JSON form.

    z(l) = W(l) a(l-1) + b(l)          a(l) = sigma(z(l))          l = 1..L counts dense layers

a(0) is X, or what the embeddings and the scale before layer 1 make of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

from chainrule.errors import SpecError
from chainrule.spec.layers import (
    ACTIVATIONS,
    MAX_UNITS,
    STEM,
    CategoryEmbedding,
    Dense,
    Dropout,
    Layer,
    PeriodicEmbedding,
    Scale,
    check_int,
    check_keys,
    check_layer,
    is_real,
    layer_from_json,
)

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

MAX_LAYERS = 1000

_Kind = TypeVar("_Kind", PeriodicEmbedding, CategoryEmbedding, Scale)


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
        Columns of X.
    layers : tuple of Dense, Dropout, PeriodicEmbedding, CategoryEmbedding or Scale
        In forward order: embeddings and scale, if any, before layer 1; the last one is Dense.
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
        check_int("n_features", self.n_features)
        if not 1 <= len(self.layers) <= MAX_LAYERS:
            raise SpecError(f"a network has 1 to {MAX_LAYERS} layers, found {len(self.layers)}.")
        for place, layer in enumerate(self.layers):
            check_layer(place, layer)
        for before, after in pairwise(self.layers):
            if isinstance(before, Dropout) and isinstance(after, Dropout):
                raise SpecError("two dropout layers follow each other; use one.")
        if not isinstance(self.layers[-1], Dense):
            found = self.layers[-1].to_json()["kind"]
            raise SpecError(f"the last layer must be dense, found {found}.")
        self._check_stem()
        if self.dense[-1].blend:
            raise SpecError("blend is for hidden layers only; the last layer has it.")
        for layer in self.dense[:-1]:
            if layer.activation not in ACTIVATIONS:
                raise SpecError(
                    f"activation '{layer.activation}' is for the output layer only; "
                    f"hidden layers take one of {', '.join(ACTIVATIONS)}."
                )
        _check_loss(self.loss, self.output_activation, self.n_outputs)

    def _check_stem(self) -> None:
        order = [STEM.index(type(layer)) for layer in self.layers if isinstance(layer, STEM)]
        if order != sorted(set(order)) or any(
            isinstance(layer, STEM) for layer in self.layers[len(order) :]
        ):
            raise SpecError(
                "before layer 1 may stand one periodic embedding, one of categories and one scale, "
                "in this order and before all other layers."
            )
        if order and isinstance(self.layers[len(order)], Dropout):
            raise SpecError("dropout of the network's inputs goes without embeddings and scale.")
        embedded = self.periodic.columns if self.periodic else 0
        embedded += len(self.categories.levels) if self.categories else 0
        if embedded > self.n_features:
            raise SpecError(
                f"the embeddings take {embedded} features, the network has {self.n_features}."
            )
        if self.n_inputs > MAX_UNITS or sum(k + 1 for k in self._levels) > MAX_UNITS:
            raise SpecError(f"the embeddings are too large: at most {MAX_UNITS} inputs or levels.")

    @property
    def periodic(self) -> PeriodicEmbedding | None:
        """The embedding of numbers."""
        return self._only(PeriodicEmbedding)

    @property
    def categories(self) -> CategoryEmbedding | None:
        """The embedding of categories."""
        return self._only(CategoryEmbedding)

    @property
    def scale(self) -> Scale | None:
        """The learned factors of layer 1's inputs."""
        return self._only(Scale)

    def _only(self, kind: type[_Kind]) -> _Kind | None:
        return next((layer for layer in self.layers if isinstance(layer, kind)), None)

    @property
    def _levels(self) -> tuple[int, ...]:
        return self.categories.levels if self.categories else ()

    @property
    def has_stem(self) -> bool:
        """Whether anything with parameters stands before layer 1."""
        return isinstance(self.layers[0], STEM)

    @property
    def n_inputs(self) -> int:
        """Inputs of layer 1, n_0: `n_features`, and what the embeddings add."""
        waves = self.periodic.columns * self.periodic.outputs if self.periodic else 0
        units = self.categories.units - 1 if self.categories else 0
        return self.n_features + waves + units * len(self._levels)

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
        return (self.n_inputs, *(layer.units for layer in self.dense))

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
            elif isinstance(layer, Dropout):
                rates[number] = layer.rate
        return tuple(rates)

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Name -> shape in storage order: those before layer 1 (`freq`, `phase`, `mix`, `shift`,
        `levels`, `scale`), then W1 (n_1, n_0), b1 (n_1,), blend1 (n_1,), W2, b2, ..."""
        shapes: dict[str, tuple[int, ...]] = {}
        if periodic := self.periodic:
            columns, waves = periodic.columns, periodic.frequencies
            shapes["freq"] = shapes["phase"] = (columns, waves)
            shapes["mix"] = (columns * periodic.outputs, waves)
            shapes["shift"] = (columns, periodic.outputs)
        if categories := self.categories:
            shapes["levels"] = (sum(k + 1 for k in categories.levels), categories.units)
        if self.scale:
            shapes["scale"] = (self.n_inputs,)
        for number, layer in enumerate(self.dense, start=1):
            shapes[f"W{number}"] = (layer.units, self.layer_sizes[number - 1])
            shapes[f"b{number}"] = (layer.units,)
            if layer.blend:
                shapes[f"blend{number}"] = (layer.units,)
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
        check_keys("network", form, required={"n_features", "layers", "loss"})
        if not isinstance(form["layers"], Sequence) or isinstance(form["layers"], str):
            raise SpecError("'layers' must be a list of layer descriptions.")
        return cls(
            form["n_features"],
            tuple(layer_from_json(place, layer) for place, layer in enumerate(form["layers"])),
            loss_from_json(form["loss"]),
        )


def loss_from_json(form: Any) -> Loss:
    """The loss from its JSON form."""
    check_keys("loss", form, {"name"}, optional={"huber_delta", "quantiles"})
    quantiles = form.get("quantiles", ())
    if not isinstance(quantiles, Sequence) or isinstance(quantiles, str):
        raise SpecError("'quantiles' must be a list of numbers.")
    return Loss(form["name"], form.get("huber_delta", 1.0), tuple(quantiles))


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
    if not (is_real(loss.huber_delta) and loss.huber_delta > 0):
        raise SpecError(f"huber_delta must be a number above 0, found {loss.huber_delta!r}.")
    if loss.name != "huber" and loss.huber_delta != 1.0:
        raise SpecError(f"huber_delta belongs to loss 'huber', found loss '{loss.name}'.")
    if loss.name != "pinball" and loss.quantiles:
        raise SpecError(f"quantiles belong to loss 'pinball', found loss '{loss.name}'.")
    if loss.name == "pinball":
        if not all(is_real(q) and 0 < q < 1 for q in loss.quantiles):
            raise SpecError(f"quantiles must lie between 0 and 1, found {list(loss.quantiles)}.")
        if len(loss.quantiles) != n_outputs:
            raise SpecError(
                f"pinball needs one quantile per output: {n_outputs} outputs, "
                f"{len(loss.quantiles)} quantiles."
            )
        if list(loss.quantiles) != sorted(set(loss.quantiles)):
            raise SpecError(f"quantiles must ascend, found {list(loss.quantiles)}.")
