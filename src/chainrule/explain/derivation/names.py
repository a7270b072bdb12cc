"""Names of inputs and outputs beside their indices, and the quantities that a user may ask for.

    W2[1,3]   weight into unit 1 of layer 2 from unit 3 of layer 1     W1[3,island=Dream]
    b1[2]     bias             delta1[4]  delta = dl/dz of a row       z2[0]   a1[3]   loss

and every other parameter by the name of its array. Asking for a parameter asks for its gradient, so
that dL/dW2[1,3] is W2[1,3]; what a formula shows can be typed. Units, inputs and rows count from 0,
as in the stored arrays, layers from 1.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from chainrule.errors import SpecError
from chainrule.explain.derivation.kinds import kind_of
from chainrule.explain.derivation.layer import Axis
from chainrule.explain.derivation.source import Wire
from chainrule.explain.derivation.wiring import wires
from chainrule.spec import NetworkSpec, Placed

NUMBERS = {"z": 1, "a": 0, "delta": 1}  # of units, from the layer where they begin

_FORM = re.compile(r"(dL/d|∂L/∂)?([A-Za-z_]+|δ)(\d*)\[(.*)\](?:@(\d+))?", re.DOTALL)
_EXAMPLES = 'such as "W1[0,2]", "b1[2]", "delta1[4]", "z2[0]", "a1[3]", "scale[5]" or "loss"'


@dataclass(frozen=True)
class Asked:
    """A parsed quantity: its kind, layer, unit (and source, for a weight), and row when given."""

    kind: str  # the family of a parameter, a key of NUMBERS, or "loss"
    layer: int = 0  # 0 also for the parameters before layer 1
    unit: int = 0
    source: int | None = None
    row: int | None = None

    @property
    def is_parameter(self) -> bool:
        return self.kind not in NUMBERS and self.kind != "loss"

    @property
    def tensor(self) -> str:
        """Name of the array that holds it: "W1", "scale", "a0"."""
        return f"{self.kind}{self.layer or ('' if self.is_parameter else 0)}"

    @property
    def at(self) -> tuple[int, ...]:
        """Its index in that array."""
        return (self.unit,) if self.source is None else (self.unit, self.source)

    @property
    def identifier(self) -> str:
        """The canonical form: "W2[1,3]"."""
        if self.kind == "loss":
            return "loss"
        return f"{self.tensor}[{','.join(str(k) for k in self.at)}]"

    @classmethod
    def of_parameter(cls, spec: NetworkSpec, tensor: str, index: Sequence[int]) -> Asked:
        """One element of a parameter by the name of its array."""
        at = owner(spec, tensor)
        return cls(tensor.removesuffix(str(at.number or "")), at.number, *index)


def owner(spec: NetworkSpec, tensor: str) -> Placed:
    """The layer that has this parameter."""
    return next(at for at in spec.walk if tensor in at.parameters)


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
        """Raises `SpecError` for another number of names than the network has inputs or outputs."""
        object.__setattr__(self, "inputs", tuple(str(name) for name in self.inputs))
        object.__setattr__(self, "outputs", tuple(str(name) for name in self.outputs))
        for what, names, n in (
            ("input", self.inputs, self.spec.n_features),
            ("output", self.outputs, self.spec.n_outputs),
        ):
            if names and len(names) != n:
                raise SpecError(f"{n} {what} names are needed, found {len(names)}.")

    @cached_property
    def wires(self) -> tuple[Wire, ...]:
        return wires(self.spec)

    def made(self, at: Placed) -> Sequence[str]:
        """Names of the outputs of a layer; empty where they have none."""
        if at.number == self.spec.n_layers:
            return self.outputs
        if at.number or not self.inputs:
            return ()
        return kind_of(at).makes(at, self.read(at), [self.made(part) for part in at.inside])

    def read(self, at: Placed) -> Sequence[str]:
        """Names of the inputs of a layer; empty where they have none."""
        wire = self.wires[at.index]
        names = self.inputs if wire.source is None else self.made(wire.source)
        return names[wire.first : wire.first + at.n_in]

    @cached_property
    def layer_inputs(self) -> tuple[str, ...]:
        """Names of the inputs of layer 1: "col", "col~0" (of a periodic embedding), "col#0" (of a
        level's vector); empty without names of the columns."""
        return tuple(self._units(0))

    def of_unit(self, layer: int, unit: int) -> str:
        """The name of a unit, or of an input of layer 1 for layer 0; "" when it has none."""
        names = self._units(layer)
        return names[unit] if names else ""

    def _units(self, layer: int) -> Sequence[str]:
        at = self.spec.a_places[layer]
        return self.inputs if at is None else self.made(at)

    def called(self, layer: int, unit: int) -> str:
        """In words: "unit 3 of layer 1", "input 2 (age)", "output 1 (B)"."""
        text = f"unit {unit} of layer {layer}"
        if layer in (0, self.spec.n_layers):
            text = f"{'output' if layer else 'input'} {unit}"
        name = self.of_unit(layer, unit)
        return f"{text} ({name})" if name else text

    def of_feature(self, feature: int) -> str:
        """The name of a column of X, else "feature 0"."""
        return self.inputs[feature] if self.inputs else f"feature {feature}"

    def axes(self, tensor: str) -> tuple[Axis, ...]:
        """The axes of a parameter, or of one row of z, a or delta."""
        if tensor in self.spec.parameters:
            at = owner(self.spec, tensor)
            family = Asked.of_parameter(self.spec, tensor, ()).kind
            return kind_of(at).axes(at, family, self.read(at), self.made(at))
        layer = int(re.sub(r"\D", "", tensor))
        of = f"layer {layer}" if layer else "the input"
        return (Axis("unit", of, self.spec.layer_sizes[layer], self._units(layer)),)

    def parameter(self, tensor: str, place: int) -> str:
        """ "W1[3,7]", with the names it touches behind: "W1[3,7] island=Dream"."""
        axes = self.axes(tensor)
        indices = divmod(place, axes[1].size) if len(axes) == 2 else (place,)
        touched = list(zip(axes, indices, strict=True))
        if tensor[-1].isdigit():  # the unit of a layer that it belongs to needs no name
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
        by_loss, kind, layer, inside, row = match.groups()
        asked = Asked(kind.replace("δ", "delta"), int(layer or 0))
        if by_loss and not asked.is_parameter:
            raise SpecError(f"{by_loss} stands before a parameter only, found {text!r}.")
        self._check_layer(text, asked, bool(layer))
        axes = self.axes(asked.tensor)
        tokens = [inside]
        if len(axes) == 2:  # names may hold commas, indices do not
            first, comma, second = (
                inside.partition(",") if axes[1].names else inside.rpartition(",")
            )
            if not comma:
                nouns = " and ".join(f"{axis.noun} of {axis.of}" for axis in axes)
                raise SpecError(f"{asked.tensor} has two indices, {nouns}, found {text!r}.")
            tokens = [first, second]
        at = [_index(text, token, axis) for token, axis in zip(tokens, axes, strict=True)]
        return Asked(
            asked.kind,
            asked.layer,
            at[0],
            at[1] if len(at) > 1 else None,
            int(row) if row else None,
        )

    def _check_layer(self, text: str, asked: Asked, numbered: bool) -> None:
        lowest, last = NUMBERS.get(asked.kind, 1), self.spec.n_layers
        if not asked.is_parameter and not numbered:
            raise SpecError(f"cannot read the quantity {text!r}; write one {_EXAMPLES}.")
        if numbered and not lowest <= asked.layer <= last:
            raise SpecError(
                f"{text!r} names layer {asked.layer}; this network has layers {lowest} to {last}."
            )
        if asked.is_parameter and asked.tensor not in self.spec.parameters:
            known = ", ".join(self.spec.parameters)
            raise SpecError(f"this network has no '{asked.tensor}'; its parameters are {known}.")


def _index(text: str, token: str, axis: Axis) -> int:
    token, names = token.strip(), axis.names
    if token in names:
        return list(names).index(token)
    if token.isascii() and token.isdigit():
        if int(token) < axis.size:
            return int(token)
        raise SpecError(
            f"{text!r} asks for {axis.noun} {token} of {axis.of}, which has {axis.size}; "
            "they count from 0."
        )
    hint = ""
    if names:
        close = difflib.get_close_matches(token, names, 1, 0.5)
        hint = f"did you mean '{close[0]}'?" if close else f"one of them is '{names[0]}'."
    raise SpecError(f"{axis.of} has no {axis.noun} called '{token}'.", hint)
