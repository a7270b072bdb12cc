"""Which columns of a file are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.errors import TableFileError
from chainrule.table.read.names import check_present, found_names, index_names


@dataclass(frozen=True)
class Choice:
    """What the caller says about columns.

    Attributes
    ----------
    ignore : tuple of str
        Those to leave out.
    columns : tuple of str or None
        Those to read; None is all.
    keep_index : bool
        Whether the index of a data frame is read, too.
    """

    ignore: tuple[str, ...]
    columns: tuple[str, ...] | None
    keep_index: bool

    def of(
        self, names: Sequence[str], mentioned: Sequence[str], label: str
    ) -> tuple[list[str], list[str]]:
        """The columns of a table that are read, in its order, and notices.

        Raises `TableFileError` for a wanted column that is not there, and where none is left.
        """
        if not names:
            raise TableFileError(f"{label} has no rows.", "It needs a header and at least one row.")
        found = found_names((*self.ignore, *(self.columns or ())), names)
        check_present([*found.values(), *mentioned], names, label)
        ignored = {found[name] for name in self.ignore}
        wanted = names if self.columns is None else {found[name] for name in self.columns}
        kept = [name for name in names if name in wanted and name not in ignored]
        notices = []
        if self.columns is None and not self.keep_index:
            index = [n for n in index_names(names) if n in kept and n not in mentioned]
            if index and len(index) < len(kept):
                kept = [name for name in kept if name not in index]
                notices = [
                    f"column {name!r} is the index that a data frame wrote and is left out; "
                    "--keep-id keeps it."
                    for name in index
                ]
        if not kept:
            raise TableFileError(
                f"no column of {label} is left to read.", "Leave out an option such as --ignore."
            )
        return kept, notices
