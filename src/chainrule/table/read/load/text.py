"""CSV and its relatives as the DuckDB table `raw`, in which columns have ids instead of names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection
from chainrule.table.read.dialect import Dialect, find_dialect, first_fault, read_query
from chainrule.table.read.file_table import Array, Part
from chainrule.table.read.grammar import stripped
from chainrule.table.read.load.loaded import Choose, Loaded, Source
from chainrule.table.read.load.numbers import read_numbers
from chainrule.table.read.names import names_of
from chainrule.table.read.raw_column import RawColumn
from chainrule.table.read.separators import SPACES, split_at_spaces
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
    sources: list[Source] = []
    numbers: dict[str, Array] = {}
    n_rows = 0
    for path, name in zip(paths, names, strict=True):
        file = open_text(path, name, options.encoding, connection.folder)
        if options.delimiter == SPACES:
            file = replace(file, path=split_at_spaces(file.path, connection.folder), n_mark=0)
        dialect = find_dialect(connection, file, options.delimiter, header=options.header)
        found = _names(file, dialect, options.header)
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
            numbers = _numbers(connection, file, dialect, columns, options)
        in_raw = [column.id for column in columns if column.name not in numbers]
        n_before = n_rows
        n_rows += _add_to_raw(connection, file, dialect, in_raw, options.header, bool(parts))
        layout = dialect.layout
        if layout is not None and n_rows - n_before != layout.n_records - options.header:
            raise TableFileError(
                f"{name} has {layout.n_records - options.header:,} lines of data by its line ends "
                f"and {n_rows - n_before:,} by its quotes.",
                'Quote whole fields only, and write a quote inside one as "".',
            )
        parts.append(_part(file, n_rows - n_before, len(header), options.header, notices))
        sources.append(Source(file, dialect, options.header))
    assert all(len(values) == n_rows for values in numbers.values())
    delimiter = dialect.delimiter
    return Loaded(columns, tuple(parts), delimiter, numbers, tuple(sources))


def _names(file: TextFile, dialect: Dialect, header: bool) -> list[str]:
    if not header:
        return [f"column{number}" for number in range(1, len(dialect.fields) + 1)]
    where = f"{file.name}, line {file.first_line}"
    return names_of(dialect.fields, where, is_spaced=dialect.is_spaced)


def _add_to_raw(
    connection: Connection,
    file: TextFile,
    dialect: Dialect,
    ids: Sequence[str],
    header: bool,
    is_there: bool,
) -> int:
    """Put columns of text into the table `raw`; how many rows there are."""
    if dialect.is_spaced:
        listed = ", ".join(f"{stripped(name)} AS {name}" for name in ids) or "NULL AS nothing"
    else:
        listed = ", ".join(ids) or "NULL AS nothing"
    query = read_query(file, dialect.delimiter, len(dialect.fields), header=header)
    start = "INSERT INTO raw" if is_there else "CREATE TEMP TABLE raw AS"
    try:
        return int(connection.rows(f"{start} SELECT {listed} FROM ({query})")[0][0])
    except TableFileError as failure:
        width = len(dialect.fields)
        raise first_fault(file, dialect.delimiter, width) or failure from None


def _numbers(
    connection: Connection,
    file: TextFile,
    dialect: Dialect,
    columns: Sequence[RawColumn],
    options: TextOptions,
) -> dict[str, Array]:
    """Columns of plain numbers, by name."""
    names = {int(c.id[1:]): c.name for c in columns if c.name not in options.no_numbers}
    found = read_numbers(connection, file, dialect, names, options.missing, header=options.header)
    return {names[index]: values for index, values in found.items()}


def _part(file: TextFile, n_rows: int, width: int, header: bool, notices: list[str]) -> Part:
    numbers = file.line_numbers(n_rows + header, blank_counts=width == 1)[int(header) :]
    n_blank = file.n_blank_lines() if file.n_line_ends > n_rows + header else 0
    if n_blank and width > 1:
        lines = "line" if n_blank == 1 else "lines"
        notices.append(f"{file.name} has {n_blank} blank {lines}, left out.")
    return Part(file.name, n_rows, "line", numbers)
