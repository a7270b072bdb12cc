"""How a layer hangs together with the others: what it reads, and who reads it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from chainrule.explain.derivation.step import Step
from chainrule.explain.notation.tree import Node, Quantity
from chainrule.reference.arrays import Array
from chainrule.spec import Placed


@dataclass(frozen=True)
class Wire:
    """How a layer hangs together with the others, and what its outputs are called.

    Attributes
    ----------
    at : Placed
    source : Placed or None
        The layer that it reads; None for the features.
    first : int
        The first output of the source that it reads.
    reader : Placed or None
        The layer that reads it, or that it is a part of; None behind the last.
    is_part : bool
        Whether it is a part at the end of `reader`, not read by it: its outputs are outputs of
        `reader`, or are added to them, from `position` on.
    beside : bool
        Whether it is a part beside others, so that its outputs are called as those of `reader`.
    position : int
    letter : str
        Of its outputs: "z", "a", or "h" and others in between.
    read_letter : str
        What the layer behind calls them; another one for z that is also a.
    """

    at: Placed
    source: Placed | None
    first: int
    reader: Placed | None
    is_part: bool = False
    beside: bool = False
    position: int = 0
    letter: str = ""
    read_letter: str = ""


class Source(ABC):
    """What a layer reads: the features, or another layer."""

    @property
    @abstractmethod
    def numbers(self) -> Array:
        """(n, width)."""

    @abstractmethod
    def shown(self, j: int, r: int) -> list[Node]:
        """Output j in a row, as the factors under which others speak of it."""


class Features(Source):
    """The rows of X: a(0) where layer 1 reads them, x where another layer does."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self.is_a0 = step.spec.a_places[0] is None

    @property
    def numbers(self) -> Array:
        return np.asarray(self.step.X)

    def shown(self, j: int, r: int) -> list[Node]:
        kind, layer = ("a", 0) if self.is_a0 else ("x", None)
        return [Quantity(kind, float(self.step.X[r, j]), layer, j, row=r)]
