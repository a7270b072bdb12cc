"""What a dependence is: a curve with its points, names and errors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from chainrule.errors import SpecError
from chainrule.explain.render.box import box
from chainrule.explain.render.markup import name, table, text

_SHOWN = 12


@dataclass(frozen=True)
class Dependence:
    """How the answer goes with one column, or with two of them.

    Attributes
    ----------
    columns : tuple of str
        One column, or two.
    kind : str
        "ale", "pdp" or "ice".
    cells : tuple of tuple
        The points of each column, as they stand in the table: numbers, dates, levels.
    points : tuple of ndarray
        The same as numbers, in order: values, days since 1970, hours; of levels their places.
    is_ordered : tuple of bool
        Of each column, whether it is measured; otherwise its points are levels.
    values : ndarray, shape (G,) or (G, n_answers), of two columns (G, H) or (G, H, n_answers)
        "ale": by how much the answer differs from its mean over the rows. "pdp" and "ice": the mean
        answer of the rows with the column so.
    errors : ndarray, of the shape of `values`
        Standard errors by the rows.
    networks : ndarray, shape (n_networks, ...)
        `values` of each network by itself: how far they agree.
    rows : ndarray, shape (n_rows, ...), or None
        Of "ice", the answers of each row.
    counts : ndarray of int, or of two columns None
        Rows of the table at each point: of levels those that have it, otherwise those nearest.
    n_rows : int
        Rows that the curve is of.
    unit : str
        What the answer is.
    answer_names : tuple of str
        Of several answers: the classes, targets or quantiles.
    """

    columns: tuple[str, ...]
    kind: str
    cells: tuple[tuple[Any, ...], ...]
    points: tuple[np.ndarray, ...]
    is_ordered: tuple[bool, ...]
    values: np.ndarray
    errors: np.ndarray
    networks: np.ndarray
    rows: np.ndarray | None
    counts: np.ndarray | None
    n_rows: int
    unit: str
    answer_names: tuple[str, ...]

    @property
    def size(self) -> float:
        """How far the answer goes with the column: largest less smallest value, of several answers
        where that is most."""
        flat = self.values.reshape(*self.values.shape[: len(self.columns)], -1)
        return float(np.ptp(flat, axis=tuple(range(len(self.columns)))).max())

    def of(self, answer: str | int) -> Dependence:
        """That of one answer, by name or number.

        Parameters
        ----------
        answer : str or int
            One of `answer_names`, or its number.

        Returns
        -------
        Dependence

        Raises
        ------
        SpecError
            For one that is not there.
        """
        if not self.answer_names:
            raise SpecError("there is one answer; its dependence is this.")
        k = self.answer_names.index(answer) if answer in self.answer_names else answer
        if not isinstance(k, int) or not 0 <= k < len(self.answer_names):
            known = ", ".join(self.answer_names)
            raise SpecError(f"there is no answer {answer!r}; there are {known}.")
        return replace(
            self,
            values=self.values[..., k],
            errors=self.errors[..., k],
            networks=self.networks[..., k],
            rows=None if self.rows is None else self.rows[..., k],
            unit=f"{self.unit} of {self.answer_names[k]}",
            answer_names=(),
        )

    def to_dict(self) -> dict[str, list[Any]]:
        """Columns of a table, a row for every point and answer: the columns' own names, `value`,
        `error`, and `answer` where there are several.

        Returns
        -------
        dict of str to list
        """
        shape = self.values.shape
        places = np.indices(shape).reshape(len(shape), -1)
        found: dict[str, list[Any]] = {
            column: [self.cells[axis][k] for k in places[axis]]
            for axis, column in enumerate(self.columns)
        }
        if self.answer_names:
            found["answer"] = [self.answer_names[k] for k in places[-1]]
        found["value"] = self.values.reshape(-1).tolist()
        found["error"] = self.errors.reshape(-1).tolist()
        return found

    def _repr_html_(self) -> str:
        """A row for every point of one column; of two columns the head alone."""
        if len(self.columns) > 1:
            return box(repr(self))
        rows = []
        for k, cell in enumerate(self.cells[0][:_SHOWN]):
            value, error = np.atleast_1d(self.values[k]), np.atleast_1d(self.errors[k])
            said = [f"{v:+.4g} ± {e:.2g}" for v, e in zip(value, error, strict=True)]
            rows.append([text(written(cell)), *said])
        head = [name(self.columns[0]), *map(text, self.answer_names or (self.unit,))]
        rest = len(self.cells[0]) - len(rows)
        caption = f"{self.kind.upper()}, {self.n_rows:,} rows" + (
            f"; {rest} more points" if rest else ""
        )
        return box(
            f"Dependence of {self.unit} on {self.columns[0]}",
            table(head, rows, caption=f"{caption}."),
        )

    def __repr__(self) -> str:
        about = f"{' and '.join(self.columns)}: {self.kind} of {self.unit}, {self.n_rows} rows"
        lines = [f"Dependence on {about}"]
        if len(self.columns) == 1:
            shown = range(min(len(self.cells[0]), _SHOWN))
            for k in shown:
                value, error = np.atleast_1d(self.values[k]), np.atleast_1d(self.errors[k])
                said = ", ".join(f"{v:+.4g} ± {e:.2g}" for v, e in zip(value, error, strict=True))
                lines.append(f"  {written(self.cells[0][k])}  {said}")
            if len(self.cells[0]) > _SHOWN:
                lines.append(f"  ... and {len(self.cells[0]) - _SHOWN} more points")
        return "\n".join(lines)


def written(cell: Any) -> str:
    """A point as it is read."""
    return "missing" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell)
