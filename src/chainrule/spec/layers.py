"""The closed set of layer kinds: names, constants, parameters and their shapes.

Before the numbered dense layers may stand, in this order and each at most once: an embedding of
numbers, an embedding of categories, and a scale; together they make a(0), the input of layer 1.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
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

MAX_UNITS = 1 << 24
MAX_WAVE_OUTPUTS = 16


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
    blend : bool
        Parametric activation a = z + blend (sigma(z) - z), one learned factor a unit: `blend` of
        shape (n_l,). Hidden layers only.
    """

    units: int
    activation: str = "identity"
    ntk: bool = False
    blend: bool = False

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "kind": "dense",
            "units": self.units,
            "activation": self.activation,
        }
        for switch in ("ntk", "blend"):
            if getattr(self, switch):
                out[switch] = True
        return out


@dataclass(frozen=True)
class Dropout:
    """Sets each input to 0 with probability `rate` in training and divides the kept by 1 - rate.

    Stands after a dense layer, or first, where it drops network inputs. Has no parameters.
    """

    rate: float

    def to_json(self) -> dict[str, Any]:
        return {"kind": "dropout", "rate": self.rate}


@dataclass(frozen=True)
class PeriodicEmbedding:
    """Numbers as waves: each of the first `columns` features x becomes `outputs` + 1 inputs,

        e = [mix cos(2 pi freq x + phase) + shift ; x]

    with parameters of its own. Source: Holzmüller et al., "Better by default", arXiv 2407.04491
    (PBLD), after Gorishniy et al., arXiv 2203.05556.

    Attributes
    ----------
    columns : int
        Features that are embedded, the first ones. Parameters: `freq` and `phase` of shape
        (columns, frequencies), `mix` (columns * outputs, frequencies), `shift` (columns, outputs).
    frequencies : int
    outputs : int
        Beside x itself.
    """

    columns: int
    frequencies: int = 16
    outputs: int = 3

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": "periodic",
            "columns": self.columns,
            "frequencies": self.frequencies,
            "outputs": self.outputs,
        }


@dataclass(frozen=True)
class CategoryEmbedding:
    """Categories as learned vectors: each of the last features holds a code and becomes `units`
    inputs, the code's row of `levels`.

    Attributes
    ----------
    levels : tuple of int
        Known levels K of each embedded feature, whose codes are 0 (missing or unknown), 1, ..., K.
        Parameter: `levels` of shape (sum of K + 1, units), feature after feature.
    units : int
    """

    levels: tuple[int, ...]
    units: int = 8

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", tuple(self.levels))

    def to_json(self) -> dict[str, Any]:
        return {"kind": "categories", "levels": list(self.levels), "units": self.units}


@dataclass(frozen=True)
class Scale:
    """A learned factor for each input of layer 1, a(0) = scale * h. Parameter: `scale` (n_0,)."""

    def to_json(self) -> dict[str, Any]:
        return {"kind": "scale"}


Layer = Dense | Dropout | PeriodicEmbedding | CategoryEmbedding | Scale

# Those that stand before layer 1, in their order.
STEM = (PeriodicEmbedding, CategoryEmbedding, Scale)


def layer_from_json(place: int, form: Any) -> Layer:
    """One layer from its JSON form, e.g. {"kind": "dense", "units": 8, "activation": "relu"}."""
    where = f"layer {place}"
    if not isinstance(form, Mapping):
        raise SpecError(f"{where} must be a description with a 'kind', found {form!r}.")
    kind = form.get("kind")
    if kind == "dense":
        check_keys(where, form, {"kind", "units"}, optional={"activation", "ntk", "blend"})
        return Dense(
            form["units"],
            form.get("activation", "identity"),
            form.get("ntk", False),
            form.get("blend", False),
        )
    if kind == "dropout":
        check_keys(where, form, {"kind", "rate"})
        return Dropout(form["rate"])
    if kind == "periodic":
        check_keys(where, form, {"kind", "columns"}, optional={"frequencies", "outputs"})
        return PeriodicEmbedding(
            form["columns"], form.get("frequencies", 16), form.get("outputs", 3)
        )
    if kind == "categories":
        check_keys(where, form, {"kind", "levels"}, optional={"units"})
        if not isinstance(form["levels"], Sequence) or isinstance(form["levels"], str):
            raise SpecError(f"'levels' of {where} must be a list of whole numbers.")
        return CategoryEmbedding(tuple(form["levels"]), form.get("units", 8))
    if kind == "scale":
        check_keys(where, form, {"kind"})
        return Scale()
    kinds = "'dense', 'dropout', 'periodic', 'categories' and 'scale'"
    raise SpecError(f"{where} has kind {kind!r}; the kinds are {kinds}.")


def check_layer(place: int, layer: Any) -> None:
    """Raise `SpecError` naming the constant that cannot be."""
    if isinstance(layer, Dense):
        check_int(f"units of layer {place}", layer.units)
        if layer.activation not in OUTPUT_ACTIVATIONS:
            raise SpecError(
                f"unknown activation {layer.activation!r} in layer {place}; "
                f"the activations are {', '.join(OUTPUT_ACTIVATIONS)}."
            )
        for switch in ("ntk", "blend"):
            value = getattr(layer, switch)
            if not isinstance(value, bool):
                raise SpecError(
                    f"{switch} of layer {place} must be true or false, found {value!r}."
                )
    elif isinstance(layer, Dropout):
        if not is_real(layer.rate) or not 0 <= layer.rate < 1:
            raise SpecError(
                f"dropout rate of layer {place} must be at least 0 and below 1, "
                f"found {layer.rate!r}."
            )
    elif isinstance(layer, PeriodicEmbedding):
        for name in ("columns", "frequencies", "outputs"):
            check_int(f"{name} of layer {place}", getattr(layer, name))
        if layer.outputs > MAX_WAVE_OUTPUTS:
            raise SpecError(
                f"outputs of layer {place} must be at most {MAX_WAVE_OUTPUTS}, "
                f"found {layer.outputs}."
            )
    elif isinstance(layer, CategoryEmbedding):
        check_int(f"units of layer {place}", layer.units)
        if not layer.levels:
            raise SpecError(f"layer {place} embeds no feature: its 'levels' are empty.")
        for count in layer.levels:
            check_int(f"levels of layer {place}", count)
    elif not isinstance(layer, Scale):
        names = "Dense, Dropout, PeriodicEmbedding, CategoryEmbedding or Scale"
        raise SpecError(f"layer {place} must be {names}, found {layer!r}.")


def check_keys(where: str, form: Any, required: Set[str], optional: Set[str] = frozenset()) -> None:
    """Raise `SpecError` unless `form` is a mapping with exactly these keys."""
    if not isinstance(form, Mapping):
        raise SpecError(f"{where} must be a description with named entries, found {form!r}.")
    missing = sorted(required - set(form))
    if missing:
        raise SpecError(f"{where} lacks '{missing[0]}'.")
    unknown = sorted(str(key) for key in set(form) - required - optional)
    if unknown:
        raise SpecError(f"{where} has an unknown entry '{unknown[0]}'.")


def check_int(name: str, value: Any) -> None:
    """Raise `SpecError` unless `value` is a count from 1 to `MAX_UNITS`."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_UNITS:
        raise SpecError(f"{name} must be a whole number from 1 to {MAX_UNITS}, found {value!r}.")


def is_real(value: Any) -> bool:
    """Whether `value` is a finite real number that a float can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -sys.float_info.max <= value <= sys.float_info.max  # also of whole numbers beyond it
