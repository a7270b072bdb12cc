"""Names of columns: each is there, none twice, and a mistyped one gets a suggestion."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar

from chainrule.errors import TableFileError

# What data frames call their index: without a name in CSV, so in Parquet.
_INDEX = re.compile(r"Unnamed: 0(\.\d+)?|__index_level_\d+__")
_MOST_LEVELS = 3  # of an index; more columns without a name are a fault
_QUOTES = (("'", "'"), ("`", "`"), ("\u2018", "\u2019"), ("\u201c", "\u201d"), ("«", "»"))
_NO_WIDTH = "\u200b\u2060\ufeff"
_Value = TypeVar("_Value")


def index_names(names: Sequence[str]) -> list[str]:
    """Those of a table's names that are the index of a data frame, of one level or several."""
    n_levels = 0
    while n_levels < len(names) and names[n_levels] == f"Unnamed: {n_levels}":
        n_levels += 1
    return [name for name in names if name in names[:n_levels] or _INDEX.fullmatch(name)]


def names_of(fields: list[str], where: str, *, is_spaced: bool) -> list[str]:
    """The names that a header says: without blanks where one follows every delimiter.

    Raises `TableFileError` for a name that is empty, beside the first, and for names in quotes of
    a kind that are none here.
    """
    names = [field.strip(_NO_WIDTH) for field in fields]
    if is_spaced:
        names = [name.strip() for name in names]
    n_unnamed = sum(not name.strip() for name in names)
    if n_unnamed < min(len(names), _MOST_LEVELS + 1) and not any(
        name.strip() for name in names[:n_unnamed]
    ):
        for level in range(n_unnamed):  # a table written and read twice has "Unnamed: 0" already
            endings = ("", *(f".{time}" for time in range(1, len(names))))
            new = (f"Unnamed: {level}{ending}" for ending in endings)
            names[level] = next(name for name in new if name not in names)
    for one, other in _QUOTES:
        if all(len(n) > 1 and n.startswith(one) and n.endswith(other) for n in names):
            raise TableFileError(
                f"{where}: the names stand in quotes of the kind {one}{other}.",
                'Write the file with the quote " or without quotes.',
            )
    check_header(names, where)
    return names


def check_header(names: Sequence[str], where: str) -> None:
    """Raise `TableFileError` for an empty or repeated column name.

    `where` is what the message begins with, for example "data.csv, line 1".
    """
    first: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        if not name.strip():
            raise TableFileError(
                f"{where}: column {number} has no name.",
                "Name it, or say --no-header if the file starts with data; a delimiter at the end "
                "of every line makes such a column."
                if number == len(names) > 1
                else "Name it, or say --no-header if the file starts with data.",
            )
        if name in first:
            raise TableFileError(
                f"{where}: columns {first[name]} and {number} are both named {name!r}.",
                "Give each column its own name.",
            )
        first[name] = number


def check_present(wanted: Iterable[str], names: Sequence[str], where: str) -> None:
    """Raise `TableFileError` for a column that is not there, with the nearest name as the hint."""
    known = set(names)
    for name in wanted:
        if name not in known:
            raise TableFileError(f"{where} has no column {name!r}.", suggestion(name, names))


def found_names(wanted: Iterable[str], names: Sequence[str]) -> dict[str, str]:
    """Each wanted name -> that of the table: itself, or the only one that differs by blanks."""
    known = set(names)
    bare: dict[str, list[str]] = {}
    for name in names:
        bare.setdefault(name.strip(), []).append(name)
    found = {}
    for name in wanted:
        near = bare.get(name.strip(), [])
        found[name] = near[0] if name not in known and len(near) == 1 else name
    return found


def by_found_names(given: Mapping[str, _Value], names: Sequence[str]) -> dict[str, _Value]:
    """A mapping from wanted names, by the names of the table."""
    found = found_names(given, names)
    return {found[name]: value for name, value in given.items()}


def suggestion(name: str, names: Sequence[str]) -> str:
    """ "Did you mean 'price'?", or the names there are."""
    folded = {candidate.strip().casefold(): candidate for candidate in names}
    near = get_close_matches(name.strip().casefold(), folded, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {folded[near[0]]!r}?"
    shown = ", ".join(names[:8])
    return f"Its columns are: {shown}{', ...' if len(names) > 8 else ''}."
