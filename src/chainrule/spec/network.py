"""What a network is: an ordered list of layers from a closed set of kinds, plus its loss.

A `NetworkSpec` is frozen, validated once when it is made, and equal to its JSON form.

    z(l) = W(l) a(l-1) + b(l)          a(l) = sigma(z(l))          l = 1..L counts dense layers

a(l) is what layer l + 1 multiplies, before dropout: z(l) after all that stands between the two.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from chainrule.errors import SpecError
from chainrule.spec.checks import MAX_UNITS, check_count, check_flag, check_keys
from chainrule.spec.layers import (
    ACTIVATIONS,
    Activation,
    Dense,
    Dropout,
    Layer,
    Parameter,
    layer_from_json,
)
from chainrule.spec.losses import Loss

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

MAX_LAYERS = 1000  # numbered ones
MAX_PARTS = 4 * MAX_LAYERS  # layers of every kind, those inside others included


@dataclass(frozen=True)
class Placed:
    """A layer at its place in a network.

    Attributes
    ----------
    layer : Layer
    index : int
        Its position in the order in which outputs are made.
    number : int
        l of the dense layer that it is or that stands before it; 0 before layer 1.
    n_in, n_out : int
    first : int
        The first column that it reads of its container's input.
    inside : tuple of Placed
        The layers that it runs.
    """

    layer: Layer
    index: int
    number: int
    n_in: int
    n_out: int
    first: int = 0
    inside: tuple[Placed, ...] = ()

    @property
    def parameters(self) -> dict[str, Parameter]:
        """Its own parameters by name: "W1", "scale"."""
        own = self.layer.parameters(self.n_in)
        return {self.name(parameter.family): parameter for parameter in own}

    def name(self, family: str) -> str:
        """The name of one of its arrays: "W" is "W2" in layer 2, "scale" stays before layer 1.

        Parameters
        ----------
        family : str
            Such as "W" or "scale".

        Returns
        -------
        str
        """
        return f"{family}{self.number or ''}"

    def walk(self) -> Iterator[Placed]:
        """The layers inside and then itself, in the order in which outputs are made.

        Returns
        -------
        iterator of Placed
        """
        for placed in self.inside:
            yield from placed.walk()
        yield self


@dataclass(frozen=True)
class NetworkSpec:
    """Layers and loss of a feed-forward network.

    Attributes
    ----------
    n_features : int
        Columns of X.
    layers : tuple of Layer
        In forward order; the last one is Dense, or the Activation of the output behind it.
        Shorthands such as Dense(8, "tanh") become the layers that they stand for.
    loss : Loss
    bfloat16 : bool
        Whether training rounds the factors of wide layers' products to bfloat16. Sums, parameters
        and predictions are float32.

    Raises
    ------
    SpecError
        Naming the layer or argument that cannot be, and what would be allowed.
    """

    n_features: int
    layers: tuple[Layer, ...]
    loss: Loss
    bfloat16: bool = False

    def __post_init__(self) -> None:
        check_count("n_features", self.n_features)
        given = tuple(self.layers)
        if not 1 <= len(given) <= MAX_PARTS:
            raise SpecError(f"a network has 1 to {MAX_PARTS} layers, found {len(given)}.")
        for index, layer in enumerate(given):
            if not isinstance(layer, Layer):
                raise SpecError(
                    f"layer {index} must be a layer, such as Dense(8), found {layer!r}."
                )
            _check(layer, f"layer {index}")
        layers = tuple(part for layer in given for part in layer.expanded())
        object.__setattr__(self, "layers", layers)
        self._check_counts()
        self._check_order()
        self._check_names()
        if not isinstance(self.loss, Loss):
            raise SpecError(
                f"loss must be a Loss, such as Loss('squared_error'), found {self.loss!r}."
            )
        check_flag("bfloat16", self.bfloat16)
        self.loss.check(self.output_activation, self.n_outputs)

    def _check_counts(self) -> None:
        parts = [*self.layers]
        for layer in parts:  # grows by what stands inside
            parts += [part.layer for part in layer.inside]
            if len(parts) > MAX_PARTS:
                raise SpecError(f"a network has at most {MAX_PARTS} layers, those inside counted.")
        if (dense := sum(isinstance(layer, Dense) for layer in parts)) > MAX_LAYERS:
            raise SpecError(f"a network has 1 to {MAX_LAYERS} dense layers, found {dense}.")

    def _check_order(self) -> None:
        for before, after in pairwise(self.layers):
            if isinstance(before, Dropout) and isinstance(after, Dropout):
                raise SpecError("two dropout layers follow each other; use one.")
        last = len(self.layers) - 1
        head = last - isinstance(self.layers[last], Activation)
        if head < 0 or not isinstance(self.layers[head], Dense):
            found = self.layers[last].kind
            raise SpecError(f"the last layer must be dense, found {found}.")
        first = tuple(self.placed[0].walk())
        for placed in self.walk:
            if placed.layer.reads_features and placed not in first:
                raise SpecError(
                    f"the {placed.layer.kind} layer reads the features: it must stand first."
                )
            if not isinstance(placed.layer, Activation):
                continue
            if placed is not self.placed[last]:
                if placed.layer.function not in ACTIVATIONS:
                    raise SpecError(
                        f"activation '{placed.layer.function}' is for the output layer only; "
                        f"hidden layers take one of {', '.join(ACTIVATIONS)}."
                    )
            elif placed.parameters:
                raise SpecError("the activation of the output has no parameters; it is the loss's.")

    def _check_names(self) -> None:
        seen: set[str] = set()
        for placed in self.walk:
            # What draws masks or has parameters is known by its kind and its number.
            for name in (*placed.parameters, *map(placed.name, placed.layer.draws)):
                if name in seen:
                    raise SpecError(
                        f"two {placed.layer.kind} layers stand behind layer {placed.number} "
                        "without a dense layer between them; use one."
                    )
                seen.add(name)

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """The layers at their places."""
        counter = _Counter()
        out, width = [], self.n_features
        for index, layer in enumerate(self.layers):
            placed = _place(layer, width, counter, f"layer {index}")
            out.append(placed)
            width = placed.n_out
        return tuple(out)

    @cached_property
    def walk(self) -> tuple[Placed, ...]:
        """Every layer, those inside others included, in the order in which outputs are made."""
        return tuple(part for placed in self.placed for part in placed.walk())

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """Name -> parameter in storage order: W1, b1, W2, ..., those before layer 1 first."""
        return {name: p for placed in self.walk for name, p in placed.parameters.items()}

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Name -> shape in storage order."""
        return {name: parameter.shape for name, parameter in self.parameters.items()}

    @property
    def n_parameters(self) -> int:
        """Count of all numbers that training changes."""
        return sum(math.prod(shape) for shape in self.parameter_shapes.values())

    @cached_property
    def dense_places(self) -> tuple[Placed, ...]:
        """The numbered layers 1..L at their places."""
        return tuple(placed for placed in self.walk if isinstance(placed.layer, Dense))

    @cached_property
    def segments(self) -> tuple[tuple[Placed, ...], ...]:
        """Layer l and all that stands between it and the next, for l = 0..L; 0 is what stands
        before layer 1."""
        found: list[list[Placed]] = [[] for _ in range(self.n_layers + 1)]
        for placed in self.walk:
            found[placed.number].append(placed)
        return tuple(tuple(segment) for segment in found)

    @cached_property
    def a_places(self) -> tuple[Placed | None, ...]:
        """The layers whose outputs are a(0), ..., a(L); None where a(0) is X itself."""
        return tuple(
            next((p for p in reversed(part) if not isinstance(p.layer, Dropout)), None)
            for part in self.segments
        )

    @property
    def dense(self) -> tuple[Dense, ...]:
        """The numbered layers 1..L."""
        return tuple(p.layer for p in self.dense_places if isinstance(p.layer, Dense))

    @property
    def n_layers(self) -> int:
        """L, the number of dense layers."""
        return len(self.dense_places)

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """(n_0, n_1, ..., n_L)."""
        return (self.n_inputs, *(layer.units for layer in self.dense))

    @property
    def n_inputs(self) -> int:
        """Inputs of layer 1, n_0: the features, or what stands before layer 1 makes of them."""
        return self.dense_places[0].n_in

    @property
    def n_outputs(self) -> int:
        """Width of the output, n_L."""
        return self.dense_places[-1].n_out

    @cached_property
    def activations(self) -> tuple[str, ...]:
        """Activation of each layer l = 0..L by name, "identity" where it has none."""
        return tuple(
            next((p.layer.function for p in part if isinstance(p.layer, Activation)), "identity")
            for part in self.segments
        )

    @property
    def output_activation(self) -> str:
        """Activation of layer L."""
        return self.activations[-1]

    @cached_property
    def dropout_rates(self) -> tuple[float, ...]:
        """(rate on the input, after layer 1, ..., after layer L), 0 where there is none."""
        return tuple(
            next((p.layer.rate for p in part if isinstance(p.layer, Dropout)), 0.0)
            for part in self.segments
        )

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries, lists, strings and numbers; `from_json` gives back an equal spec.

        Returns
        -------
        dict
        """
        form = {
            "n_features": self.n_features,
            "layers": [layer.to_json() for layer in self.layers],
            "loss": self.loss.to_json(),
        }
        return form | ({"bfloat16": True} if self.bfloat16 else {})

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> NetworkSpec:
        """Build from the JSON form; unknown or missing keys raise `SpecError`.

        Parameters
        ----------
        form : mapping
            As `to_json` makes it.

        Returns
        -------
        NetworkSpec

        Raises
        ------
        SpecError
            Naming the entry that cannot be.
        """
        check_keys("network", form, {"n_features", "layers", "loss"}, {"bfloat16"})
        if not isinstance(form["layers"], Sequence) or isinstance(form["layers"], str):
            raise SpecError("'layers' must be a list of layer descriptions.")
        return cls(
            form["n_features"],
            tuple(layer_from_json(f"layer {k}", layer) for k, layer in enumerate(form["layers"])),
            Loss.from_json(form["loss"]),
            form.get("bfloat16", False),
        )


class _Counter:
    """Counts dense layers and outputs along the forward pass."""

    def __init__(self) -> None:
        self.number = 0
        self.index = 0


def _check(layer: Layer, where: str) -> None:
    layer.check(where)
    for part in layer.inside:
        _check(part.layer, where)


def _place(layer: Layer, n_in: int, counter: _Counter, where: str, first: int = 0) -> Placed:
    inside, width = [], n_in
    for part in layer.inside:
        reads = width if part.columns is None else part.columns
        inside.append(_place(part.layer, reads, counter, where, part.first))
        width = inside[-1].n_out
    n_out = layer.n_out(n_in, where)
    if max(n_out, *(p.shape[0] for p in layer.parameters(n_in)), 0) > MAX_UNITS:
        raise SpecError(f"{where} is too large: at most {MAX_UNITS} units or levels.")
    counter.number += isinstance(layer, Dense)
    counter.index += 1
    return Placed(layer, counter.index - 1, counter.number, n_in, n_out, first, tuple(inside))
