"""An explanation as blocks: headings with sentences, equations and shares under them.

They are formed once, by `derivation/blocks.py`, and every renderer walks the same ones. A block
belongs to the short form, to the full one, or to both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal

from chainrule.explain.notation.tree import Equation, Node


@dataclass(frozen=True)
class Sentence:
    """Text, and numbers that each renderer writes in its own way."""

    parts: tuple[str | float, ...]


@dataclass(frozen=True)
class Share:
    """One part of a number.

    Attributes
    ----------
    label : str
        What adds it: "row 17", "unit 3 of layer 2", "339 more rows".
    value : float
    product : Node or None
        What it is the product of, where that is written out.
    ref : str
        Its home in the trace, such as "row/17", "unit/2/3" or "path/0/3/1"; "" for a rest.
    """

    label: str
    value: float
    product: Node | None = None
    ref: str = ""


@dataclass(frozen=True)
class Shares:
    """What adds up to a number: the largest parts first, then the others together.

    Attributes
    ----------
    parts : tuple of Share
    total : float
        The engine's number, to which they add up.
    of : str
        What the total is, in words: "the data's gradient", "row 17".
    """

    parts: tuple[Share, ...]
    total: float
    of: str = ""

    @property
    def lengths(self) -> list[float]:
        """Of the bars: 1 for the largest part, 0 for all where one is infinite or no number."""
        sizes = [abs(part.value) for part in self.parts]
        largest = max(sizes, default=0.0)
        known = largest > 0 and all(map(math.isfinite, sizes))
        return [size / largest if known else 0.0 for size in sizes]

    @property
    def spans(self) -> list[tuple[float, float]]:
        """From where to where the bars go that add up, each from the end of the one before, and
        that of the total from 0; 1 is the furthest from 0 that one reaches."""
        ends = [0.0, *accumulate(part.value for part in self.parts)]
        reached = [*ends, self.total]
        largest = max(map(abs, reached))
        if not largest or not all(map(math.isfinite, reached)):
            return [(0.0, 0.0)] * (len(self.parts) + 1)
        spans = [(start / largest, end / largest) for start, end in pairwise(ends)]
        return [*spans, (0.0, self.total / largest)]


Item = Sentence | Equation | Shares


@dataclass(frozen=True)
class Block:
    """Items under a heading, which may be empty.

    Attributes
    ----------
    title : str
    items : tuple of Sentence, Equation or Shares
    level : "brief", "full" or "always"
        The form that it belongs to. Pages and notebooks fold the blocks of the full form.
    """

    title: str
    items: tuple[Item, ...]
    level: Literal["brief", "full", "always"] = "full"
