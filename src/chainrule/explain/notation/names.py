"""Names of inputs and outputs beside their indices, and the quantities that a user may ask for.

    W2[1,3]   weight into unit 1 of layer 2 from unit 3 of layer 1     W1[3,island=Dream]
    b1[2]     bias             delta1[4]  delta = dl/dz of a row       z2[0]   a1[3]   loss
    blend1[2] of a parametric activation          before layer 1:  scale[j]  freq[column,k]  ...

Asking for a parameter asks for its gradient, so that dL/dW2[1,3] is W2[1,3]; what a formula shows
can be typed. Units, inputs and rows count from 0, as in the stored arrays, layers from 1.
"""

from __future__ import annotations

import difflib
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from chainrule.errors import SpecError
from chainrule.explain.notation.inputs import Input, layer_inputs
from chainrule.spec import NetworkSpec

LAYER_PARAMETERS = ("W", "b", "blend")
STEM_PARAMETERS = ("freq", "phase", "mix", "shift", "levels", "scale")
PARAMETERS = (*LAYER_PARAMETERS, *STEM_PARAMETERS)

_FORM = re.compile(
    rf"(dL/d|∂L/∂)?(?:(W|b|blend|delta|δ|z|a)(\d+)|({'|'.join(STEM_PARAMETERS)}))"
    r"\[(.*)\](?:@(\d+))?",
    re.DOTALL,
)
_EXAMPLES = 'such as "W1[0,2]", "b1[2]", "delta1[4]", "z2[0]", "a1[3]", "scale[5]" or "loss"'


@dataclass(frozen=True)
class Asked:
    """A parsed quantity: its kind, layer, unit (and source, for a weight), and row when given."""

    kind: str  # one of PARAMETERS, or "delta", "z", "a", "loss"
    layer: int = 0  # 0 also for the parameters before layer 1
    unit: int = 0
    source: int | None = None
    row: int | None = None

    @property
    def is_parameter(self) -> bool:
        return self.kind in PARAMETERS

    @property
    def tensor(self) -> str:
        """Name of the array that holds it: "W1", "scale", "a0"."""
        return self.kind if self.kind in STEM_PARAMETERS else f"{self.kind}{self.layer}"

    @property
    def at(self) -> tuple[int, ...]:
        """Its place in that array."""
        return (self.unit,) if self.source is None else (self.unit, self.source)

    @property
    def identifier(self) -> str:
        """The canonical form: "W2[1,3]"."""
        if self.kind == "loss":
            return "loss"
        return f"{self.tensor}[{','.join(str(place) for place in self.at)}]"


class _Axis(NamedTuple):
    """One axis of an array: what its places are, of what, how many, and their names."""

    noun: str
    where: str
    size: int
    names: Sequence[str] = ()


@dataclass(frozen=True)
class Names:
    """What the inputs and outputs of a network are called.

    Attributes
    ----------
    spec : NetworkSpec
    inputs : tuple of str
        One name per column of X, such as "bill_length_mm" or "island=Dream"; may be empty.
    outputs : tuple of str
        One name per output, such as a class; may be empty.
    """

    spec: NetworkSpec
    inputs: tuple[str, ...] = field(default=())
    outputs: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", tuple(str(name) for name in self.inputs))
        object.__setattr__(self, "outputs", tuple(str(name) for name in self.outputs))
        for what, names, n in (
            ("input", self.inputs, self.spec.n_features),
            ("output", self.outputs, self.spec.n_outputs),
        ):
            if names and len(names) != n:
                raise SpecError(f"{n} {what} names are needed, found {len(names)}.")

    @cached_property
    def places(self) -> tuple[Input, ...]:
        """Where each input of layer 1 comes from."""
        return layer_inputs(self.spec)

    @cached_property
    def layer_inputs(self) -> tuple[str, ...]:
        """Names of the inputs of layer 1: "col", "col~0" (a wave), "col#0" (of a level's vector);
        empty without names of the columns."""
        if not self.inputs:
            return ()
        return tuple(self.inputs[place.feature] + place.suffix for place in self.places)

    def of_unit(self, layer: int, unit: int) -> str:
        """The name of a unit, or of an input of layer 1 for layer 0; "" when it has none."""
        names = self._unit_names(layer)
        return names[unit] if names else ""

    def of_feature(self, feature: int) -> str:
        """The name of a column of X, else "feature 0"."""
        return self.inputs[feature] if self.inputs else f"feature {feature}"

    def parameter(self, tensor: str, place: int) -> str:
        """ "W1[3,7]", with the names it touches behind: "W1[3,7] island=Dream"."""
        axes = self._axes(tensor)
        indices = divmod(place, axes[1].size) if len(axes) == 2 else (place,)
        touched = list(zip(axes, indices, strict=True))
        if tensor not in STEM_PARAMETERS:  # the unit that it belongs to needs no name
            touched = touched[1:]
        text = f"{tensor}[{','.join(str(k) for k in indices)}]"
        return " ".join([text, *(axis.names[k] for axis, k in touched if axis.names)])

    def parse(self, text: str) -> Asked:
        """What a user asks for; `SpecError` says what is wrong and what there is."""
        if not isinstance(text, str):
            raise SpecError(f"the quantity must be text, found {text!r}; write one {_EXAMPLES}.")
        text = text.strip()
        if text == "loss":
            return Asked("loss")
        match = _FORM.fullmatch(text)
        if not match:
            raise SpecError(f"cannot read the quantity {text!r}; write one {_EXAMPLES}.")
        kind, inside = (match[2] or match[4]).replace("δ", "delta"), match[5]
        layer = int(match[3] or 0)
        row = None if match[6] is None else int(match[6])
        if match[1] and kind not in PARAMETERS:
            raise SpecError(f"{match[1]} stands before a parameter only, found {text!r}.")
        self._check_layer(text, kind, layer)
        axes = self._axes(Asked(kind, layer).tensor)
        tokens = [inside]
        if len(axes) == 2:  # names may hold commas, indices do not
            first, comma, second = inside.partition(",") if kind == "W" else inside.rpartition(",")
            if not comma:
                what = "a weight has two indices, into and from"
                if kind != "W":
                    what = f"{kind} has two indices, {axes[0].noun} and {axes[1].noun}"
                raise SpecError(f"{what}, found {text!r}.")
            tokens = [first, second]
        at = [_index(text, token, axis) for token, axis in zip(tokens, axes, strict=True)]
        return Asked(kind, layer, at[0], at[1] if len(at) > 1 else None, row)

    def _check_layer(self, text: str, kind: str, layer: int) -> None:
        tensor = Asked(kind, layer).tensor
        if kind not in STEM_PARAMETERS:
            lowest = 0 if kind == "a" else 1
            if not lowest <= layer <= self.spec.n_layers:
                raise SpecError(
                    f"{text!r} names layer {layer}; this network has layers {lowest} to "
                    f"{self.spec.n_layers}."
                )
        if kind in PARAMETERS and tensor not in self.spec.parameter_shapes:
            known = ", ".join(self.spec.parameter_shapes)
            raise SpecError(f"this network has no '{tensor}'; its parameters are {known}.")

    def _axes(self, tensor: str) -> tuple[_Axis, ...]:
        """The axes of a parameter, or of one row of z, a or delta."""
        if tensor in STEM_PARAMETERS:
            return self._stem_axes(tensor)
        kind, layer = tensor.rstrip("0123456789"), int(tensor.lstrip(string.ascii_letters))
        into = self._units(layer)
        return (into, self._units(layer - 1)) if kind == "W" else (into,)

    def _units(self, layer: int) -> _Axis:
        where = f"layer {layer}" if layer else "the input"
        return _Axis("unit", where, self.spec.layer_sizes[layer], self._unit_names(layer))

    def _stem_axes(self, tensor: str) -> tuple[_Axis, ...]:
        shape = self.spec.parameter_shapes[tensor]
        if tensor == "scale":
            return (_Axis("input", "scale", shape[0], self.layer_inputs),)
        first, second = {
            "freq": ("column", "frequency"),
            "phase": ("column", "frequency"),
            "mix": ("wave", "frequency"),
            "shift": ("column", "output"),
            "levels": ("level", "unit"),
        }[tensor]
        names: Sequence[str] = self.inputs[: shape[0]] if first == "column" else ()
        if first == "wave" and self.inputs:
            pairs = zip(self.places, self.layer_inputs, strict=True)
            names = [name for place, name in pairs if place.wave is not None]
        return _Axis(first, tensor, shape[0], names), _Axis(second, tensor, shape[1])

    def _unit_names(self, layer: int) -> Sequence[str]:
        if layer == 0:
            return self.layer_inputs
        return self.outputs if layer == self.spec.n_layers else ()


def _index(text: str, token: str, axis: _Axis) -> int:
    token, names = token.strip(), axis.names
    if token in names:
        return list(names).index(token)
    if token.isascii() and token.isdigit():
        if int(token) < axis.size:
            return int(token)
        raise SpecError(
            f"{text!r} asks for {axis.noun} {token} of {axis.where}, which has {axis.size}; "
            "they count from 0."
        )
    hint = ""
    if names:
        close = difflib.get_close_matches(token, names, 1, 0.5)
        hint = f"did you mean '{close[0]}'?" if close else f"one of them is '{names[0]}'."
    raise SpecError(f"{axis.where} has no {axis.noun} called '{token}'.", hint)
