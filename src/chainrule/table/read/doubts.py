"""Columns of numbers that may be something else: points between thousands, numbers of versions.

    216  1.600  495        a point in front of three digits, beside whole numbers below 1,000
    9.589;10.400           the same in every cell of a file that semicolons separate
    1.9  1.10  1.11        1.1 and 1.10 both, and the parts behind the point count up

Both look like numbers to the grammar. The values tell where to look, the texts decide.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection
from chainrule.table.read.dialect import read_query
from chainrule.table.read.file_table import Array
from chainrule.table.read.grammar import stripped
from chainrule.table.read.load.loaded import Source
from chainrule.table.read.numbers.decide import option
from chainrule.table.read.numbers.spelling import NumberSpelling

_MOST_VERSIONS = 2_000  # different values
_PER_QUERY = 40
_FEW = 5  # different values that are no pattern yet


def doubtful_numbers(
    connection: Connection,
    source: Source,
    columns: Mapping[int, tuple[str, Array]],
    location: Callable[[int], str],
) -> list[str]:
    """Notices of numbers of a text file that may be something else.

    Parameters
    ----------
    connection : Connection
    source : Source
    columns : mapping of int to (str, ndarray)
        Index -> name and values of the columns to look at, NaN where missing.
    location : callable
        location(row) says where a row stands in its file.

    Raises
    ------
    TableFileError
        For numbers that are more likely something else.
    """
    notices: list[str] = []
    suspects = [index for index, (_, values) in columns.items() if _has_three_decimals(values)]
    for start in range(0, len(suspects), _PER_QUERY):
        texts = _distinct_texts(connection, source, suspects[start : start + _PER_QUERY])
        for index, rows in texts.items():
            name = columns[index][0]
            notices += _thousands(name, rows, source, location)
            notices += _versions(name, rows, location)
    return notices


def _has_three_decimals(values: Array) -> bool:
    """Whether no value has more than three decimals, or lies outside of -1000 to 1000."""
    known = values[~np.isnan(values)]
    if not len(known) or np.abs(known).max() >= 1000 or (known == np.floor(known)).all():
        return False
    first = known[:100] * 1000  # most columns are told by their first values
    if (np.abs(first - np.rint(first)) > 1e-6).any():
        return False
    scaled = known * 1000
    return bool((np.abs(scaled - np.rint(scaled)) < 1e-6).all())


def _distinct_texts(
    connection: Connection, source: Source, indices: list[int]
) -> dict[int, dict[str, int]]:
    """Column -> each of its different texts -> the first row that holds it."""
    dialect = source.dialect
    query = read_query(source.file, dialect.delimiter, len(dialect.fields), header=source.header)
    listed = ", ".join(f"c{index}" for index in indices)
    connection.rows(f"CREATE OR REPLACE TEMP TABLE doubtful AS SELECT {listed} FROM ({query})")
    found = {}
    for index in indices:
        rows = connection.rows(
            f"SELECT {stripped(f'c{index}')} AS t, min(rowid) FROM doubtful "
            f"WHERE regexp_matches(c{index}, '[0-9]') GROUP BY t"
        )
        found[index] = {str(text): int(row) for text, row in rows}
    return found


def _thousands(
    name: str, rows: Mapping[str, int], source: Source, location: Callable[[int], str]
) -> list[str]:
    unsigned = {text.lstrip("+-"): row for text, row in rows.items()}
    pointed = {text: row for text, row in unsigned.items() if "." in text}
    whole = [text for text in unsigned if "." not in text]
    for text in pointed:
        before, _, after = text.partition(".")
        if not (before.isdigit() and len(after) == 3 and after.isdigit()) or before[0] == "0":
            return []
    if not all(text.isdigit() and len(text) <= 3 for text in whole):
        return []
    beside = bool(whole) and whole != ["0"]
    if len(pointed) < (1 if beside else _FEW):
        return []
    text, row = min(pointed.items(), key=lambda pair: pair[1])
    as_group = option(name, NumberSpelling(",", "."))
    if not beside and source.dialect.delimiter != ";":
        return [
            f"column {name!r}: every value has three digits behind its point ({text!r}), which is "
            f"taken for the decimal point; if it stands between thousands say {as_group}."
        ]
    why = (
        "every value with a point has three digits behind it and the others are whole numbers "
        "below 1,000"
        if beside
        else "every value of it has three digits behind its point"
    )
    raise TableFileError(
        f"{location(row)}, column {name!r}: found {text!r}; {why}, so that the point may stand "
        "between thousands.",
        f"Say {as_group}, or if it is the decimal point say {option(name, NumberSpelling())}.",
    )


def _versions(name: str, rows: Mapping[str, int], location: Callable[[int], str]) -> Iterator[str]:
    """A notice of 1.1 beside 1.10; a refusal where the parts behind the point count up."""
    if len(rows) > _MOST_VERSIONS:
        return
    behind: dict[str, set[str]] = {}
    for text in rows:
        before, mark, after = text.partition(".")
        if not (mark and before.isdigit() and after.isdigit()) or (after[0] == "0" != after):
            return
        behind.setdefault(before, set()).add(after)
    alike = []
    for before, parts in behind.items():
        for part in parts:
            shorter = part.rstrip("0")
            if shorter == part or shorter not in parts:
                continue
            one, other = f"{before}.{shorter}", f"{before}.{part}"
            alike.append((rows[other], one, other))
            if _counts_up(parts):
                raise TableFileError(
                    f"{location(rows[other])}, column {name!r}: found {other!r} beside {one!r}, "
                    "as numbers of versions have, which are no decimals.",
                    f"Say --text {shlex.quote(name)}, or if they are numbers say "
                    f"{option(name, NumberSpelling())}.",
                )
    if alike:
        _, one, other = min(alike)
        yield (
            f"column {name!r} holds {one!r} and {other!r}, which are one number; if they are "
            f"versions say --text {shlex.quote(name)}."
        )


def _counts_up(parts: set[str]) -> bool:
    """Whether the parts behind the point are most of the whole numbers up to the largest."""
    largest = max(map(int, parts))
    return 2 * len(parts) > largest
