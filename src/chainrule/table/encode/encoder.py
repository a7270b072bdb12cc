"""The fitted preprocessing of a table: part of the model, and of its file.

Statistics are fitted once, in float64, on all training rows with their weights; a row of weight k
counts as k rows. Levels are sorted, so that neither the order of rows nor the container matters.
The inputs stand in groups, within each in the order of the columns: numbers, then flags (was
missing, is this level), then the indices of levels.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.errors import DataError
from chainrule.table.column import DATETIME, DURATION, MEASURED, NUMERIC, TIME, as_category
from chainrule.table.encode.categorical_features import categorical_indices
from chainrule.table.encode.category import IndexEncoder, fit_category
from chainrule.table.encode.column_encoder import NUMBERS, ColumnEncoder, UnusedEncoder, counted
from chainrule.table.encode.datetime import fit_datetime
from chainrule.table.encode.form import column_from_json, column_to_json
from chainrule.table.encode.number import fit_number
from chainrule.table.encode.time_of_day import fit_time
from chainrule.table.frame import Table
from chainrule.table.times import holds_dates_as_text

MAX_LEVELS = 10_000
MAX_LEVELS_IN_ALL = 200_000
# Up to this many bytes of inputs, a table of many rows keeps all its levels as inputs.
_INPUT_BYTES = 1 << 31

_FIT = {NUMERIC: fit_number, DURATION: fit_number, DATETIME: fit_datetime, TIME: fit_time}

CONSTANT_INPUT = "(constant)"


@dataclass(frozen=True)
class Encoder:
    """Columns of a table to one matrix of inputs.

    Attributes
    ----------
    columns : tuple of ColumnEncoder
        One for every training column, in training order.
    named : bool
        Whether columns are found by name; unnamed tables are taken by position.
    grouped : bool
        Whether the inputs stand in groups; in the first models they stand column after column.
    """

    columns: tuple[ColumnEncoder, ...]
    named: bool
    grouped: bool = True

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the inputs: `col` (a number, an index), `col?`, `col=level`, `col.hour.sin`."""
        names = self._in_order([name for column in self.columns for name in column.input_names])
        return names or (CONSTANT_INPUT,)

    @property
    def input_columns(self) -> tuple[str, ...]:
        """For each input the column that it comes from."""
        columns = self._in_order([column.name for column in self.columns for _ in column.groups])
        return columns or (CONSTANT_INPUT,)

    @property
    def n_numbers(self) -> int:
        """How many inputs are numbers: the first ones."""
        return sum(column.groups.count(NUMBERS) for column in self.columns)

    @property
    def level_counts(self) -> tuple[int, ...]:
        """Known levels of each input that is the index of a level: the last ones."""
        return tuple(len(c.levels) for c in self.columns if isinstance(c, IndexEncoder))

    @property
    def level_names(self) -> dict[str, tuple[str, ...]]:
        """By the input that is the index of a level, its levels in the order of the indices."""
        indexed = [c for c in self.columns if isinstance(c, IndexEncoder)]
        return {column.name: tuple(str(level) for level in column.levels) for column in indexed}

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns that must be there at predict time."""
        return tuple(column.name for column in self.columns)

    @property
    def file_kinds(self) -> dict[str, str]:
        """Column -> "number", "text", "datetime", ...: what a file must hold to be used.

        A column that may hold anything is not listed.
        """
        return {c.name: c.file_kind for c in self.columns if c.file_kind is not None}

    @classmethod
    def fit(
        cls,
        table: Table,
        sample_weight: np.ndarray | None = None,
        categorical_features: Sequence[Any] | None = None,
        max_one_hot: int | None = None,
    ) -> tuple[Encoder, list[str]]:
        """Fit on all rows of a table.

        Parameters
        ----------
        table : Table
        sample_weight : ndarray, shape (n_rows,), or None
            Positive; rows of weight 0 are removed before.
        categorical_features : sequence of str, int or bool, or None
            Names, indices or a mask of columns whose numbers are names of categories, beside
            those that are text, booleans or categories by type.
        max_one_hot : int or None
            Columns of more levels become one input for an embedding; None has no embedding.

        Returns
        -------
        encoder : Encoder
        notices : list of str
            What was left out, one sentence each.

        Raises
        ------
        DataError
            For a column that cannot be learned from, and wrong `categorical_features`.
        """
        if sample_weight is not None and (sample_weight == sample_weight[0]).all():
            sample_weight = None
        chosen = categorical_indices(table, categorical_features)
        room = max(64, _INPUT_BYTES // (4 * table.n_rows))
        left = MAX_LEVELS_IN_ALL if max_one_hot is not None else min(MAX_LEVELS_IN_ALL, room)
        columns: list[ColumnEncoder] = []
        notices: list[str] = []
        for index in range(table.n_columns):
            column = table.column(index)
            if index in chosen:
                column = as_category(column)
            if column.kind in MEASURED:
                columns.append(_FIT[column.kind](column, sample_weight))
                continue
            if index not in chosen and holds_dates_as_text(column):
                notices.append(
                    f"column '{column.name}' holds dates as text, which are taken for "
                    f"{len(column.levels)} categories; convert it to dates, for example with "
                    "pandas.to_datetime."
                )
            most = min(MAX_LEVELS, max(left, 2))
            encoder, notice = fit_category(column, sample_weight, most, max_one_hot)
            columns.append(encoder)
            left -= len(getattr(encoder, "levels", ()))
            if notice:
                notices.append(notice)
        unused = [column.name for column in columns if isinstance(column, UnusedEncoder)]
        if unused:
            notices.append(f"{_listed(unused)} without any change, which the model does not use.")
        return cls(tuple(columns), table.named), notices

    def transform(self, table: Table, dtype: Any = np.float32) -> tuple[np.ndarray, list[str]]:
        """Inputs of the network for new rows.

        Parameters
        ----------
        table : Table
            Columns in any order if named; columns that training did not have are left out.
        dtype : float32 or float64

        Returns
        -------
        inputs : ndarray, shape (n_rows, len(input_names)), C-contiguous
        notices : list of str
            Unseen categories, missing values where training had none, extra columns.

        Raises
        ------
        DataError
            For a missing column, or one whose type has changed.
        """
        found, notices = self._find(table)
        input_indices = iter(self._input_indices().tolist())
        width = sum(len(column.groups) for column in self.columns)
        inputs = np.zeros((table.n_rows, max(width, 1)), dtype)
        for column, index in zip(self.columns, found, strict=True):
            own = [next(input_indices) for _ in column.groups]
            with _columns(inputs, own) as block:
                notice = column.write(table.column(index), block)
            if notice:
                notices.append(notice)
        return inputs, notices

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives back an encoder that writes the same bits."""
        form = {"named": self.named, "columns": [column_to_json(c) for c in self.columns]}
        return {**form, "grouped": True} if self.grouped else form

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Encoder:
        """Build from the JSON form; `DataError` for a column that no fit could have written."""
        columns = tuple(column_from_json(column) for column in form["columns"])
        return cls(columns, bool(form["named"]), bool(form.get("grouped", False)))

    def _input_indices(self) -> np.ndarray:
        """Column after column, the index of each of its inputs."""
        groups = np.array([group for column in self.columns for group in column.groups], np.intp)
        order = np.argsort(groups if self.grouped else np.zeros_like(groups), kind="stable")
        indices = np.empty_like(order)
        indices[order] = np.arange(len(order))
        return indices

    def _in_order(self, names: list[str]) -> tuple[str, ...]:
        """What was listed column after column, in the order of the inputs."""
        by_index = dict(zip(self._input_indices().tolist(), names, strict=True))
        return tuple(by_index[index] for index in range(len(names)))

    def _find(self, table: Table) -> tuple[list[int], list[str]]:
        """The index of each training column in a new table, and a notice of extra columns."""
        if not (self.named and table.named):
            if table.n_columns != len(self.columns):
                raise DataError(
                    f"X has {table.n_columns} features, but the model was trained on "
                    f"{len(self.columns)}."
                )
            return list(range(table.n_columns)), []
        index_of = {name: index for index, name in enumerate(table.names)}
        wanted = self.column_names
        missing = [name for name in wanted if name not in index_of]
        known = set(wanted)
        extra = [name for name in table.names if name not in known]
        if missing:
            near = difflib.get_close_matches(missing[0], extra, 1, 0.6)
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise DataError(
                f"X lacks the column '{missing[0]}'{more}, which the model was trained on.",
                f"Did you mean '{near[0]}'?" if near else "",
            )
        notices = []
        if extra:
            notices.append(f"{_listed(extra)} that training did not have, which are not used.")
        return [index_of[name] for name in wanted], notices


@contextmanager
def _columns(inputs: np.ndarray, indices: list[int]) -> Iterator[np.ndarray]:
    """The inputs of one column, to be written: a view where their indices are evenly spaced."""
    step = indices[1] - indices[0] if len(indices) > 1 else 1
    if not indices or indices == list(range(indices[0], indices[-1] + 1, step)):
        yield inputs[:, indices[0] : indices[-1] + 1 : step] if indices else inputs[:, :0]
        return
    block = inputs[:, indices]
    yield block
    inputs[:, indices] = block


def _listed(names: list[str]) -> str:
    """ "X has 7 columns ('a', 'b', 'c', 'd', 'e', ...)"."""
    shown = ", ".join(f"'{name}'" for name in names[:5]) + (", ..." if len(names) > 5 else "")
    return f"X has {counted(len(names), 'column')} ({shown})"
