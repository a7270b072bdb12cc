"""Which text columns hold numbers: one grammar, applied to every value, never to a sample.

Numeric = every value that is not missing matches [+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)? and is
finite, with blanks around it or none. An all-digit value with a leading zero, such as a postal
code, makes the column text. Where at least half of the values match but not all, or where the
others only stand for a missing value, the file is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chainrule.table.read.connection import literal
from chainrule.table.read.texts import Texts

NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
LEADING_ZERO = "0[0-9]+"
BOOLEAN = "true|false|True|False|TRUE|FALSE"
# Around a value they mean nothing: space, tab, the spaces of typesetters, marks of no width.
BLANKS = " \t\r\n\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u3000\u200b\u2060\ufeff"

EXACT = 2.0**53  # from here on not every whole number is a float64

# Missing in any column, beside the empty field; among numbers only; among dates and times only.
MISSING = ("NA",)
MISSING_NUMBER = ("N/A", "NaN", "nan", "null", "NULL", "None")
MISSING_DATE = (*MISSING_NUMBER, "NaT")
# What people write for a missing value among numbers: signs alone, or one of these words.
_PLACEHOLDER = (
    r"(?i)[-?.*_#/\\–—]+|\\N|#?n/?a|#N/A N/A|nan|null|none|nil|nd|n\.?d\.?|n\.a\.|missing|unknown|"
    r"not available|not applicable|undefined|#VALUE!|#DIV/0!|#REF!|#NUM!|#NAME\?|\(null\)|<na>|tbd"
)
_N_PLACEHOLDERS = 3  # more kinds of them in one column mean something


@dataclass(frozen=True)
class Counts:
    """What a text column holds.

    Attributes
    ----------
    n_rows, n_missing, n_missing_number : int
        All values; the missing ones; those that are missing if the column is numeric.
    n_numbers : int
        Values that match the grammar and are finite.
    n_leading_zero, n_booleans : int
        Values such as 007, and spellings of true and false.
    n_number_texts, n_placeholder_texts, n_other_texts : int
        Different texts: numbers, what stands for a missing value among numbers, and the rest.
    n_empty : int
        Of the missing ones the empty fields.
    """

    n_rows: int
    n_missing: int = 0
    n_missing_number: int = 0
    n_numbers: int = 0
    n_leading_zero: int = 0
    n_booleans: int = 0
    n_number_texts: int = 0
    n_placeholder_texts: int = 0
    n_other_texts: int = 0
    n_empty: int = 0

    @property
    def n_values(self) -> int:
        """Values that are not missing in a numeric column."""
        return self.n_rows - self.n_missing - self.n_missing_number


def kind_of(counts: Counts) -> str:
    """ "number", "boolean", "text", "empty" (every value is missing), or "mixed" (refused)."""
    if counts.n_missing == counts.n_rows:
        return "empty"
    if counts.n_booleans and counts.n_booleans == counts.n_values:
        return "boolean"
    if counts.n_leading_zero or not counts.n_numbers:
        return "text"
    if counts.n_numbers == counts.n_values:
        return "number"
    only_placeholders = (
        not counts.n_other_texts and counts.n_placeholder_texts <= _N_PLACEHOLDERS
    ) and counts.n_number_texts > counts.n_placeholder_texts
    return "mixed" if 2 * counts.n_numbers >= counts.n_values or only_placeholders else "text"


class Conditions:
    """SQL conditions on a text column, given the missing tokens in force.

    Parameters
    ----------
    missing : iterable of str
        Tokens that mean missing in every column.
    usual : bool
        Whether NA does so, too.
    """

    def __init__(self, missing: Iterable[str], *, usual: bool = True) -> None:
        self.given = tuple(missing)
        self.missing = ("", *(MISSING if usual else ()), *self.given)

    @property
    def literal(self) -> Conditions:
        """The same where NA is a name like any other."""
        return Conditions(self.given, usual=False)

    def is_missing(self, column: str) -> str:
        """NULL (the empty field), blanks alone, or a token."""
        return f"({column} IS NULL OR {_is_one_of(column, self.missing)})"

    def is_missing_number(self, column: str) -> str:
        """Missing in a numeric column."""
        return f"({column} IS NULL OR {_is_one_of(column, (*self.missing, *MISSING_NUMBER))})"

    def is_number(self, column: str) -> str:
        """Matches the grammar and is finite."""
        value = stripped(column)
        return f"({_matches(value, NUMBER)} AND isfinite(TRY_CAST({value} AS DOUBLE)))"

    def as_text(self, column: str) -> str:
        """The value, NULL where missing."""
        return f"CASE WHEN {self.is_missing(column)} THEN NULL ELSE {column} END"

    def as_date_text(self, column: str) -> str:
        """The value without blanks around it, NULL where missing among dates."""
        missing = _is_one_of(column, (*self.missing, *MISSING_DATE))
        return f"CASE WHEN {missing} THEN NULL ELSE {stripped(column)} END"

    def as_number(self, column: str) -> str:
        """The value as DOUBLE, NULL where missing."""
        missing = self.is_missing_number(column)
        return f"CASE WHEN {missing} THEN NULL ELSE CAST({stripped(column)} AS DOUBLE) END"


def count_values(texts: Texts, columns: Sequence[str], conditions: Conditions) -> list[Counts]:
    """Count the values of text columns over all rows, each different text looked at once."""
    return [_counted(texts, column, conditions) for column in columns]


def _counted(texts: Texts, column: str, conditions: Conditions) -> Counts:
    is_number = conditions.is_number("t")
    other = f"NOT {is_number} AND NOT {conditions.is_missing_number('t')}"
    is_placeholder = _matches(stripped("t"), _PLACEHOLDER)
    present = f"NOT {conditions.is_missing('t')} AND "
    rows = {
        "n_rows": "true",
        "n_missing": conditions.is_missing("t"),
        "n_missing_number": present + _is_one_of("t", MISSING_NUMBER),
        "n_numbers": present + is_number,
        "n_leading_zero": present + _matches(stripped("t"), LEADING_ZERO),
        "n_booleans": present + _matches(stripped("t"), BOOLEAN),
        "n_empty": f"(t IS NULL OR {stripped('t')} = '')",
    }
    different = {
        "n_number_texts": present + is_number,
        "n_placeholder_texts": f"{other} AND {is_placeholder}",
        "n_other_texts": f"{other} AND NOT {is_placeholder}",
    }
    parts = [f"coalesce(sum(n) FILTER (WHERE {test}), 0)" for test in rows.values()]
    parts += [f"count(*) FILTER (WHERE {test})" for test in different.values()]
    found = texts.connection.rows(f"SELECT {', '.join(parts)} FROM {texts.of(column)}")[0]
    names = (*rows, *different)
    return Counts(**{name: int(n) for name, n in zip(names, found, strict=True)})


def non_numbers(
    texts: Texts, column: str, conditions: Conditions, limit: int
) -> list[tuple[int, str]]:
    """(row, value) of the first different values that are neither numbers nor missing."""
    found = texts.connection.rows(
        f"SELECT min(r) AS first, {stripped('t')} AS bare FROM {texts.of(column)} "
        f"WHERE NOT {conditions.is_missing_number('t')} AND NOT {conditions.is_number('t')} "
        f"GROUP BY bare ORDER BY first LIMIT {limit}"
    )
    return [(int(row), str(value)) for row, value in found]


def stripped(column: str) -> str:
    """The SQL of a text without the blanks around it."""
    return f"trim({column}, {literal(BLANKS)})"


def shortened(value: str, limit: int = 40) -> str:
    """A value as messages show it."""
    return value if len(value) <= limit else value[: limit - 3] + "..."


def _matches(column: str, expression: str) -> str:
    return f"regexp_full_match({column}, {literal(expression)})"


def _is_one_of(column: str, tokens: Iterable[str]) -> str:
    # No IN (...): DuckDB makes a join of a list of five or more, fifty times slower in wide tables.
    return _matches(stripped(column), "|".join(re.escape(token) for token in tokens))
