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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from chainrule.errors import SpecError
from chainrule.explain.derivation.asked import NUMBERS, Asked, owner
from chainrule.explain.derivation.kinds import kind_of
from chainrule.explain.derivation.layer import Axis
from chainrule.explain.derivation.source import Wire
from chainrule.explain.derivation.wiring import wires
from chainrule.spec import NetworkSpec, Placed

_FORM = re.compile(r"(d[Ll]/d|∂[Lℓ]/∂)?([A-Za-z_]+|δ)(\d*)\[(.*)\](?:@(\d+))?", re.DOTALL)
_EXAMPLES = 'such as "W1[0,2]", "b1[2]", "delta1[4]", "z2[0]", "a1[3]", "scale[5]" or "loss"'


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
    units : mapping of int to tuple of str
        Names of the units of hidden layers, by the layer.
    levels : mapping of str to tuple of str
        By the name of a column of codes, its levels in the order of the codes 1, 2, ...

    Raises
    ------
    SpecError
        For another number of names than there are inputs, outputs, units or levels.
    """

    spec: NetworkSpec
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    units: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        spec = self.spec
        units = {layer: _texts(names) for layer, names in self.units.items()}
        levels = {column: _texts(names) for column, names in self.levels.items()}
        given: dict[str, Any] = {
            "inputs": _texts(self.inputs), "outputs": _texts(self.outputs),
            "units": units, "levels": levels,
        }  # fmt: skip
        for name, value in given.items():
            object.__setattr__(self, name, value)
        for layer in units:
            if layer not in range(1, spec.n_layers):
                last = spec.n_layers - 1
                there = f"the hidden layers are 1 to {last}" if last else "there is no hidden layer"
                raise SpecError(f"names of the units of layer {layer!r}: {there}.")
        checked = [
            ("input", self.inputs, spec.n_features),
            ("output", self.outputs, spec.n_outputs),
        ]
        checked += [(f"layer {l} unit", names, spec.layer_sizes[l]) for l, names in units.items()]
        counts = self._level_counts()
        for column, names in levels.items():
            if column not in counts:
                known = ", ".join(counts) or "none with a name"
                raise SpecError(f"levels of '{column}': the columns of codes are {known}.")
            checked.append((f"'{column}' level", names, counts[column]))
        for what, names, n in checked:
            if names and len(names) != n:
                raise SpecError(f"{n} {what} names are needed, found {len(names)}.")

    @classmethod
    def of(cls, spec: NetworkSpec, given: Any) -> Names:
        """From what a user gives: names of the inputs, or a mapping with "inputs", "outputs", the
        number of a hidden layer, and "levels"; None for no names. Raises `SpecError` for others."""
        if given is None or isinstance(given, cls):
            return given or cls(spec)
        if isinstance(given, Mapping):
            known = ("inputs", "outputs", "levels")
            parts: dict[str, Any] = {key: given[key] for key in known if key in given}
            units = {key: names for key, names in given.items() if key not in known}
            if all(isinstance(key, int) for key in units):
                return cls(spec, **parts, units=units)
            wrong = next(key for key in units if not isinstance(key, int))
            raise SpecError(
                f"names has no entry {wrong!r}; it takes 'inputs', 'outputs', 'levels' and "
                "numbers of hidden layers."
            )
        return cls(spec, given)

    def _level_counts(self) -> dict[str, int]:
        """Number of known levels of every column of codes that has a name."""
        found: dict[str, int] = {}
        for at in self.spec.walk:
            if kind_of(at).reads_codes and self.inputs:
                found |= dict(zip(self.read(at), at.layer.constants()["levels"], strict=True))
        return found

    @cached_property
    def wires(self) -> tuple[Wire, ...]:
        return wires(self.spec)

    def made(self, at: Placed) -> Sequence[str]:
        """Names of the outputs of a layer; empty where they have none."""
        if at.number == self.spec.n_layers:
            return self.outputs
        if at.number:
            width = self.spec.layer_sizes[at.number]
            return self.units.get(at.number, ()) if at.n_out == width else ()
        if not self.inputs:
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

    def _levels(self, at: Placed) -> list[str]:
        """A name for every row of a table of codes: "island=?" for what is missing or unknown."""
        counts = self._level_counts()
        return [
            f"{column}={level}"
            for column in self.read(at)
            for level in ("?", *self.levels.get(column, map(str, range(1, counts[column] + 1))))
        ]

    def of_feature(self, feature: int) -> str:
        """The name of a column of X, else "feature 0"."""
        return self.inputs[feature] if self.inputs else f"feature {feature}"

    def axes(self, tensor: str) -> tuple[Axis, ...]:
        """The axes of a parameter, or of one row of z, a or delta."""
        if tensor in self.spec.parameters:
            at = owner(self.spec, tensor)
            family = Asked.of_parameter(self.spec, tensor, ()).kind
            found = kind_of(at).axes(at, family, self.read(at), self.made(at))
            if kind_of(at).reads_codes and self.levels:
                return (found[0]._replace(names=self._levels(at)), *found[1:])
            return found
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
            if axes[0].names and axes[1].names:
                first, comma, second = _between(inside, axes[0])
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


def _texts(names: Any) -> tuple[str, ...]:
    if isinstance(names, str):
        raise SpecError(f"names must be a list of names, found the text {names!r}.")
    return tuple(str(name) for name in names)


def _between(inside: str, first: Axis) -> tuple[str, str, str]:
    """Split behind a name of the first axis, if one stands there, else at the first comma."""
    for name in sorted(first.names, key=len, reverse=True):
        if inside.startswith(f"{name},"):
            return name, ",", inside[len(name) + 1 :]
    return inside.partition(",")


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
