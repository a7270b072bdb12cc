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
from functools import cached_property
from typing import Any

import numpy as np

from chainrule.errors import DataError
from chainrule.table.column import (
    CATEGORY,
    DATETIME,
    DURATION,
    MEASURED,
    NUMERIC,
    TIME,
    Column,
    as_category,
)
from chainrule.table.encode.categorical_features import categorical_indices
from chainrule.table.encode.category import CategoryEncoder, IndexEncoder, fit_category
from chainrule.table.encode.column_encoder import NUMBERS, ColumnEncoder, UnusedEncoder, counted
from chainrule.table.encode.datetime import fit_datetime
from chainrule.table.encode.form import MAX_LEVELS, column_from_json, column_to_json
from chainrule.table.encode.identifier import LeftOutEncoder, is_identifier
from chainrule.table.encode.input_names import unique_input_names
from chainrule.table.encode.number import fit_number
from chainrule.table.encode.plain import PlainColumns
from chainrule.table.encode.private import hashed, is_key, new_key
from chainrule.table.encode.text import fit_text, is_free_text
from chainrule.table.encode.time_of_day import fit_time
from chainrule.table.frame import Table
from chainrule.table.times import holds_dates_as_text

MAX_LEVELS_IN_ALL = 200_000
# Up to this many bytes of inputs, a table of many rows keeps all its levels as inputs.
_INPUT_BYTES = 1 << 31

_FIT = {NUMERIC: fit_number, DURATION: fit_number, DATETIME: fit_datetime, TIME: fit_time}

MAX_COLUMNS = 1 << 17
_MOST_CHARACTERS = 1 << 23  # of the names of all inputs
_ENTRIES = {"named", "columns", "grouped", "key"}  # of the JSON form

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
    key : str or None
        With which categories are hashed; None where they stand as they are.
    """

    columns: tuple[ColumnEncoder, ...]
    named: bool
    grouped: bool = True
    key: str | None = None

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the inputs: `col` (a number, an index), `col?`, `col=level`, `col.hour.sin`.

        Each is there once: a column whose own name reads like an input of another one stands in
        quotes.
        """
        return self._in_order(unique_input_names(self.columns)) or (CONSTANT_INPUT,)

    @cached_property
    def input_columns(self) -> tuple[str, ...]:
        """For each input the column that it comes from."""
        columns = self._in_order([column.name for column in self.columns for _ in column.groups])
        return columns or (CONSTANT_INPUT,)

    @property
    def n_inputs(self) -> int:
        """How many inputs there are."""
        return sum(len(column.groups) for column in self.columns) or 1

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

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns that must be there at predict time."""
        return tuple(c.name for c in self.columns if not isinstance(c, LeftOutEncoder))

    @property
    def left_out(self) -> tuple[str, ...]:
        """Names of the columns that only name rows, which need not be there."""
        return tuple(c.name for c in self.columns if isinstance(c, LeftOutEncoder))

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
        *,
        drop_identifiers: bool = True,
        hash_seed: int | None = None,
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
        drop_identifiers : bool
            Whether columns with (nearly) a value of its own in every row are left out.
        hash_seed : int or None
            Keep keyed hashes of the categories instead of them; the key follows from the seed
            and the table. None keeps the categories.

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
        key = None if hash_seed is None else _key(table, chosen, hash_seed)
        for index in range(table.n_columns):
            column = table.column(index)
            if index in chosen:
                column = as_category(column)
            elif column.kind == CATEGORY and is_free_text(column):
                text, words = _fit_text(column, sample_weight)
                columns.append(text)
                notices.append(words)
                continue
            elif drop_identifiers and is_identifier(column, named=table.named):
                columns.append(LeftOutEncoder(column.name, column.kind))
                continue
            if column.kind in MEASURED:
                columns.append(_FIT[column.kind](column, sample_weight))
                continue
            if key is not None and column.kind == CATEGORY:
                column = hashed(column, key)
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
        ids = [column.name for column in columns if isinstance(column, LeftOutEncoder)]
        if ids:
            notices.append(
                f"{_listed(ids)} with (nearly) a value of its own in every row, which names rows "
                "and is left out; drop_identifiers=False (--keep-id) keeps it."
            )
        unused = [c.name for c in columns if isinstance(c, UnusedEncoder) and c.name not in ids]
        if unused:
            notices.append(f"{_listed(unused)} without any change, which the model does not use.")
        return cls(tuple(columns), table.named, key=key), notices

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
        found, notices = self.find_columns(table)
        inputs = np.zeros((table.n_rows, max(len(self._input_indices), 1)), dtype)
        plain, block = self._plain, table.block
        if plain is not None and block is not None and plain.write(block, found, inputs):
            return inputs, notices
        input_indices = iter(self._input_indices)
        for column, index in zip(self.columns, found, strict=True):
            own = [next(input_indices) for _ in column.groups]
            if index is None or isinstance(column, LeftOutEncoder):
                continue
            new = table.column(index)
            if self.key is not None and isinstance(column, CategoryEncoder):
                new = hashed(new, self.key) if column.kind == CATEGORY else new
            with _columns(inputs, own) as block:
                notice = column.write(new, block)
            if notice:
                notices.append(notice)
        return inputs, notices

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives back an encoder that writes the same bits."""
        form = {"named": self.named, "columns": [column_to_json(c) for c in self.columns]}
        form = {**form, "grouped": True} if self.grouped else form
        return form if self.key is None else {**form, "key": self.key}

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Encoder:
        """Build from the JSON form; `DataError` for one that no fit could have written."""
        if not isinstance(form, dict) or not {"named", "columns"} <= set(form) <= _ENTRIES:
            raise DataError("the encoder has unknown entries or lacks some.")
        named, grouped, key = form["named"], form.get("grouped", False), form.get("key")
        listed = form["columns"]
        if not isinstance(named, bool) or not isinstance(grouped, bool):
            raise DataError("the encoder's 'named' and 'grouped' must be true or false.")
        if key is not None and not is_key(key):
            raise DataError("the encoder has a wrong 'key'.")
        if not isinstance(listed, list) or not 1 <= len(listed) <= MAX_COLUMNS:
            raise DataError(f"the encoder must list 1 to {MAX_COLUMNS} columns.")
        columns = tuple(column_from_json(column) for column in listed)
        if len({column.name for column in columns}) < len(columns):
            raise DataError("two columns of the encoder have one name.")
        if sum(len(column.name) * len(column.groups) for column in columns) > _MOST_CHARACTERS:
            raise DataError("the names of the encoder's inputs are too long together.")
        return cls(columns, named, grouped, key)

    @cached_property
    def _input_indices(self) -> list[int]:
        return [int(index) for index in self.input_indices()]

    @cached_property
    def _plain(self) -> PlainColumns | None:
        return PlainColumns.of(self.columns, self._input_indices)

    def input_indices(self) -> np.ndarray:
        """Column after column, the index of each of its inputs."""
        groups = np.array([group for column in self.columns for group in column.groups], np.intp)
        order = np.argsort(groups if self.grouped else np.zeros_like(groups), kind="stable")
        indices = np.empty_like(order)
        indices[order] = np.arange(len(order))
        return indices

    def _in_order(self, names: list[str]) -> tuple[str, ...]:
        """What was listed column after column, in the order of the inputs."""
        by_index = dict(zip(self._input_indices, names, strict=True))
        return tuple(by_index[index] for index in range(len(names)))

    def find_columns(self, table: Table) -> tuple[Sequence[int | None], list[str]]:
        """The index of each training column in a new table, and a notice of extra columns.

        None stands for a column that need not be there and is not. Raises `DataError` for a column
        that is missing, and for another number of columns where they are taken by position.
        """
        if not self.finds_by_name(table):
            if table.n_columns != len(self.columns):
                raise DataError(
                    f"X has {table.n_columns} features, but the model was trained on "
                    f"{len(self.columns)}."
                )
            return list(range(table.n_columns)), []
        index_of = {name: index for index, name in enumerate(table.names)}
        wanted = self.column_names
        missing = [name for name in wanted if name not in index_of]
        known = {column.name for column in self.columns}
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
        return [index_of.get(column.name) for column in self.columns], notices

    def finds_by_name(self, table: Table) -> bool:
        """Whether columns are found by name: not where one side has none, or only counts them."""
        if not (self.named and table.named):
            return False
        return not table.numbered or {*self.column_names} <= {*table.names}


def _fit_text(column: Column, weights: np.ndarray | None) -> tuple[ColumnEncoder, str]:
    """The encoder of a column of free text, and a notice."""
    try:
        encoder = fit_text(column, weights)
    except DataError as error:
        return LeftOutEncoder(column.name, column.kind), f"{error.message[:-1]}; it is left out."
    return encoder, (
        f"column '{column.name}' holds free text, of which {len(encoder.medians)} numbers are "
        "made (hashed words and pieces of words, truncated singular value decomposition)."
    )


def _key(table: Table, chosen: set[int], seed: int) -> str:
    """The key of a table's categories."""
    columns = (table.column(index) for index in range(table.n_columns))
    named = [as_category(c) if i in chosen else c for i, c in enumerate(columns)]
    return new_key(seed, [column for column in named if column.kind == CATEGORY])


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
