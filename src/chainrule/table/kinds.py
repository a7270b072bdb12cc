"""Each column's type, decided over all rows, and its values as an array."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.errors import TableFileError
from chainrule.table.connection import Connection
from chainrule.table.file_table import Array
from chainrule.table.grammar import (
    Conditions,
    Counts,
    count_values,
    first_non_number,
    kind_of,
    mixed_column,
)

_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
_TEXTS = ("VARCHAR", "ENUM", "UUID", "CHAR")
_TIMES = ("DATE", "TIMESTAMP")
_GROUP = 50  # columns of one fetching query
_BOOLEANS = "true|false|True|False|TRUE|FALSE"


@dataclass(frozen=True)
class RawColumn:
    """A column of the table `raw` before its type is decided.

    Attributes
    ----------
    name : str
        Its name in the file.
    id : str
        Its name in the table `raw`.
    type : str
        Its DuckDB type; "VARCHAR" with `stated=False` is text whose meaning the grammar decides.
    stated : bool
        Whether the file itself states the type.
    """

    name: str
    id: str
    type: str = "VARCHAR"
    stated: bool = False


@dataclass(frozen=True)
class Column:
    """A column with its kind and the SQL expression of its values over the table `raw`."""

    name: str
    kind: str
    expression: str


@dataclass(frozen=True)
class Rules:
    """What the caller says about types.

    Attributes
    ----------
    conditions : Conditions
        The missing tokens in force.
    text : frozenset of str
        Columns to be read as text.
    expect : mapping of str to str
        Column -> kind that it must have.
    """

    conditions: Conditions
    text: frozenset[str]
    expect: Mapping[str, str]


def decide(
    connection: Connection,
    raw: Sequence[RawColumn],
    rules: Rules,
    place: Callable[[int], str],
    notices: list[str],
) -> list[Column]:
    """The kind of every column; `place(row)` says where a row stands.

    Raises
    ------
    TableFileError
        For a column that mixes numbers with other text, is not what `rules.expect` says, holds
        infinite numbers, or has a type that no table column can have.
    """
    open_columns = [c.id for c in raw if not c.stated]
    counts = dict(
        zip(
            open_columns,
            count_values(connection, "raw", open_columns, rules.conditions),
            strict=True,
        )
    )
    decided = []
    for column in raw:
        wanted = "text" if column.name in rules.text else rules.expect.get(column.name)
        if not column.stated:
            decided.append(
                _from_text(connection, column, counts[column.id], wanted, rules, place, notices)
            )
        else:
            decided.append(_from_type(connection, column, wanted, rules, place))
    return decided


def _from_text(
    connection: Connection,
    column: RawColumn,
    counts: Counts,
    wanted: str | None,
    rules: Rules,
    place: Callable[[int], str],
    notices: list[str],
) -> Column:
    conditions = rules.conditions
    kind = wanted or kind_of(counts)
    if kind in ("number", "mixed"):
        all_numbers = counts.n_numbers == counts.n_values
        fault = None if all_numbers else first_non_number(connection, "raw", column.id, conditions)
        if fault:
            n_numbers = 0 if wanted else counts.n_numbers
            raise mixed_column(place(fault[0]), column.name, fault[1], n_numbers)
        return Column(column.name, "number", conditions.as_number(column.id))
    text = conditions.as_text(column.id)
    if kind == "empty":
        notices.append(f"column {column.name!r} has no value in any row.")
        return Column(column.name, "empty", "CAST(NULL AS DOUBLE)")
    if kind == "datetime":
        return _parsed(connection, column, text, "TIMESTAMP", "datetime", "an ISO date", place)
    if kind == "boolean":
        spelled = f"regexp_full_match({column.id}, '{_BOOLEANS}')"
        strict = f"CASE WHEN {text} IS NULL OR {spelled} THEN {text} ELSE '?' END"
        return _parsed(connection, column, strict, "BOOLEAN", "boolean", "true or false", place)
    looks_numeric = counts.n_numbers + counts.n_decimal_comma == counts.n_values
    if not wanted and counts.n_decimal_comma and looks_numeric:
        notices.append(
            f"column {column.name!r} is read as text; its values look like numbers with a "
            "decimal comma, and numbers need a decimal point."
        )
    return Column(column.name, "text", text)


def _parsed(
    connection: Connection,
    column: RawColumn,
    value: str,
    type_: str,
    kind: str,
    what: str,
    place: Callable[[int], str],
) -> Column:
    fault = connection.rows(
        f"SELECT rowid, {column.id} FROM raw WHERE ({value}) IS NOT NULL "
        f"AND TRY_CAST(({value}) AS {type_}) IS NULL ORDER BY rowid LIMIT 1"
    )
    if fault:
        row, found = fault[0]
        raise TableFileError(
            f"{place(int(row))}, column {column.name!r}: found {found!r}, which is not {what}."
        )
    return Column(column.name, kind, f"CAST(({value}) AS {type_})")


def _from_type(
    connection: Connection,
    column: RawColumn,
    wanted: str | None,
    rules: Rules,
    place: Callable[[int], str],
) -> Column:
    base = column.type.split("(")[0].removeprefix("U")
    nested = column.type.endswith("]") or base in ("STRUCT", "MAP", "NION")
    if column.type == "BOOLEAN":
        found, value = "boolean", column.id
    elif base in _NUMBERS and not nested:
        found, value = "number", f"CAST({column.id} AS DOUBLE)"
    elif (base in _TEXTS or column.type == "UUID") and not nested:
        found, value = "text", rules.conditions.as_text(f"CAST({column.id} AS VARCHAR)")
    elif base.split(" ")[0] in _TIMES and not nested:
        found, value = "datetime", f"CAST({column.id} AS TIMESTAMP)"
    else:
        raise TableFileError(
            f"column {column.name!r} has the type {column.type}, which is no number, text, "
            "boolean or date.",
            f"Leave it out with --ignore {column.name!r}.",
        )
    if found == "number":
        _check_finite(connection, column, value, place)
    if wanted in (None, found):
        return Column(column.name, found, value)
    if wanted == "text":
        return Column(column.name, "text", _spelled(found, value, column.id))
    if wanted == "number" and found == "text":
        text = f"CAST({column.id} AS VARCHAR)"
        fault = first_non_number(connection, "raw", text, rules.conditions)
        if not fault:
            return Column(column.name, "number", rules.conditions.as_number(text))
        raise mixed_column(place(fault[0]), column.name, fault[1], 0)
    if wanted == "number" and found == "boolean":
        return Column(column.name, "number", f"CAST({column.id} AS DOUBLE)")
    raise TableFileError(
        f"column {column.name!r} holds {found} values where {wanted} values are expected."
    )


def _spelled(found: str, value: str, raw: str) -> str:
    """A typed value as the text that a CSV file would hold: 3, not 3.0."""
    if found != "number":
        return f"CAST({raw} AS VARCHAR)"
    whole = f"{value} = trunc({value}) AND abs({value}) < 1e15"
    return (
        f"CASE WHEN {whole} THEN CAST(CAST({value} AS BIGINT) AS VARCHAR) "
        f"ELSE CAST({value} AS VARCHAR) END"
    )


def _check_finite(
    connection: Connection, column: RawColumn, value: str, place: Callable[[int], str]
) -> None:
    fault = connection.rows(f"SELECT rowid FROM raw WHERE isinf({value}) ORDER BY rowid LIMIT 1")
    if fault:
        raise TableFileError(
            f"{place(int(fault[0][0]))}, column {column.name!r}: the number is infinite.",
            "Replace it by a finite number or leave it empty.",
        )


def fetch(connection: Connection, columns: Sequence[Column], table: str = "raw") -> list[Array]:
    """The values of the columns, in order, in the types that `ColumnReport.kind` promises."""
    arrays = []
    # In groups, because DuckDB 2.0 ends the process for one query of some thousand expressions.
    for start in range(0, len(columns), _GROUP):
        group = columns[start : start + _GROUP]
        listed = ", ".join(f"{column.expression} AS v{at}" for at, column in enumerate(group))
        found = connection.arrays(f"SELECT {listed} FROM {table}")
        arrays += [_array(found[f"v{at}"], column.kind) for at, column in enumerate(group)]
    return arrays


def _array(values: Any, kind: str) -> Array:
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    data = np.asarray(np.ma.getdata(values))
    if kind in ("number", "empty"):
        numbers = np.array(data, dtype=np.float64)
        if mask is not None:
            numbers[mask] = np.nan
        return numbers
    if kind == "datetime":
        times = np.array(data, dtype="datetime64[us]")
        if mask is not None:
            times[mask] = np.datetime64("NaT")
        return times
    if mask is None or not mask.any():
        return np.array(data, dtype=object if kind == "text" else bool)
    objects = np.array(data, dtype=object)
    objects[mask] = None
    return objects
