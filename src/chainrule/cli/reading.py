"""How a command reads its table: options that all such commands share, listed once.

A command says `reading: Reading` and is decorated with `reads_tables`; the command line then has
every option of `OPTIONS` in that place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainrule.cli.spread import Command, spread

if TYPE_CHECKING:
    from chainrule.table.read import FileTable, TableReport

OPTIONS: dict[str, tuple[Any, Any]] = {
    "missing": (
        Annotated[
            list[str] | None,
            typer.Option(
                metavar="TOKEN",
                help="Read this as missing, beside empty fields and NA; repeatable.",
            ),
        ],
        None,
    ),
    "delimiter": (
        Annotated[
            str | None,
            typer.Option(
                help="Character that separates fields, 'tab' or 'spaces'; the file tells if left "
                "out."
            ),
        ],
        None,
    ),
    "header": (
        Annotated[
            bool | None,
            typer.Option(
                "--header/--no-header",
                help="Whether the first line holds the names; refused if it looks like data.",
            ),
        ],
        None,
    ),
    "encoding": (
        Annotated[
            str | None,
            typer.Option(
                help="Encoding; default UTF-8, or UTF-16 if the file begins with its mark."
            ),
        ],
        None,
    ),
    "dates": (
        Annotated[
            list[str] | None,
            typer.Option(
                metavar="COLUMN=FORMAT",
                help="How a column's dates are spelled, such as %d/%m/%Y; repeatable.",
            ),
        ],
        None,
    ),
    "numbers": (
        Annotated[
            list[str] | None,
            typer.Option(
                metavar="COLUMN=EXAMPLE",
                help="How a column's numbers are written, such as 1.234,56; repeatable.",
            ),
        ],
        None,
    ),
    "sql": (
        Annotated[
            str | None,
            typer.Option(
                help="SELECT to run first; the file is its table 'data', several are tables of "
                "their names."
            ),
        ],
        None,
    ),
    "table": (
        Annotated[
            str | None,
            typer.Option(metavar="NAME", help="Sheet of a workbook, or table of a database."),
        ],
        None,
    ),
    "glob": (
        Annotated[bool, typer.Option("--glob", help="Read DATA as a pattern of files to join.")],
        False,
    ),
}


@dataclass(frozen=True)
class Reading:
    """How the user wants the file to be read.

    Attributes
    ----------
    missing, delimiter, header, encoding, dates, numbers, sql, table, glob
        See `read_table`.
    text : tuple of str
        Columns to read as text.
    """

    missing: tuple[str, ...] = ()
    delimiter: str | None = None
    header: bool | None = None
    encoding: str | None = None
    dates: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)
    sql: str | None = None
    table: str | None = None
    glob: bool = False
    text: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Reading:
        """From the options as they were typed."""
        return cls(
            **{
                **given,
                "missing": tuple(given["missing"] or ()),
                "dates": _by_column("--dates", "FORMAT", given["dates"]),
                "numbers": _by_column("--numbers", "EXAMPLE", given["numbers"]),
            }
        )

    def read(
        self,
        source: str | Sequence[str] | None,
        *,
        ignore: Sequence[str] = (),
        columns: Sequence[str] | None = None,
        expect: Mapping[str, str] | None = None,
        exact: Sequence[str] = (),
        keep_index: bool = False,
    ) -> FileTable:
        """Read the table; see `read_table`."""
        from chainrule.table.read import read_table

        return read_table(
            source or None,
            sql=self.sql,
            delimiter=self.delimiter,
            header=self.header,
            encoding=self.encoding,
            missing=self.missing,
            text=self.text,
            ignore=ignore,
            columns=columns,
            expect=expect,
            dates=self.dates,
            numbers=self.numbers,
            exact=exact,
            keep_index=keep_index,
            table=self.table,
            glob=self.glob,
        )

    def noted(self, report: TableReport) -> dict[str, Any]:
        """What a model remembers of how its table was read."""
        return {
            "missing": list(self.missing),
            "text": list(self.text),
            "dates": report.date_formats,
            "numbers": report.number_formats,
            "sql": self.sql,
        }

    def arguments(self) -> list[str]:
        """The options again, for the next command to type; a model remembers the rest."""
        found = []
        for option, value in (
            ("--delimiter", self.delimiter),
            ("--encoding", self.encoding),
            ("--sql", self.sql),
            ("--table", self.table),
        ):
            found += [option, value] if value is not None else []
        for option, pairs in (("--dates", self.dates), ("--numbers", self.numbers)):
            for column, shown in pairs.items():
                found += [option, f"{column}={shown}"]
        if self.header is not None:
            found.append("--header" if self.header else "--no-header")
        return found + ["--glob"] * self.glob


TYPED = Reading()  # stands in a command's signature for what is typed


def reads_tables(command: Command) -> Command:
    """Give a command every option of `OPTIONS` in the place of its parameter `reading`."""
    return spread(command, "reading", OPTIONS, Reading.of)


def _by_column(option: str, what: str, given: Sequence[str] | None) -> dict[str, str]:
    """Column -> what is said of it, from texts such as "when=%d/%m/%Y"."""
    found = {}
    for text in given or ():
        column, mark, said = text.rpartition("=")
        if not (mark and column and said):
            raise typer.BadParameter(f"{option} takes COLUMN={what}, found {text!r}.")
        found[column] = said
    return found
