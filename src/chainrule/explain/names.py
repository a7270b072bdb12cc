"""Names of inputs and outputs beside their indices, and the quantities that a user may ask for.

    W2[1,3]   weight into unit 1 of layer 2 from unit 3 of layer 1     W1[3,island=Dream]
    b1[2]     bias             delta1[4]  delta = dl/dz of a row       z2[0]   a1[3]   loss

Identifiers count units from 0, as the stored arrays do; in formulas, subscripts count from 1.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from chainrule.errors import SpecError
from chainrule.spec import NetworkSpec

_FORM = re.compile(r"(W|b|delta|z|a)(\d+)\[(.*)\](?:@(\d+))?", re.DOTALL)
_EXAMPLES = 'such as "W1[0,2]", "b1[2]", "delta1[4]", "z2[0]", "a1[3]" or "loss"'


@dataclass(frozen=True)
class Asked:
    """A parsed quantity: its kind, layer, unit (and source, for a weight), and row when given."""

    kind: str  # "W", "b", "delta", "z", "a" or "loss"
    layer: int = 0
    unit: int = 0
    source: int | None = None
    row: int | None = None

    @property
    def tensor(self) -> str:
        """Name of the parameter that holds it."""
        return f"{self.kind}{self.layer}"

    @property
    def identifier(self) -> str:
        """The canonical form: "W2[1,3]"."""
        if self.kind == "loss":
            return "loss"
        inside = f"{self.unit}" if self.source is None else f"{self.unit},{self.source}"
        return f"{self.kind}{self.layer}[{inside}]"


@dataclass(frozen=True)
class Names:
    """What the inputs and outputs of a network are called.

    Attributes
    ----------
    spec : NetworkSpec
    inputs : tuple of str
        One name per input of layer 1, such as "bill_length_mm" or "island=Dream"; may be empty.
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
            ("input", self.inputs, self.spec.n_inputs),
            ("output", self.outputs, self.spec.n_outputs),
        ):
            if names and len(names) != n:
                raise SpecError(f"{n} {what} names are needed, found {len(names)}.")

    def of_unit(self, layer: int, unit: int) -> str:
        """The name of a unit, or "" when it has none."""
        names = self.inputs if layer == 0 else self.outputs if layer == self.spec.n_layers else ()
        return names[unit] if names else ""

    def parameter(self, tensor: str, place: int) -> str:
        """ "W1[3,7]", with the names it touches behind: "W1[3,7] island=Dream"."""
        layer, n_in = int(tensor[1:]), self.spec.layer_sizes[int(tensor[1:]) - 1]
        if tensor[0] == "b":
            return f"{tensor}[{place}]"
        unit, source = divmod(place, n_in)
        name = self.of_unit(layer - 1, source)
        return f"{tensor}[{unit},{source}]" + (f" {name}" if name else "")

    def parse(self, text: str) -> Asked:
        """What a user asks for; `SpecError` says what is wrong and what there is."""
        text = text.strip()
        if text == "loss":
            return Asked("loss")
        match = _FORM.fullmatch(text)
        if not match:
            raise SpecError(f"cannot read the quantity {text!r}; write one {_EXAMPLES}.")
        kind, layer, inside, row = match[1], int(match[2]), match[3], match[4]
        lowest = 0 if kind == "a" else 1
        if not lowest <= layer <= self.spec.n_layers:
            raise SpecError(
                f"{text!r} names layer {layer}; this network has layers {lowest} to "
                f"{self.spec.n_layers}."
            )
        n_out = self.spec.layer_sizes[layer]
        at = None if row is None else int(row)
        if kind != "W":
            unit = self._index(text, inside, n_out, self._unit_names(layer), f"layer {layer}")
            return Asked(kind, layer, unit, row=at)
        first, comma, second = inside.partition(",")
        if not comma:
            raise SpecError(f"a weight has two indices, into and from, found {text!r}.")
        unit = self._index(text, first, n_out, self._unit_names(layer), f"layer {layer}")
        n_in = self.spec.layer_sizes[layer - 1]
        from_where = "the input" if layer == 1 else f"layer {layer - 1}"
        source = self._index(text, second, n_in, self._unit_names(layer - 1), from_where)
        return Asked(kind, layer, unit, source, at)

    def _unit_names(self, layer: int) -> Sequence[str]:
        if layer == 0:
            return self.inputs
        return self.outputs if layer == self.spec.n_layers else ()

    def _index(self, text: str, token: str, n: int, names: Sequence[str], where: str) -> int:
        token = token.strip()
        if token in names:
            return list(names).index(token)
        if token.isascii() and token.isdigit():
            if int(token) < n:
                return int(token)
            raise SpecError(
                f"{text!r} asks for unit {token} of {where}, which has {n}; they count from 0."
            )
        hint = ""
        if names:
            close = difflib.get_close_matches(token, names, 1, 0.5)
            hint = f"did you mean '{close[0]}'?" if close else f"one of them is '{names[0]}'."
        raise SpecError(f"{where} has no unit called '{token}'.", hint)
