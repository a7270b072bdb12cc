"""A layer of a recorded step as equations: what the file of every layer kind says of itself.

One object stands for each layer of the network. It asks the layer `below` for what it reads and the
layer `above` for what comes back, and the loops in the other files of this room know no kind by
name.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from chainrule.explain.derivation.source import Source, Wire
from chainrule.explain.derivation.step import Step
from chainrule.explain.derivation.sums import Sums
from chainrule.explain.notation.symbols import Symbol
from chainrule.explain.notation.tree import ONE, Equation, Node, Quantity, product
from chainrule.reference.arrays import Array, Backward, Params
from chainrule.reference.layers import KINDS as REFERENCE
from chainrule.spec import Placed

Text = Callable[[int], str]  # of a unit by its index: "unit 3 of layer 1", "input 2 (age)"


class Axis(NamedTuple):
    """One axis of a parameter: what its indices count, of what, how many, and their names."""

    noun: str
    of: str
    size: int
    names: Sequence[str] = ()


class Called(NamedTuple):
    """The words for what a layer reads and makes, and the axes of its parameter."""

    read: Text
    made: Text
    axes: tuple[Axis, ...]


class Layer(Source):
    """The interface of a layer kind.

    A kind defines what its layers can be asked for: `words` and `gradient` where they have
    parameters, `forward` where their outputs have a symbol, `backward` where something below has a
    derivative, `link` and `links` where they are numbered.

    Attributes
    ----------
    joins : bool
        Whether its slope joins the equation of what stands below it. Else dl/dout is named.
    is_named : bool
        Whether what it makes has a symbol; else others show it as `shown` says.
    reads_codes : bool
        Whether what it reads are codes of categories.
    slope_size : float
        Of its slope, where that is rounded in units of this and not of itself: 1 - a of a sigmoid
        keeps few digits of a small difference.
    """

    joins: ClassVar[bool] = False
    is_named: ClassVar[bool] = True
    reads_codes: ClassVar[bool] = False
    slope_size: ClassVar[float] = 0.0

    # In words, known from the description alone.

    @staticmethod
    def axes(
        at: Placed, family: str, reads: Sequence[str], makes: Sequence[str]
    ) -> tuple[Axis, ...]:
        """The axes of a parameter, given the names of its inputs and outputs, if they have any; one
        number of each unit where nothing else is said."""
        return (Axis("unit", f"layer {at.number}", at.n_out, makes),)

    @staticmethod
    def words(at: Placed, family: str, index: tuple[int, ...], called: Called) -> str:
        """What a parameter is: "the bias of unit 3 of layer 1"."""
        raise NotImplementedError

    @staticmethod
    def meets(at: Placed, family: str, index: tuple[int, ...]) -> int | None:
        """The one input that a parameter meets, if it is one."""
        return None

    @staticmethod
    def makes(at: Placed, reads: Sequence[str], parts: list[Sequence[str]]) -> Sequence[str]:
        """Names of its outputs, given those of its inputs and of the outputs of its parts."""
        return reads if at.n_in == at.n_out else ()

    @staticmethod
    def position(at: Placed, part: int) -> int:
        """Which of its outputs is the first that comes from a part."""
        return 0

    @staticmethod
    def has_kink(at: Placed) -> bool:
        """Whether its slope jumps where an input is 0."""
        return False

    # Equations.

    def forward(self, j: int, r: int) -> Equation:
        """Output j of row r from what the layer reads."""
        raise NotImplementedError

    def backward(self, i: int, r: int) -> list[Node]:
        """The factors of dl/din_i, from dl/dout."""
        raise NotImplementedError

    def gradient(self, family: str, index: tuple[int, ...], r: int) -> list[Node]:
        """The factors of dl/dw of one parameter in row r."""
        raise NotImplementedError

    def note(self, family: str) -> str:
        """What must be known to read the gradient's equation."""
        return ""

    def own_equation(self, q: Quantity) -> Equation | None:
        """The equation of a quantity that only this layer knows, from `own`."""
        return None

    # What absolute terms stand behind a number, for a comparison that must know its rounding.

    @staticmethod
    def sizes(
        at: Placed, own: Params, a: Array, d: Array, share: Array, *inside: Backward
    ) -> tuple[Array | None, Params]:
        """The backward pass of `reference/` over absolute values: from d, the absolute terms of
        dl/dout (n, n_out), those of dl/din and of each parameter's gradient."""
        positive = {family: np.abs(w) for family, w in own.items()}
        vjp = REFERENCE[at.layer.kind].vjp
        return vjp(at.layer, positive, np.abs(a), d, share, *inside)

    # What every kind shares.

    def __init__(self, step: Step, sums: Sums, wire: Wire, below: Source) -> None:
        self.step, self.sums, self.wire, self.below = step, sums, wire, below
        self.at = wire.at
        self.layer: Any = wire.at.layer
        self.above: Layer | None = None
        self.parts: list[Layer] = []

    @property
    def numbers(self) -> Array:
        return self.step.recorded.layers[self.at.index].out

    @property
    def derivatives(self) -> Array:
        """dl/dout of each row's own loss (n, n_out)."""
        found = self.step.recorded.layers[self.at.index].d_out
        assert found is not None  # but at the output's activation, which nobody asks
        return found

    @property
    def inputs(self) -> Array:
        """(n, n_in)."""
        return self.below.numbers[:, self.wire.first : self.wire.first + self.at.n_in]

    def tensor(self, family: str) -> Array:
        """One of its parameters."""
        found: npt.NDArray[Any] = self.step.params[self.at.name(family)]
        return found

    def parameter(self, family: str, *index: int) -> Quantity:
        value = float(self.tensor(family)[index])
        unit, source = (*index, None)[:2]
        return Quantity(family.lower(), value, self.at.number or None, unit, source)

    def own(
        self, kind: str, value: float, symbol: Symbol, *index: int, r: int | None = None
    ) -> Quantity:
        """A quantity of its own; `own_equation` may have its equation."""
        unit, source = (*index, None, None)[:2]
        return Quantity(
            kind, float(value), self.at.number or None, unit, source, r,
            symbol=symbol, home=self.at.index,
        )  # fmt: skip

    def out(self, j: int, r: int) -> Quantity:
        """Output j of a row."""
        if self.wire.beside:
            return self._container.out(self.wire.position + j, r)
        return self._called(self.wire.letter, j, r)

    def derivative(self, j: int, r: int) -> Quantity:
        """dl/dout_j of a row: delta for z."""
        if self.wire.beside:
            return self._container.derivative(self.wire.position + j, r)
        number = self._number(self.wire.letter)
        value = float(self.derivatives[r, j])
        return Quantity(self.derivative_kind, value, number, j, row=r, home=self.at.index)

    @property
    def derivative_kind(self) -> str:
        return "delta" if self.wire.letter == "z" else f"dl_d{self.wire.letter}"

    def _called(self, letter: str, j: int, r: int) -> Quantity:
        number = self._number(letter)
        return Quantity(letter, float(self.numbers[r, j]), number, j, row=r, home=self.at.index)

    def _number(self, letter: str) -> int | None:
        """The layer in the symbol: a(0) has its 0, others before layer 1 have none."""
        return self.at.number if letter == "a" else self.at.number or None

    @property
    def _container(self) -> Layer:
        assert self.above is not None
        return self.above

    def shown(self, j: int, r: int) -> list[Node]:
        return [self._called(self.wire.read_letter, j, r)]

    def read(self, i: int, r: int) -> list[Node]:
        """Input i of a row: what it is called, and a dropout mask on it."""
        return self.below.shown(self.wire.first + i, r)

    def behind(self, j: int, r: int) -> list[Node]:
        """The factors of dl/dout_j, from the layer above."""
        assert self.above is not None  # but at the output, where the loss stands
        if self.wire.is_part:
            return self.above.by_out(self.wire.position + j, r)
        return self.above.backward(j, r)

    def by_out(self, j: int, r: int) -> list[Node]:
        """dl/dout_j inside another equation: its name, or its factors."""
        return self.behind(j, r) if self.joins else [self.derivative(j, r)]

    def output_slope(self, j: int, r: int) -> Quantity | None:
        """sigma'(z) where the loss is taken: 1 where no activation stands there, None where it is
        no number of one output."""
        return Quantity("slope", 1.0, self.at.number, j, row=r, home=self.at.index)

    def link(self, j: int, i: int) -> list[Node]:
        """The factors of dz_j/da_i of a numbered layer, for paths that lead through it."""
        raise NotImplementedError

    def links(self) -> Array:
        """All of them (n_out, n_in)."""
        raise NotImplementedError

    def is_own(self, q: Quantity) -> bool:
        """Whether a quantity is known to this layer alone, from `own`."""
        wire = self.wire
        return q.kind not in (wire.letter, wire.read_letter, self.derivative_kind)

    def equation(self, q: Quantity) -> Equation | None:
        """The equation of one of its quantities; None where it has none."""
        if q.unit is None or q.row is None:
            return self.own_equation(q)
        if q.kind == self.derivative_kind:
            return Equation(q, (product(self.behind(q.unit, q.row)),))
        if q.kind == self.wire.letter:
            return self.forward(q.unit, q.row)
        if q.kind == self.wire.read_letter:
            return Equation(q, (self.out(q.unit, q.row),), "identity")
        return self.own_equation(q) or self._no_activation(q)

    def _no_activation(self, q: Quantity) -> Equation | None:
        return Equation(q, (ONE,), "slope of identity") if q.kind == "slope" else None


class Elementwise(Layer):
    """A layer whose output j depends on its input j alone."""

    @abstractmethod
    def slope(self, i: int, r: int) -> list[Node]:
        """The factors of dout_i/din_i."""

    def backward(self, i: int, r: int) -> list[Node]:
        return [*self.by_out(i, r), *self.slope(i, r)]
