"""Options that several commands share, and how they reach `read_table`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from chainrule.table.read import FileTable

Data = Annotated[str, typer.Argument(metavar="DATA", help="CSV, TSV, Parquet or JSON file.")]
Model = Annotated[str, typer.Argument(metavar="MODEL", help="A file that train wrote.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the result alone.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that exists.")]
Threads = Annotated[
    int | None,
    typer.Option("--threads", min=1, help="Number of threads; it never changes a result."),
]

Delimiter = Annotated[
    str | None,
    typer.Option(help="Character that separates fields, or 'tab'; the file tells if left out."),
]
NoHeader = Annotated[bool, typer.Option("--no-header", help="The file starts with data.")]
Encoding = Annotated[
    str | None,
    typer.Option(help="Encoding; default UTF-8, or UTF-16 if the file begins with its mark."),
]
Missing = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TOKEN", help="Read this as missing, beside empty fields and NA; repeatable."
    ),
]
Sql = Annotated[str | None, typer.Option(help="SELECT to run first; the file is its table 'data'.")]
Glob = Annotated[bool, typer.Option("--glob", help="Read DATA as a pattern of files to join.")]
Dates = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN=FORMAT",
        help="How a column's dates are spelled, such as %d/%m/%Y; repeatable.",
    ),
]
Target = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="Column of true values; that of training if left out."),
]

Row = Annotated[
    int | None,
    typer.Option("--row", min=0, help="Row to show, from 0; the one that adds most if left out."),
]
Top = Annotated[
    str, typer.Option("--top", metavar="N", help="Number of terms to show of a long sum, or 'all'.")
]
Digits = Annotated[
    str,
    typer.Option("--digits", metavar="N", help="Number of significant digits, 1 to 17, or 'full'."),
]
CheckBy = Annotated[
    str, typer.Option("--check", metavar="METHOD", help="How to check: central, complex or none.")
]
Full = Annotated[bool, typer.Option("--full", help="Show every equation, not one screen.")]
AsLatex = Annotated[bool, typer.Option("--latex", help="Print a LaTeX document.")]
AsLatexFragment = Annotated[
    bool, typer.Option("--latex-fragment", help="Print LaTeX for a document that loads amsmath.")
]
AsHtml = Annotated[bool, typer.Option("--html", help="Print a web page with MathML.")]
Draw = Annotated[bool, typer.Option("--draw", help="Draw the network with the row's numbers.")]


@dataclass(frozen=True)
class Reading:
    """How the user wants the file to be read."""

    delimiter: str | None = None
    no_header: bool = False
    encoding: str | None = None
    missing: tuple[str, ...] = ()
    sql: str | None = None
    glob: bool = False
    dates: Mapping[str, str] = field(default_factory=dict)

    def table(
        self,
        source: str,
        *,
        text: Sequence[str] = (),
        ignore: Sequence[str] = (),
        columns: Sequence[str] | None = None,
        expect: Mapping[str, str] | None = None,
    ) -> FileTable:
        """Read the table; see `read_table`."""
        from chainrule.table.read import read_table

        return read_table(
            source,
            sql=self.sql,
            delimiter=self.delimiter,
            header=not self.no_header,
            encoding=self.encoding,
            missing=self.missing,
            text=text,
            ignore=ignore,
            columns=columns,
            expect=expect,
            dates=self.dates,
            glob=self.glob,
        )

    def arguments(self) -> list[str]:
        """The options again, for the next command to type."""
        found = []
        for option, value in (
            ("--delimiter", self.delimiter),
            ("--encoding", self.encoding),
            ("--sql", self.sql),
        ):
            found += [option, value] if value is not None else []
        for column, format_ in self.dates.items():
            found += ["--dates", f"{column}={format_}"]
        found += ["--no-header"] * self.no_header + ["--glob"] * self.glob
        return found


def dates_of(given: Sequence[str] | None) -> dict[str, str]:
    """Column -> format, from texts such as "when=%d/%m/%Y"."""
    found = {}
    for text in given or ():
        column, mark, format_ = text.rpartition("=")
        if not (mark and column and format_):
            raise typer.BadParameter(f"--dates takes COLUMN=FORMAT, found {text!r}.")
        found[column] = format_
    return found


OnPaper = Annotated[
    bool, typer.Option("--worksheet", help="Print the questions with blanks, and a key.")
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="N", help="Ask with other numbers: those of seed N."),
]
