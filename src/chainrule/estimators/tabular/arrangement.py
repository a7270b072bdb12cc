"""What is known of rows beside their columns: which belong together, which came first."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from chainrule.errors import DataError
from chainrule.real_numbers import no_array

# Stretches of time that an interval takes for independent: what is a quarter away is (`nested`).
_STRETCHES = 4


@dataclass(frozen=True)
class Arrangement:
    """Groups and order of the rows, and who splits them.

    Attributes
    ----------
    groups : ndarray of int64, shape (n_rows,), or None
        Rows that belong together.
    order : ndarray of int64, shape (n_rows,), or None
        Their places from the first in time to the last.
    splits : sequence of (rows, eval_rows)
        Of each network, where they are given.
    """

    groups: np.ndarray | None = None
    order: np.ndarray | None = None
    splits: Sequence[tuple[np.ndarray, np.ndarray]] = ()

    @classmethod
    def read(cls, groups: Any, time: Any, n_rows: int) -> Arrangement:
        """From the arguments of `fit`; `DataError` for what cannot be used."""
        if time is not None and groups is not None:
            raise DataError("time and groups cannot both say which rows are held out.")
        return cls(
            None if groups is None else _groups(groups, n_rows),
            None if time is None else _order(time, n_rows),
        )

    @classmethod
    def known(cls, groups: Any, time: Any, n_rows: int) -> Arrangement:
        """From the arguments of `evaluate`, where a single group may be all there is."""
        return cls(
            None if groups is None else _numbers(_values(groups, n_rows, "groups")),
            None if time is None else _order(time, n_rows),
        )

    def places(self, rows: np.ndarray) -> np.ndarray:
        """Of some rows, where they stand in time among all."""
        assert self.order is not None
        place = np.empty(len(self.order), np.int64)
        place[self.order] = np.arange(len(self.order))
        return np.asarray(place[rows])

    def clusters(self, rows: np.ndarray) -> np.ndarray | None:
        """What an interval takes for independent: of some rows the group, or the quarter of their
        time; None where rows are."""
        if self.order is None:
            return None if self.groups is None else self.groups[rows]
        return np.argsort(np.argsort(self.places(rows))) * _STRETCHES // len(rows)

    def take(self, rows: np.ndarray) -> Arrangement:
        """Of some of the rows, ascending."""
        order = None
        if self.order is not None:
            place = np.full(len(self.order), -1)
            place[rows] = np.arange(len(rows))
            order = place[self.order]
            order = order[order >= 0]
        return Arrangement(None if self.groups is None else self.groups[rows], order)


def _values(given: Any, n_rows: int, noun: str) -> np.ndarray:
    native = nw.from_native(given, pass_through=True, allow_series=True)
    try:
        values = native.to_numpy() if isinstance(native, nw.Series) else np.asarray(given)
    except Exception as error:  # an object may raise anything where it is asked for its values
        raise no_array(noun, error) from error
    if values.shape != (n_rows,):
        raise DataError(
            f"{noun} has shape {values.shape}; it needs one entry per row, ({n_rows},)."
        )
    for row, value in enumerate(values.tolist()):
        if value is None or value != value or type(value).__name__ in ("NAType", "NaTType"):
            raise DataError(f"{noun} is missing in row {row}.", "Leave such rows out, or fill it.")
        if not isinstance(value, Hashable) or isinstance(value, tuple):
            raise DataError(f"{noun} holds a {type(value).__name__} in row {row}; pass one value.")
    return values


def _groups(given: Any, n_rows: int) -> np.ndarray:
    """A number for each group, by first appearance."""
    values = _values(given, n_rows, "groups")
    found = _numbers(values)
    if not found.any():
        raise DataError("groups has one group in all rows; at least 2 are needed to hold one out.")
    return found


def _numbers(values: np.ndarray) -> np.ndarray:
    numbers: dict[Any, int] = {}
    return np.array([numbers.setdefault(v, len(numbers)) for v in values.tolist()], np.int64)


def _order(given: Any, n_rows: int) -> np.ndarray:
    """The rows from the first in time to the last; of equal times as they come."""
    values = _values(given, n_rows, "time")
    if values.dtype.kind in "US" or (
        values.dtype.kind == "O" and any(isinstance(v, str) for v in values)
    ):
        raise DataError(
            "time holds text, whose order may not be that of time.",
            "Pass dates as datetimes, for example pandas.to_datetime(column), or numbers.",
        )
    if values.dtype.kind == "O":
        try:
            return np.array(sorted(range(n_rows), key=values.__getitem__), np.int64)
        except TypeError:
            kinds = ", ".join(sorted({type(value).__name__ for value in values}))
            raise DataError(
                f"time holds values that have no order among them ({kinds}).",
                "Pass datetimes, or numbers.",
            ) from None
    return np.argsort(values, kind="stable")
