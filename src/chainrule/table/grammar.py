"""Which text columns hold numbers: one grammar, applied to every value, never to a sample.

Numeric = every value that is not missing matches [+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)? and is
finite. An all-digit value with a leading zero, such as a postal code, makes the column text. Where
at least half of the values match but not all, the file is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chainrule.errors import TableFileError
from chainrule.table.connection import Connection, literal

NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
LEADING_ZERO = "0[0-9]+"
DECIMAL_COMMA = r"[+-]?[0-9]+,[0-9]+"

# Missing in any column, beside the empty field; and missing among numbers only.
MISSING = ("NA",)
MISSING_NUMBER = ("N/A", "NaN", "nan", "null", "NULL", "None")

_GROUP = 200  # columns of one counting query


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
        return (
            f"(regexp_full_match({column}, {literal(NUMBER)}) "
            f"AND isfinite(TRY_CAST({column} AS DOUBLE)))"
        )

    def as_text(self, column: str) -> str:
        """The value, NULL where missing."""
        return f"CASE WHEN {self.is_missing(column)} THEN NULL ELSE {column} END"

    def as_number(self, column: str) -> str:
        """The value as DOUBLE, NULL where missing."""
        missing = self.is_missing_number(column)
        return f"CASE WHEN {missing} THEN NULL ELSE CAST({column} AS DOUBLE) END"


def count_values(
    connection: Connection, table: str, columns: list[str], conditions: Conditions
) -> list[Counts]:
    """Count the values of text columns over all rows."""
    found: list[Counts] = []
    for start in range(0, len(columns), _GROUP):
        parts = ["count(*)"]
        for column in columns[start : start + _GROUP]:
            present = f"NOT {conditions.is_missing(column)}"
            extra = _is_one_of(column, MISSING_NUMBER)
            for condition in (
                conditions.is_missing(column),
                f"{present} AND {extra}",
                f"{present} AND {conditions.is_number(column)}",
                f"{present} AND regexp_full_match({column}, '{LEADING_ZERO}')",
                f"{present} AND regexp_full_match({column}, '{DECIMAL_COMMA}')",
            ):
                parts.append(f"count_if({condition})")
        (row,) = connection.rows(f"SELECT {', '.join(parts)} FROM {table}")
        n_rows, rest = row[0], row[1:]
        found += [Counts(n_rows, *rest[at : at + 5]) for at in range(0, len(rest), 5)]
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


def _is_one_of(column: str, tokens: Iterable[str]) -> str:
    # Not IN (...): DuckDB makes a join of a longer list, a hundred times slower in wide tables.
    return f"list_contains([{', '.join(literal(token) for token in tokens)}], {column})"
