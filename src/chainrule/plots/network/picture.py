"""What a picture of a network shows and where, before anything is drawn. Lengths are inches."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace

from chainrule.explain.notation.numbers import format_number

CHARACTER = 0.076  # of the width of a box, at the font size of the painter
LINE = 0.17  # of the height of a box
PADDING = 0.16

Key = Hashable  # of a unit: (layer, unit), ("x", feature), ("more", layer), "loss"


def number(value: float, digits: int = 4) -> str:
    """A number of a picture: so many digits, or all where they are few, and a real minus sign."""
    text, full = format_number(value, digits), format_number(value, "full")
    return (full if len(full) < len(text) else text).replace("-", "−")


def signed(value: float, digits: int = 4) -> str:
    """The same with a plus sign where it is positive."""
    return ("+" if value > 0 else "") + number(value, digits)


def product_of(factors: Sequence[float], value: float, digits: int = 4) -> str:
    """Factors with a dot between them, with so many digits that they give the shown value."""
    for more in range(digits, 17):
        texts = [number(factor, more) for factor in factors]
        shown = math.prod(float(text.replace("−", "-")) for text in texts)
        if number(shown, digits) == number(value, digits):
            break
    return "·".join(f"({t})" if k and t.startswith("−") else t for k, t in enumerate(texts))


def short(name: str, limit: int = 18) -> str:
    """A name that fits into a box."""
    return name if len(name) <= limit else f"{name[: limit - 1]}…"


@dataclass(frozen=True)
class Node:
    """A box.

    Attributes
    ----------
    x, y : float
        Of its centre.
    lines : tuple of (symbol, number) pairs, as text
    value : float
        The number whose sign the frame shows.
    name : str
        A heading: the name of a column or class.
    style : "unit", "more" (those left out) or "plain" (no frame)
    is_lit : bool
        False draws it faint.
    least : float
        Inches that it is wide at least: as wide as the others of its column.
    """

    x: float
    y: float
    lines: tuple[tuple[str, str], ...]
    value: float = 0.0
    name: str = ""
    style: str = "unit"
    is_lit: bool = True
    least: float = 0.0

    @property
    def texts(self) -> list[str]:
        """Its lines as they take up room."""
        pairs = [f"{symbol}  {value}" if symbol else value for symbol, value in self.lines]
        return [self.name, *pairs] if self.name else pairs

    @property
    def width(self) -> float:
        return max(self.least, PADDING + CHARACTER * max(len(text) for text in self.texts))

    @property
    def height(self) -> float:
        return PADDING * 0.7 + LINE * len(self.texts)


@dataclass(frozen=True)
class Line:
    """A line between two boxes.

    Attributes
    ----------
    start, end : Key
        Of the boxes.
    value : float or None
        Its width and sign; None draws a thin grey line.
    text : str
        Written on it.
    at : float
        Where, as a share of its length.
    is_lit : bool
        False draws it faint.
    """

    start: Key
    end: Key
    value: float | None = None
    text: str = ""
    at: float = 0.5
    is_lit: bool = True


@dataclass(frozen=True)
class Funnel:
    """A layer that turns some boxes into others, as a shape from the ones to the others."""

    start: tuple[Key, ...]
    end: tuple[Key, ...]
    text: str


@dataclass(frozen=True)
class Bridge:
    """A residual connection: an arc over the columns from `start` to `end`."""

    start: float
    end: float
    height: float
    text: str


@dataclass
class Picture:
    """Everything that is drawn.

    Attributes
    ----------
    nodes : dict of Key to Node
    lines : list of Line
    funnels, bridges
    bands : list of tuple of Key
        Boxes that a layer mixes, which get a common background.
    headings : list of (x, y, text)
        Above the columns.
    what : str
        What the width of a line means: "weight".
    is_gradient : bool
        Which pair of colours is meant.
    footer : list of str
        Lines of text below.
    is_dense : bool
        Many lines: they are drawn thinner, and fainter where they are not lit.
    """

    what: str
    is_gradient: bool = False
    nodes: dict[Key, Node] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    funnels: list[Funnel] = field(default_factory=list)
    bridges: list[Bridge] = field(default_factory=list)
    bands: list[tuple[Key, ...]] = field(default_factory=list)
    headings: list[tuple[float, float, str]] = field(default_factory=list)
    footer: list[str] = field(default_factory=list)
    is_dense: bool = False

    @property
    def largest(self) -> float:
        """The value of the widest line."""
        return max((abs(line.value) for line in self.lines if line.value is not None), default=0.0)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, right, bottom, top of all boxes, headings and arcs."""
        nodes = self.nodes.values()
        tops = [node.y + node.height / 2 for node in nodes]
        tops += [y + LINE * (1 + text.count("\n")) for _, y, text in self.headings]
        tops += [bridge.height + 2 * LINE for bridge in self.bridges]
        halves = [(x, CHARACTER * max(map(len, text.split("\n"))) / 2)
                  for x, _, text in self.headings]  # fmt: skip
        lefts = [node.x - node.width / 2 for node in nodes] + [x - half for x, half in halves]
        rights = [node.x + node.width / 2 for node in nodes] + [x + half for x, half in halves]
        letters = max((len(line) for line in self.footer), default=0)
        rights.append(min(lefts) + 0.9 * CHARACTER * letters)
        return min(lefts), max(rights), min(node.y - node.height / 2 for node in nodes), max(tops)


def placed(column: dict[Key, Node], x: float) -> dict[Key, Node]:
    """The boxes of a column at their place, all of one width."""
    widest = max(node.width for node in column.values())
    return {key: replace(node, x=x, least=widest) for key, node in column.items()}


def column_heights(count: int, distance: float) -> list[float]:
    """Centres of so many boxes one below the other, around 0."""
    return [distance * ((count - 1) / 2 - place) for place in range(count)]


def label_place(n_starts: int, n_ends: int) -> float:
    """Where numbers stand on the lines between two columns so that they are equally far apart.

    Of all n m lines between columns of equal distance 1, the points at t = 1 / (1 + m) lie t apart,
    those at 1 - 1 / (1 + n) lie 1 / (1 + n) apart; the better of the two.
    """
    return 1 / (1 + n_ends) if n_ends <= n_starts else 1 - 1 / (1 + n_starts)
