"""Which text columns hold numbers: one grammar, applied to every value, never to a sample.

Numeric = every value that is not missing matches [+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)? and is
finite. An all-digit value with a leading zero, such as a postal code, makes the column text. Where
at least half of the values match but not all, the file is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection, literal

NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
LEADING_ZERO = "0[0-9]+"
DECIMAL_COMMA = r"[+-]?[0-9]+,[0-9]+"

# Missing in any column, beside the empty field; among numbers only; among dates and times only.
MISSING = ("NA",)
MISSING_NUMBER = ("N/A", "NaN", "nan", "null", "NULL", "None")
MISSING_DATE = (*MISSING_NUMBER, "NaT")

_GROUP = 50  # columns of one counting query


@dataclass(frozen=True)
class Counts:
    """What a text column holds.

    Attributes
    ----------
    n_rows, n_missing, n_missing_number : int
        All values; the missing ones; those that are missing if the column is numeric.
    n_numbers : int
        Values that match the grammar and are finite.
    n_leading_zero, n_decimal_comma : int
        Values such as 007 and such as 3,5.
    """

    n_rows: int
    n_missing: int
    n_missing_number: int
    n_numbers: int
    n_leading_zero: int
    n_decimal_comma: int

    @property
    def n_values(self) -> int:
        """Values that are not missing in a numeric column."""
        return self.n_rows - self.n_missing - self.n_missing_number


def kind_of(counts: Counts) -> str:
    """ "number", "text", "empty" (every value is missing), or "mixed" (refused)."""
    if counts.n_missing == counts.n_rows:
        return "empty"
    if counts.n_leading_zero or not counts.n_numbers:
        return "text"
    if counts.n_numbers == counts.n_values:
        return "number"
    return "mixed" if 2 * counts.n_numbers >= counts.n_values else "text"


class Conditions:
    """SQL conditions on a text column, given the missing tokens in force."""

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = (*MISSING, *missing)

    def is_missing(self, column: str) -> str:
        """NULL (the empty field) or a token."""
        return f"({column} IS NULL OR {_is_one_of(column, self.missing)})"

    def is_missing_number(self, column: str) -> str:
        """Missing in a numeric column."""
        every = (*self.missing, *MISSING_NUMBER)
        return f"({column} IS NULL OR {_is_one_of(column, every)})"

    def is_number(self, column: str) -> str:
        """Matches the grammar and is finite."""
        return f"({_matches(column, NUMBER)} AND isfinite(TRY_CAST({column} AS DOUBLE)))"

    def as_text(self, column: str) -> str:
        """The value, NULL where missing."""
        return f"CASE WHEN {self.is_missing(column)} THEN NULL ELSE {column} END"

    def as_date_text(self, column: str) -> str:
        """The value without spaces around it, NULL where missing among dates."""
        missing = _is_one_of(column, (*self.missing, *MISSING_DATE))
        return f"CASE WHEN {missing} THEN NULL ELSE trim({column}) END"

    def as_number(self, column: str) -> str:
        """The value as DOUBLE, NULL where missing."""
        missing = self.is_missing_number(column)
        return f"CASE WHEN {missing} THEN NULL ELSE CAST({column} AS DOUBLE) END"


def count_values(
    connection: Connection, table: str, columns: list[str], conditions: Conditions
) -> list[Counts]:
    """Count the values of text columns over all rows."""
    found: dict[str, Counts] = {}
    if conditions.missing == MISSING:
        # Most columns of most tables are plain numbers with empty fields: half the tests suffice.
        plain = _counted(connection, table, columns, conditions, _plain_tests)
        found = {
            column: Counts(n_rows, empty, 0, n_numbers, zeros, 0)
            for column, (n_rows, empty, n_numbers, zeros) in plain.items()
            if empty + n_numbers == n_rows
        }
    rest = [column for column in columns if column not in found]
    counted = _counted(connection, table, rest, conditions, _all_tests)
    found |= {column: Counts(*counts) for column, counts in counted.items()}
    return [found[column] for column in columns]


def _plain_tests(column: str, conditions: Conditions) -> list[str]:
    zeros = f"starts_with({column}, '0') AND {_matches(column, LEADING_ZERO)}"
    return [f"{column} IS NULL", conditions.is_number(column), zeros]


def _all_tests(column: str, conditions: Conditions) -> list[str]:
    present = f"NOT {conditions.is_missing(column)} AND "
    return [
        conditions.is_missing(column),
        present + _is_one_of(column, MISSING_NUMBER),
        present + conditions.is_number(column),
        present + _matches(column, LEADING_ZERO),
        present + _matches(column, DECIMAL_COMMA),
    ]


def _counted(
    connection: Connection,
    table: str,
    columns: list[str],
    conditions: Conditions,
    tests: Callable[[str, Conditions], list[str]],
) -> dict[str, list[int]]:
    """Rows, and rows for which each test holds, by column."""
    found = {}
    for start in range(0, len(columns), _GROUP):
        group = columns[start : start + _GROUP]
        parts = [
            f"count(*) FILTER (WHERE {test})"
            for column in group
            for test in tests(column, conditions)
        ]
        (row,) = connection.rows(f"SELECT count(*), {', '.join(parts)} FROM {table}")
        width = len(parts) // len(group)
        for index, column in enumerate(group):
            found[column] = [row[0], *row[1 + index * width : 1 + (index + 1) * width]]
    return found


def first_non_number(
    connection: Connection, table: str, column: str, conditions: Conditions
) -> tuple[int, str] | None:
    """(row, value) of the first value that is neither a number nor missing, None without one."""
    found = connection.rows(
        f"SELECT rowid, {column} FROM {table} WHERE NOT {conditions.is_missing_number(column)} "
        f"AND NOT {conditions.is_number(column)} ORDER BY rowid LIMIT 1"
    )
    return (int(found[0][0]), str(found[0][1])) if found else None


def mixed_column(where: str, name: str, value: str, n_numbers: int) -> TableFileError:
    """The refusal of a column of which many values are numbers and some are not."""
    shown = shortened(value)
    if n_numbers:
        are = "value of the column is a number" if n_numbers == 1 else "values of it are numbers"
        others = f"{n_numbers} other {are}"
    else:
        others = "the model was trained on numbers there"
    return TableFileError(
        f"{where}, column {name!r}: found {shown!r}, which is no number, while {others}.",
        f"If it stands for a missing value say --missing {_shell(value)}, and if the column is "
        f"text say --text {_shell(name)}."
        if n_numbers
        else f"If it stands for a missing value say --missing {_shell(value)}.",
    )


def shortened(value: str, limit: int = 40) -> str:
    """A value as messages show it."""
    return value if len(value) <= limit else value[: limit - 3] + "..."


def _shell(text: str) -> str:
    import shlex

    return shlex.quote(shortened(text))


def _matches(column: str, expression: str) -> str:
    return f"regexp_full_match({column}, {literal(expression)})"


def _is_one_of(column: str, tokens: Iterable[str]) -> str:
    # No IN (...): DuckDB makes a join of a list of five or more, fifty times slower in wide tables.
    return _matches(column, "|".join(re.escape(token) for token in tokens))
