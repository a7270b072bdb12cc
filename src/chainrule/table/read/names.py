"""Names of columns: each is there, none twice, and a mistyped one gets a suggestion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from chainrule.errors import TableFileError


def check_header(names: Sequence[str], where: str) -> None:
    """Raise `TableFileError` for an empty or repeated column name.

    `where` is what the message begins with, for example "data.csv, line 1".
    """
    first: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        if not name.strip():
            raise TableFileError(
                f"{where}: column {number} has no name.",
                "Name it, or say --no-header if the file starts with data.",
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


def suggestion(name: str, names: Sequence[str]) -> str:
    """ "Did you mean 'price'?", or the names there are."""
    folded = {candidate.strip().casefold(): candidate for candidate in names}
    near = get_close_matches(name.strip().casefold(), folded, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {folded[near[0]]!r}?"
    shown = ", ".join(names[:8])
    return f"Its columns are: {shown}{', ...' if len(names) > 8 else ''}."
