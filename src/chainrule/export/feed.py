"""The rows of a table as an export reads them, and rows that try everything an encoder knows."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.export.columns import takes_text
from chainrule.table.column import (
    BOOLEAN,
    CATEGORY,
    DATETIME,
    NUMERIC,
    TIME,
    Column,
    Level,
    as_category,
    take,
)
from chainrule.table.encode.category import CategoryEncoder, match_levels
from chainrule.table.encode.encoder import Encoder
from chainrule.table.encode.number import NumberEncoder
from chainrule.table.frame import Table

# How far from the median, in quartile ranges.
_STRETCHES = (0.0, 0.3, -0.7, 1.0, -2.0, 8.0, -40.0, 1e6, -1e12)
# Of dates (1901 to 2098) and times of day, beyond which there are none or clocks are not known.
_RANGES = {DATETIME: (-25_000.0, 47_000.0), TIME: (0.0, 24.0)}


def feed(encoder: Encoder, table: Table) -> dict[str, np.ndarray]:
    """Column -> (n, 1) of float64 or of texts (object), of the columns that an export reads.

    Raises
    ------
    DataError
        As `Encoder.transform` does.
    """
    found: dict[str, np.ndarray] = {}
    for index, column in zip(encoder.find_columns(table)[0], encoder.columns, strict=True):
        if index is not None and column.groups:
            found[column.name] = _cells(column, table.column(index))[:, None]
    return found


def _cells(encoder: Any, column: Column) -> np.ndarray:
    if isinstance(encoder, NumberEncoder):
        return np.asarray(encoder.numbers(column))
    if takes_text(encoder):
        texts = [str(level) for level in as_category(column).levels]
        return np.asarray(
            np.array([*texts, absent_text(encoder)], object)[as_category(column).values]
        )
    places, _ = match_levels(column, encoder.name, encoder.levels)
    levels = [float(level) for level in encoder.levels]
    return np.asarray(np.array([*levels, np.nan])[places])


def absent_text(encoder: CategoryEncoder) -> str:
    """A text that is no level, which stands for a missing one: '' where that is free."""
    text = ""
    while text in map(str, encoder.levels):
        text += "?"
    return text


def trial_table(encoder: Encoder, n_rows: int = 64) -> Table:
    """Rows that meet every kind of value: typical, far outside, missing, unknown.

    The columns go through theirs at different speeds, so that the rows mix them.
    """
    columns = []
    for place, column in enumerate(encoder.columns):
        trials = _trials(column)
        steps = (np.arange(n_rows) * (2 * place + 1) + place) % len(trials.values)
        columns.append(take(trials, steps))
    names = tuple(column.name for column in encoder.columns)
    return Table(names, n_rows, encoder.named, lambda index: columns[index], strings=encoder.named)


def _trials(encoder: Any) -> Column:
    """Each kind of value that a column may hold, once."""
    name, kind = encoder.name, encoder.kind
    if isinstance(encoder, NumberEncoder):
        unit = 1.0 / encoder.factor if encoder.factor > 0 else 1.0
        values = encoder.median + unit * np.array([*_STRETCHES, np.nan])
        if kind in _RANGES:
            values = np.clip(values, *_RANGES[kind])
        return Column(name, kind, values, zone=getattr(encoder, "zone", None))
    if not isinstance(encoder, CategoryEncoder):
        return Column(name, NUMERIC, np.zeros(1))
    if kind == BOOLEAN:
        return Column(name, kind, np.array([0, 1, -1]), (False, True))
    unknown: Level = f"no level of {name}"
    if not takes_text(encoder):
        unknown = max(float(level) for level in encoder.levels) + 1.0
    levels = (*encoder.levels, unknown)
    return Column(name, CATEGORY, np.append(np.arange(len(levels)), -1), levels)
