"""The fitted preprocessing of a table: part of the model, and of its file.

Statistics are fitted once, in float64, on all training rows with their weights; a row of weight k
counts as k rows. Levels are sorted, so that neither the order of rows nor the container matters.
The inputs stand in groups, within each in the order of the columns: numbers, then flags (was
missing, is this level), then the numbers of levels.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.errors import DataError
from chainrule.table.codes import (
    NUMBERS,
    Code,
    EmbeddingCode,
    NoCode,
    NumberCode,
    OneHotCode,
    PairCode,
    code_from_json,
    code_to_json,
    counted,
)
from chainrule.table.column import BOOLEAN, CATEGORY, DATETIME, NUMERIC, Column, as_category
from chainrule.table.frame import Table
from chainrule.table.scaling import flag_scales, robust_scale

MAX_LEVELS = 10_000
MAX_LEVELS_IN_ALL = 200_000
# More levels than these become one input for an embedding to look up, where the network has one.
MAX_ONE_HOT = 8
# Up to this many bytes of inputs, a table of many rows keeps all its levels as inputs.
_INPUT_BYTES = 1 << 31

CONSTANT_INPUT = "(constant)"


@dataclass(frozen=True)
class Encoder:
    """Columns of a table to one matrix of inputs.

    Attributes
    ----------
    codes : tuple of Code
        One per training column, in training order.
    named : bool
        Whether columns are found by name; unnamed tables are taken by position.
    grouped : bool
        Whether the inputs stand in groups; in the first models they stand column after column.
    """

    codes: tuple[Code, ...]
    named: bool
    grouped: bool = True

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the inputs: `col` (a number, or a level's), `col?` (missing), `col=level`."""
        names = self._in_order([name for code in self.codes for name in code.input_names])
        return names or (CONSTANT_INPUT,)

    @property
    def input_columns(self) -> tuple[str, ...]:
        """For each input the column that it comes from."""
        columns = self._in_order([code.name for code in self.codes for _ in code.groups])
        return columns or (CONSTANT_INPUT,)

    @property
    def n_numbers(self) -> int:
        """How many inputs are numbers: the first ones."""
        return sum(code.groups.count(NUMBERS) for code in self.codes)

    @property
    def level_counts(self) -> tuple[int, ...]:
        """Known levels of each input that is the number of a level: the last ones."""
        return tuple(len(code.levels) for code in self.codes if isinstance(code, EmbeddingCode))

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns that must be there at predict time."""
        return tuple(code.name for code in self.codes)

    @property
    def file_kinds(self) -> dict[str, str]:
        """Column -> "number", "text", "boolean" or "datetime": what a file must hold to be used.

        Columns that are not used may hold anything and are not listed.
        """
        kinds = {NUMERIC: "number", BOOLEAN: "boolean", DATETIME: "datetime"}
        found = {}
        for code in self.codes:
            if isinstance(code, NumberCode) or code.kind == BOOLEAN:
                found[code.name] = kinds[code.kind]
            elif isinstance(code, PairCode | OneHotCode | EmbeddingCode):
                words = any(isinstance(level, str) for level in code.levels)
                found[code.name] = "text" if words else "number"
        return found

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
            Names, positions or a mask of columns whose numbers are names of categories, beside
            those that are text, booleans or categories by type.
        max_one_hot : int or None
            Columns of more levels become one input for an embedding; None has no embedding.

        Returns
        -------
        encoder : Encoder
        notices : list of str
            What was left out, one sentence each.
        """
        if sample_weight is not None and (sample_weight == sample_weight[0]).all():
            sample_weight = None
        chosen = _chosen(table, categorical_features)
        room = max(64, _INPUT_BYTES // (4 * table.n_rows))
        left = MAX_LEVELS_IN_ALL if max_one_hot is not None else min(MAX_LEVELS_IN_ALL, room)
        codes: list[Code] = []
        notices: list[str] = []
        for place in range(table.n_columns):
            column = table.column(place)
            if place in chosen:
                column = as_category(column)
            if column.kind in (BOOLEAN, CATEGORY):
                most = min(MAX_LEVELS, max(left, 2))
                code, dropped = _fit_category(column, sample_weight, most, max_one_hot)
                left -= len(getattr(code, "levels", ()))
                if dropped:
                    notices.append(dropped)
            else:
                code = _fit_number(column, sample_weight)
            codes.append(code)
        unused = [code.name for code in codes if isinstance(code, NoCode)]
        if unused:
            notices.append(f"{_listed(unused)} without any change, which the model does not use.")
        return cls(tuple(codes), table.named), notices

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
        places, notices = self._places(table)
        slots = iter(self._slots().tolist())
        width = sum(len(code.groups) for code in self.codes)
        inputs = np.zeros((table.n_rows, max(width, 1)), dtype)
        for code, place in zip(self.codes, places, strict=True):
            own = [next(slots) for _ in code.groups]
            notice = code.write(table.column(place), inputs[:, _stretch(own)])
            if notice:
                notices.append(notice)
        return inputs, notices

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives back an encoder that writes the same bits."""
        form = {"named": self.named, "columns": [code_to_json(code) for code in self.codes]}
        return {**form, "grouped": True} if self.grouped else form

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Encoder:
        """Build from the JSON form."""
        codes = tuple(code_from_json(code) for code in form["columns"])
        return cls(codes, bool(form["named"]), bool(form.get("grouped", False)))

    def _slots(self) -> np.ndarray:
        """For each input, column after column, its place among the inputs."""
        groups = np.array([group for code in self.codes for group in code.groups], np.intp)
        order = np.argsort(groups if self.grouped else np.zeros_like(groups), kind="stable")
        slots = np.empty_like(order)
        slots[order] = np.arange(len(order))
        return slots

    def _in_order(self, names: list[str]) -> tuple[str, ...]:
        """What was listed column after column, in the order of the inputs."""
        by_slot = dict(zip(self._slots().tolist(), names, strict=True))
        return tuple(by_slot[slot] for slot in range(len(names)))

    def _places(self, table: Table) -> tuple[list[int], list[str]]:
        """Where each training column stands in a new table."""
        if not (self.named and table.named):
            if table.n_columns != len(self.codes):
                raise DataError(
                    f"X has {table.n_columns} features, but the model was trained on "
                    f"{len(self.codes)}."
                )
            return list(range(table.n_columns)), []
        where = {name: place for place, name in enumerate(table.names)}
        wanted = self.column_names
        missing = [name for name in wanted if name not in where]
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
        return [where[name] for name in wanted], notices


def _stretch(slots: list[int]) -> slice:
    """Inputs of one column as a slice: neighbours, or two that lie apart."""
    if not slots:
        return slice(0)
    step = slots[1] - slots[0] if len(slots) > 1 else 1
    return slice(slots[0], slots[-1] + 1, step)


def _fit_number(column: Column, weights: np.ndarray | None) -> Code:
    missing = column.missing
    known = ~missing
    if not known.any():
        return NoCode(column.name, column.kind)
    gaps = bool(missing.any())
    values = column.values[known] if gaps else column.values
    kept = None if weights is None else weights[known] if gaps else weights
    median, factor = robust_scale(values, kept)
    flag = (0.0, 0.0)
    if gaps:
        flag = robust_scale(
            np.array([1.0, -1.0]), np.array([_mass(weights, known), _mass(weights, missing)])
        )
    if factor == 0.0 and not gaps:
        return NoCode(column.name, column.kind)
    return NumberCode(column.name, column.kind, median, factor, *flag)


def _fit_category(
    column: Column, weights: np.ndarray | None, most: int, max_one_hot: int | None
) -> tuple[Code, str | None]:
    known = column.values >= 0
    codes = column.values[known].astype(np.intp)
    kept = None if weights is None else weights[known]
    mass = np.bincount(codes, kept, len(column.levels)).astype(np.float64)
    met = np.flatnonzero(mass > 0)
    notice = None
    if len(met) > most:
        first = np.full(len(mass), len(codes))
        first[codes[::-1]] = np.arange(len(codes))[::-1]
        met = np.lexsort((first, -mass))[:most]
        notice = (
            f"column '{column.name}' has {np.count_nonzero(mass)} categories; the {most} most "
            "frequent are kept, the others count as unknown."
        )
    ordered = sorted(met.tolist(), key=lambda c: _rank(column.levels[c]))
    levels = tuple(column.levels[c] for c in ordered)
    if max_one_hot is not None and len(levels) > max_one_hot:
        return EmbeddingCode(column.name, column.kind, levels), notice
    mass = mass[ordered]
    total = _mass(weights, np.ones(len(column.values), bool))
    rest = total - mass.sum() if len(codes) < len(column.values) or notice else 0.0
    if len(levels) > 2:
        medians, factors = flag_scales(mass / total)
        shape = (tuple(medians.tolist()), tuple(factors.tolist()))
        return OneHotCode(column.name, column.kind, levels, *shape), notice
    if len(levels) + (rest > 0) < 2:
        return NoCode(column.name, column.kind), notice
    other = 0.0 if len(levels) == 2 else -1.0
    inputs, masses = [1.0, -1.0][: len(levels)], mass.tolist()
    if rest > 0:
        inputs, masses = [*inputs, other], [*masses, rest]
    scale = robust_scale(np.array(inputs), np.array(masses))
    return PairCode(column.name, column.kind, levels, other, *scale), notice


def _listed(names: list[str]) -> str:
    """ "X has 7 columns ('a', 'b', 'c', 'd', 'e', ...)"."""
    shown = ", ".join(f"'{name}'" for name in names[:5]) + (", ..." if len(names) > 5 else "")
    return f"X has {counted(len(names), 'column')} ({shown})"


def _rank(level: Any) -> tuple[bool, Any]:
    return isinstance(level, str), level


def _mass(weights: np.ndarray | None, rows: np.ndarray) -> float:
    return float(np.count_nonzero(rows) if weights is None else weights[rows].sum())


def _chosen(table: Table, features: Sequence[Any] | None) -> set[int]:
    """Positions of the columns named by `categorical_features`."""
    if features is None:
        return set()
    try:
        entries = [features] if isinstance(features, str) else list(features)
    except TypeError:
        raise DataError(
            f"categorical_features must be a list of names, positions or booleans, found "
            f"{features!r}."
        ) from None
    if entries and all(isinstance(e, bool | np.bool_) for e in entries):
        if len(entries) != table.n_columns:
            raise DataError(
                f"categorical_features is a mask of {len(entries)} entries, X has "
                f"{table.n_columns} columns."
            )
        return {place for place, entry in enumerate(entries) if entry}
    chosen = set()
    for entry in entries:
        if isinstance(entry, str):
            if entry not in table.names:
                near = difflib.get_close_matches(entry, table.names, 1, 0.6)
                raise DataError(
                    f"categorical_features names the column '{entry}', which X does not have.",
                    f"Did you mean '{near[0]}'?" if near else "",
                )
            chosen.add(table.names.index(entry))
        elif isinstance(entry, int | np.integer) and -table.n_columns <= entry < table.n_columns:
            chosen.add(int(entry) % table.n_columns)
        else:
            raise DataError(
                f"categorical_features holds {entry!r}; it takes column names, positions below "
                f"{table.n_columns}, or a mask."
            )
    return chosen
