"""CSV and its relatives as the DuckDB table `raw`, in which columns have ids instead of names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection
from chainrule.table.read.dialect import find_delimiter, read_query
from chainrule.table.read.file_table import Array, Part
from chainrule.table.read.load.loaded import Choose, Loaded
from chainrule.table.read.names import check_header
from chainrule.table.read.plain_numbers import read_plain_numbers
from chainrule.table.read.raw_column import RawColumn
from chainrule.table.read.text_file import TextFile, open_text


@dataclass(frozen=True)
class TextOptions:
    """What the caller says about text files; see `read_table`.

    Attributes
    ----------
    plain : bool
        Whether columns of numbers may stay out of the table `raw`.
    missing : sequence of str
    no_numbers : frozenset of str
        Columns that are something else whatever they hold.
    """

    delimiter: str | None
    header: bool
    encoding: str | None
    plain: bool
    missing: Sequence[str]
    no_numbers: frozenset[str]


def load_text(
    connection: Connection,
    paths: Sequence[str],
    names: Sequence[str],
    options: TextOptions,
    choose: Choose,
    notices: list[str],
) -> Loaded:
    """CSV and its relatives, as text columns; `TableFileError` where the text is no table."""
    header: list[str] = []
    columns: tuple[RawColumn, ...] = ()
    parts: list[Part] = []
    numbers: dict[str, Array] = {}
    n_rows = 0
    delimiter = ","
    for path, name in zip(paths, names, strict=True):
        file = open_text(path, name, options.encoding, connection.folder)
        delimiter, fields = find_delimiter(
            connection, file, options.delimiter, header=options.header
        )
        found = _header(file, fields, options.header, notices)
        if not columns:
            header = found
            chosen = set(choose(header))
            columns = tuple(
                RawColumn(c, f"c{index}") for index, c in enumerate(header) if c in chosen
            )
        elif found != header:
            raise TableFileError(
                f"{name} has other columns than {names[0]}.",
                "Files read together need the same header.",
            )
        if options.plain and len(paths) == 1:
            numbers = _plain_numbers(file, delimiter, columns, len(header), options)
        in_raw = [column.id for column in columns if column.name not in numbers]
        listed = ", ".join(in_raw) or "NULL AS nothing"
        query = read_query(file, delimiter, len(header), header=options.header)
        start = "INSERT INTO raw" if parts else "CREATE TEMP TABLE raw AS"
        connection.rows(f"{start} SELECT {listed} FROM ({query})")
        total = connection.rows("SELECT count(*) FROM raw")[0][0]
        parts.append(_part(file, total - n_rows, len(header), options.header, notices))
        n_rows = total
    assert all(len(values) == n_rows for values in numbers.values())
    return Loaded(columns, tuple(parts), delimiter, numbers)


def _plain_numbers(
    file: TextFile,
    delimiter: str,
    columns: Sequence[RawColumn],
    width: int,
    options: TextOptions,
) -> dict[str, Array]:
    """Columns of numbers, by name."""
    names = {int(c.id[1:]): c.name for c in columns if c.name not in options.no_numbers}
    found = read_plain_numbers(
        file, delimiter, width, list(names), options.missing, header=options.header
    )
    return {names[index]: values for index, values in found.items()}


def _header(file: TextFile, fields: list[str], header: bool, notices: list[str]) -> list[str]:
    if not header:
        return [f"column{number}" for number in range(1, len(fields) + 1)]
    check_header(fields, f"{file.name}, line 1")
    if all(field.replace(".", "", 1).isdigit() for field in fields):
        notices.append(
            f"the first line of {file.name} holds only numbers and is taken for the names; "
            "say --no-header if it is data."
        )
    return fields


def _part(file: TextFile, n_rows: int, width: int, header: bool, notices: list[str]) -> Part:
    numbers = file.line_numbers(n_rows + header, blank_counts=width == 1)[int(header) :]
    n_blank = file.n_blank_lines() if file.n_line_ends > n_rows + header else 0
    if n_blank and width > 1:
        lines = "line" if n_blank == 1 else "lines"
        notices.append(f"{file.name} has {n_blank} blank {lines}, left out.")
    return Part(file.name, n_rows, "line", numbers)
