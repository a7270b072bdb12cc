"""What `explain` returns: equations in sections, rows, paths, update, check. Renderers read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chainrule.explain.nudge import Check
from chainrule.explain.numbers import Digits
from chainrule.explain.paths import Paths
from chainrule.explain.tree import Equation, Rest

FORMAT = "chainrule.explanation/1"
CONVENTIONS = (
    "w_ji(l) leads into unit j of layer l from unit i of layer l-1; (l) is not a power; subscripts "
    "count from 1, identifiers such as W1[0,0] and rows (@3) from 0"
)


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
class Explanation:
    """The derivation of one quantity; prints as text, shows as mathematics in notebooks.

    Attributes
    ----------
    quantity : str
        Canonical identifier, such as "W1[3,7]".
    what : str
        One sentence: what the quantity is.
    value : float
    row : int
        The row that the one-row equations are about.
    header : dict
        `StepTrace.header()`, plus conventions and names.
    sections : tuple of Section
        The quantity itself first, then where its numbers come from.
    rows : Rows or None
    paths : Paths or None
    update : tuple of Equation
    prediction : Prediction or None
    check : Check or None
    remarks : tuple of str
        Where an input comes from in the table, and how a penalty or decay enters.
    digits : int or "full"
        Of numbers in text; JSON always has all.
    """

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
    remarks: tuple[str, ...] = ()
    digits: Digits = 4

    @property
    def equations(self) -> list[Equation]:
        """Every equation, the update's last."""
        return [*(e for section in self.sections for e in section.equations), *self.update]

    def to_text(self, *, unicode: bool = True, width: int = 80) -> str:
        from chainrule.explain.render_text import render_text

        return render_text(self, unicode=unicode, width=width)

    def to_latex(self) -> str:
        from chainrule.explain.render_latex import render_latex

        return render_latex(self)

    def to_html(self) -> str:
        from chainrule.explain.render_mathml import render_mathml

        return render_mathml(self)

    def to_json(self) -> dict[str, Any]:
        from chainrule.explain.render_json import render_json

        return render_json(self)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()

    def _repr_latex_(self) -> str:
        return self.to_latex()
