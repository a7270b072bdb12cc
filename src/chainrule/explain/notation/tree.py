"""Nodes of a derivation: quantities of the trace, and the operations that join them.

Every node carries its value, computed once when it is built; renderers only write it down. A `Sum`
may show its largest terms only and then states the value and the number of the others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chainrule.explain.notation.exact_sum import exact_sum
from chainrule.explain.notation.symbols import Symbol, symbol_of


def _exp(x: float) -> float:
    """e^x, infinite where it is too large for a number."""
    return math.exp(x) if x < 709.78 else math.inf


# The functions that `Apply` may name, with the value of each.
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "exp": _exp,
    "expm1": math.expm1,
    "log": math.log,
    "sqrt": math.sqrt,
    "cos": math.cos,
    "sin": math.sin,
    "tanh": math.tanh,
    "abs": abs,
    "sign": lambda x: math.copysign(1.0, x) if x else 0.0,
    "step": lambda x: 1.0 if x > 0 else 0.0,  # 1 above 0, else 0
    "positive": lambda x: max(x, 0.0),
    "logistic": lambda x: 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x)),
    "softplus": lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x))),
    "normal_cdf": lambda x: 0.5 * math.erfc(-x / math.sqrt(2.0)),
    "normal_density": lambda x: math.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi),
}


@dataclass(frozen=True)
class Quantity:
    """A number of the trace, under its symbol.

    Attributes
    ----------
    kind : str
        What it is, such as "w", "delta" or "slope".
    value : float
    layer, unit, source, row : int or None
        Where it lives, counted from 0 for units and rows; a weight has unit and source.
    over_rows : bool
        Whether the symbol shows the row: in sums over rows it must.
    symbol : Symbol or None
        How it is written, where that does not follow from its kind.
    home : int or None
        `Placed.index` of the layer that knows its equation; None where nothing computes it.
    running : str
        Its indices as written in a `Total`, which runs over a letter: "k,3".
    """

    kind: str
    value: float
    layer: int | None = None
    unit: int | None = None
    source: int | None = None
    row: int | None = None
    over_rows: bool = False
    symbol: Symbol | None = None
    home: int | None = None
    running: str = ""

    @property
    def indices(self) -> str:
        """Unit and source as they are written: "3,7"."""
        return self.running or ",".join(str(k) for k in (self.unit, self.source) if k is not None)

    @property
    def written(self) -> Symbol:
        """How it is written."""
        return self.symbol or symbol_of(self.kind)

    @property
    def shown_layer(self) -> int | None:
        """The number of its layer, where the symbol shows it."""
        return None if self.written.bare else self.layer

    @property
    def ref(self) -> str:
        """Its home in the trace: "delta/1/2@17", "w/1/0/3", "learning_rate"."""
        path = [self.kind, self.layer, self.unit, self.source]
        text = "/".join(str(part) for part in path if part is not None)
        return text if self.row is None else f"{text}@{self.row}"


@dataclass(frozen=True)
class Number:
    """An exact constant of a formula, such as 1 or 1/2."""

    value: float


ONE, HALF = Number(1.0), Number(0.5)


@dataclass(frozen=True)
class Negative:
    """The opposite of a node."""

    child: Node
    value: float


@dataclass(frozen=True)
class Rest:
    """The terms that a sum does not show."""

    value: float
    count: int


@dataclass(frozen=True)
class Sum:
    terms: tuple[Node, ...]
    value: float
    rest: Rest | None = None


@dataclass(frozen=True)
class Total:
    """A sum over a whole layer, or over all rows, as one number: sum over `index` of `term`.

    Attributes
    ----------
    term : Node
        The term with the letter `index` in its indices; its value is that of the first term.
    index : str
        "k" over units, "r" over rows, whose symbols show no row.
    count : int
        Number of terms.
    value : float
    """

    term: Node
    index: str
    count: int
    value: float


@dataclass(frozen=True)
class Product:
    factors: tuple[Node, ...]
    value: float


@dataclass(frozen=True)
class Quotient:
    top: Node
    bottom: Node
    value: float


@dataclass(frozen=True)
class Power:
    base: Node
    exponent: int
    value: float


@dataclass(frozen=True)
class Apply:
    """A function of `FUNCTIONS` at one argument."""

    function: str
    argument: Node
    value: float


@dataclass(frozen=True)
class Crossed:
    """A factor that stands above and below a fraction, shown crossed out."""

    child: Node
    value: float


Node = Quantity | Number | Negative | Sum | Total | Product | Quotient | Power | Apply | Crossed


@dataclass(frozen=True)
class Equation:
    """left = right, with the engine's value on the left.

    Attributes
    ----------
    left : Quantity
        Its value is the engine's.
    right : tuple of Node
        One form after the other, each equal to the one before; numbers stand in the last.
    note : str
        A remark such as "the slope cancels".
    """

    left: Quantity
    right: tuple[Node, ...]
    note: str = field(default="")


def minus(child: Node) -> Negative:
    return Negative(child, -child.value)


def add(*terms: Node) -> Sum:
    return Sum(terms, exact_sum(term.value for term in terms))


def times(*factors: Node) -> Product:
    value = factors[0].value
    for factor in factors[1:]:
        value *= factor.value
    return Product(factors, value)


def over(top: Node, bottom: Node) -> Quotient:
    value = top.value / bottom.value if bottom.value else math.nan
    return Quotient(top, bottom, value)


def power(base: Node, exponent: int) -> Power:
    value = 1.0
    for _ in range(exponent):  # like this, and not by `**`, an overflow is infinity
        value *= base.value
    return Power(base, exponent, value)


def apply(function: str, argument: Node) -> Apply:
    return Apply(function, argument, float(FUNCTIONS[function](argument.value)))


def crossed(child: Node) -> Crossed:
    return Crossed(child, child.value)


def cancel(kept: Node, slope: Node) -> Product:
    """kept / slope * slope, of which only `kept` remains."""
    return times(over(kept, crossed(slope)), crossed(slope))


def product(factors: Sequence[Node]) -> Node:
    """The product of the factors; a single one is itself."""
    return factors[0] if len(factors) == 1 else times(*factors)


def rest_of(values: Sequence[float], shown: Sequence[int]) -> Rest | None:
    """The terms that are not shown: their exact sum and their number."""
    hidden = set(range(len(values))) - set(shown)
    if not hidden:
        return None
    return Rest(exact_sum(values[place] for place in hidden), len(hidden))
