"""What an explanation says, as data: equations under headings, rows, paths, update and check.

`derivation/` and `check/` fill it in; `render/` writes it down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chainrule.explain.notation.blocks import Block
from chainrule.explain.notation.numbers import Digits
from chainrule.explain.notation.tree import Equation, Product, Rest
from chainrule.explain.notation.verdicts import Check, Verdict


@dataclass(frozen=True)
class RowPart:
    """What one row adds to a gradient or a loss: value = share * part."""

    row: int
    share: float
    part: float
    value: float


@dataclass(frozen=True)
class Rows:
    """The rows' parts of a number, largest first, and the rest."""

    parts: tuple[RowPart, ...]
    rest: Rest | None
    total: float


@dataclass(frozen=True)
class Section:
    """Equations under a heading."""

    title: str
    equations: tuple[Equation, ...]


@dataclass(frozen=True)
class Prediction:
    """What the step should change the loss by, to first order, and what it does."""

    predicted: float
    real: float


@dataclass(frozen=True)
class Path:
    """One way: its unit in each layer from the target's to L, and its product."""

    units: tuple[int, ...]
    product: Product

    @property
    def value(self) -> float:
        return self.product.value


@dataclass(frozen=True)
class Paths:
    """The largest ways of one row, and the rest.

    Attributes
    ----------
    layer, row : int
        Where the ways end, and for which row.
    total : float
        The engine's number for the row, to which all ways add up.
    n_paths : int
    shown : tuple of Path
        Largest first.
    rest : Rest or None
        The other ways; their sum.
    enumerated : bool
        True when the rest was multiplied out; False when it is total minus shown.
    absolute_sum : float or None
        Sum of all |products|; None when not enumerated.
    """

    layer: int
    row: int
    total: float
    n_paths: int
    shown: tuple[Path, ...]
    rest: Rest | None
    enumerated: bool
    absolute_sum: float | None


@dataclass(frozen=True)
class Contents:
    """What an `Explanation` holds; its attributes are described there."""

    quantity: str
    what: str
    value: float
    row: int
    header: dict[str, Any]
    sections: tuple[Section, ...]
    rows: Rows | None
    paths: Paths | None
    update: tuple[Equation, ...]
    prediction: Prediction | None
    check: Check | None
    verdicts: tuple[Verdict, ...] = ()
    origin: str = ""
    remarks: tuple[str, ...] = ()
    digits: Digits = 4
    notice: str = ""
    blocks: tuple[Block, ...] = ()
    full: bool = False

    @property
    def shown(self) -> list[Block]:
        """The blocks of its form, the short or the full one."""
        other = "brief" if self.full else "full"
        return [block for block in self.blocks if block.level != other]

    @property
    def folded(self) -> list[Block]:
        """The blocks that the short form leaves out; none in the full form."""
        return [] if self.full else [block for block in self.blocks if block.level == "full"]

    @property
    def equations(self) -> list[Equation]:
        """Every equation, the update's last."""
        return [*(e for section in self.sections for e in section.equations), *self.update]
