"""`explain`: any number of backpropagation, with its formula, its numbers and where they come from.

explain(trace, "W2[1,3]")     also "dL/dW2[1,3]", "b1[2]", "delta1[4]", "z2[0]", "W1[3,age]", "loss"
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from chainrule.errors import DataError, SpecError
from chainrule.explain.check.central_difference import check_one
from chainrule.explain.check.verdicts import verdicts_on
from chainrule.explain.derivation.asked import Asked
from chainrule.explain.derivation.blocks import Blocks
from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.derivation.gradient import Gradient
from chainrule.explain.derivation.paths import find_paths
from chainrule.explain.derivation.sections import Sections
from chainrule.explain.derivation.update import Update
from chainrule.explain.derivation.words import origin, remarks, what
from chainrule.explain.explanation import Explanation
from chainrule.explain.notation.contents import Contents, Paths, Prediction, RowPart, Rows
from chainrule.explain.notation.numbers import Digits
from chainrule.explain.notation.symbols import CONVENTIONS
from chainrule.explain.notation.tree import Quantity, rest_of
from chainrule.explain.notation.verdicts import Verdict
from chainrule.explain.trace import StepTrace


def explain(
    trace: StepTrace,
    quantity: str,
    *,
    row: int | None = None,
    top: int | None = 5,
    digits: Digits = 4,
    check: str = "central",
    full: bool = False,
) -> Explanation:
    """Derive one quantity of a traced step.

    Parameters
    ----------
    trace : StepTrace
    quantity : str
        "W2[1,3]" (into before from), "b1[2]", "delta1[4]", "z2[0]", "a1[3]" or "loss", and an
        element of any other parameter, such as "scale[3]"; inputs and outputs also by name.
        "dL/dW2[1,3]" is "W2[1,3]", and "delta1[4]@17" names the row as well. Indices count from 0,
        layers from 1.
    row : int, optional
        Row of the one-row equations; the row that adds most to the quantity otherwise.
    top : int or None
        Terms shown of sums, rows and paths, the rest stated; None shows all.
    digits : int or "full"
        Significant digits in text.
    check : "central", "complex" or "none"
        How the value is verified. "complex" is exact to rounding, and answers too where a central
        difference errs by more than the value. "none" leaves out all verdicts.
    full : bool
        Whether every equation is written; one screen otherwise.

    Returns
    -------
    Explanation

    Raises
    ------
    SpecError, DataError
        When the quantity cannot be read or the row does not exist; the message says what there is.
    """
    if top is not None and (not isinstance(top, int) or top < 1):
        raise SpecError(f"top must be a whole number above 0 or None, found {top!r}.")
    if trace.dtype != np.float64:
        raise SpecError("explanations are drawn from a float64 trace; leave out dtype='train'.")
    asked = trace.names.parse(quantity)
    with np.errstate(over="ignore", invalid="ignore"):  # the numbers themselves tell of it
        return _Explainer(trace, asked, row, top).explanation(digits, check, full)


class _Explainer:
    """Collects the parts of one explanation."""

    def __init__(self, trace: StepTrace, asked: Asked, row: int | None, top: int | None) -> None:
        self.trace, self.asked, self.top = trace, asked, top
        self.build = Derivation(trace, top)
        wanted = asked.row if row is None else row
        self.row = self._row(wanted)
        self.chosen = wanted is not None

    def _row(self, row: int | None) -> int:
        """The row asked for, else the one that adds most."""
        n, asked = self.trace.n_rows, self.asked
        if row is None:
            parts = self.parts
            if asked.kind == "delta":
                parts = self.trace[asked.tensor][:, asked.unit]
            return 0 if parts is None else int(np.argmax(np.abs(parts * self.trace.shares)))
        if not isinstance(row, int | np.integer) or not 0 <= row < n:
            raise DataError(f"row {row} does not exist; the rows are 0 to {n - 1}.")
        return int(row)

    @cached_property
    def gradient(self) -> Gradient | None:
        return Gradient(self.build, self.asked) if self.asked.is_parameter else None

    @cached_property
    def parts(self) -> np.ndarray | None:
        """What each row adds (n,), before its share; None for a quantity of one row."""
        if self.gradient is not None:
            return self.gradient.row_parts
        return np.asarray(self.trace.losses, np.float64) if self.asked.kind == "loss" else None

    def explanation(self, digits: Digits, check: str, full: bool) -> Explanation:
        asked, row, names = self.asked, self.row, self.trace.names
        sections = Sections(self.build, asked, row, self.gradient).all()
        value = sections[0].equations[0].left.value if sections else self._input_value()
        update = Update(self.trace, asked).equations() if asked.is_parameter else []
        verdicts: tuple[Verdict, ...] = ()
        if check != "none":
            shown = [equation for section in sections for equation in section.equations]
            verdicts = verdicts_on(self.trace, asked, shown, update)
        parts = Contents(
            quantity=asked.identifier,
            what=what(names, asked, row, self.trace.n_rows),
            value=value,
            row=row,
            header=self._header(),
            sections=tuple(sections),
            rows=self._rows(),
            paths=self._paths(),
            update=tuple(update),
            prediction=(
                Prediction(self.trace.predicted_change, self.trace.real_change)
                if asked.is_parameter
                else None
            ),
            check=check_one(self.trace, asked, row, value, check),
            verdicts=verdicts,
            origin=origin(self.build, names, asked, row, self.trace.raw),
            remarks=tuple(remarks(self.build, asked)),
            digits=digits,
            full=full,
        )
        blocks = Blocks(self.build, names, asked, self.gradient, parts, chosen=self.chosen)
        return Explanation(**{**vars(parts), "notice": blocks.notice(), "blocks": blocks.all()})

    def _input_value(self) -> float:
        return float(self.trace.a[0][self.row, self.asked.unit])

    def _header(self) -> dict[str, Any]:
        header = self.trace.header()
        header["conventions"] = CONVENTIONS
        header["row_id"] = str(self.trace.row_id(self.row))
        names = self.trace.names
        header["inputs"], header["outputs"] = list(names.layer_inputs), list(names.outputs)
        if self.trace.raw is not None:
            header["raw"] = {str(k): str(v) for k, v in self.trace.raw[self.row].items()}
        return header

    def _rows(self) -> Rows | None:
        trace, parts = self.trace, self.parts
        if parts is None:
            return None
        values = parts * trace.shares
        order = [int(r) for r in np.argsort(-np.abs(values), kind="stable")]
        shown = order if self.top is None else order[: self.top]
        listed = tuple(
            RowPart(r, float(trace.shares[r]), float(parts[r]), float(values[r])) for r in shown
        )
        return Rows(listed, rest_of(values.tolist(), shown), float(values.sum()))

    def _paths(self) -> Paths | None:
        """The ways to a delta; those to a weight go on to what it multiplies."""
        asked, head = self.asked, []
        if asked.is_parameter:
            derivative, *head = self.build.owner(asked.tensor).gradient(
                asked.kind, asked.at, self.row
            )
            if not (isinstance(derivative, Quantity) and derivative.kind == "delta"):
                return None
        elif asked.kind != "delta":
            return None
        return find_paths(self.build, asked.layer, asked.unit, self.row, head)


def explain_all(
    trace: StepTrace,
    *,
    top: int | None = 5,
    digits: Digits = 4,
    check: str = "none",
    full: bool = False,
) -> Sequence[Explanation]:
    """One explanation per parameter, in storage order; for small networks."""
    found = []
    for name, shape in trace.spec.parameter_shapes.items():
        for index in np.ndindex(*shape):
            quantity = Asked.of_parameter(trace.spec, name, index).identifier
            found.append(explain(trace, quantity, top=top, digits=digits, check=check, full=full))
    return found


__all__ = ["Explanation", "explain", "explain_all"]
