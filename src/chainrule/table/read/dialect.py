"""How the fields of a text file are separated, found by parsing all of it, never by a sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection, exact_path, literal
from chainrule.table.read.layout import Layout, lay_out
from chainrule.table.read.separators import SPACES, refuse_other_separators
from chainrule.table.read.text_file import TextFile, fields_of

DELIMITERS = (",", ";", "\t", "|")
_NAMES = {"\t": "tab", " ": "space"}


def delimiter_name(delimiter: str) -> str:
    """A delimiter as messages show it."""
    return _NAMES.get(delimiter, delimiter)


def read_query(
    file: TextFile,
    delimiter: str,
    width: int,
    *,
    header: bool,
    types: Mapping[int, str] | None = None,
    missing: Sequence[str] = (),
) -> str:
    """The query for all records as columns c0, c1, ...; nothing in it is left to a guess.

    Columns are text unless `types` says another type; then a cell that is one of the `missing`
    tokens or empty is NULL, quoted or not.
    """
    known = types or {}
    columns = ", ".join(f"'c{index}': '{known.get(index, 'VARCHAR')}'" for index in range(width))
    escaped = delimiter.replace("'", "''")
    nulls = f"nullstr=[{', '.join(map(literal, ('', *missing)))}], " if known else ""
    return (
        f"SELECT * FROM read_csv({exact_path(file.path)}, auto_detect=false, "
        f"columns={{{columns}}}, header={str(header).lower()}, delim='{escaped}', quote='\"', "
        f"escape='\"', comment='', skip=0, strict_mode=true, null_padding=false, {nulls}"
        f"ignore_errors=false, allow_quoted_nulls={str(bool(known)).lower()})"
    )


@dataclass(frozen=True)
class Dialect:
    """How a text file is separated.

    Attributes
    ----------
    delimiter : str
    fields : list of str
        Of the first record.
    layout : Layout or None
        Where its cells lie; None where only DuckDB can tell.
    """

    delimiter: str
    fields: list[str]
    layout: Layout | None

    @property
    def is_spaced(self) -> bool:
        """Whether a blank follows every delimiter of the first record, and belongs to it."""
        rest = self.fields[1:]
        return bool(rest) and all(field.startswith(" ") for field in rest)


def find_dialect(
    connection: Connection, file: TextFile, given: str | None, *, header: bool
) -> Dialect:
    """The delimiter, and the fields of the first record.

    The first record gives the width. A candidate of `DELIMITERS` fits when every record has that
    width; exactly one must fit. Where the first record holds no candidate the table has one
    column, and then none of them, nor another sign, may split every record.

    Raises
    ------
    TableFileError
        Naming the first line that does not fit, or the candidates when several do.
    """
    record = file.first_record()
    if not record.strip("\ufeff \t"):
        raise TableFileError(
            f"{file.name}, line {file.first_line} is blank.",
            "The names of the columns must stand in line 1.",
        )
    if given is not None:
        delimiter = _given(given)
        return _checked(connection, file, delimiter, fields_of(record, delimiter), header=header)
    split = {mark: fields for mark in DELIMITERS if len(fields := fields_of(record, mark)) > 1}
    if not split:
        alone = [_checked(connection, file, m, [record], header=header) for m in DELIMITERS]
        refuse_other_separators(file)
        return replace(alone[0], fields=fields_of(record, ","))
    layouts = {
        mark: lay_out(file, mark, len(fields), header=header) for mark, fields in split.items()
    }
    fitting = [mark for mark, layout in layouts.items() if layout.is_regular]
    if len(fitting) == 1:
        return Dialect(fitting[0], split[fitting[0]], layouts[fitting[0]])
    if fitting:
        shown = " and ".join(f"'{delimiter_name(mark)}'" for mark in fitting)
        raise TableFileError(
            f"{file.name} can be split by {shown} alike.", "Say which it is with --delimiter."
        )
    likely = max(split, key=lambda mark: len(split[mark]))
    return _checked(connection, file, likely, split[likely], header=header)


def _checked(
    connection: Connection, file: TextFile, delimiter: str, fields: list[str], *, header: bool
) -> Dialect:
    """The dialect of this delimiter, unless a record does not have as many fields."""
    width = len(fields)
    layout = lay_out(file, delimiter, width, header=header)
    if layout.is_regular:
        return Dialect(delimiter, fields, layout)
    failure = None
    try:
        query = read_query(file, delimiter, width, header=header)
        connection.rows(f"SELECT count(*) FROM ({query})")
    except TableFileError as error:
        failure = error
    fault = first_fault(file, delimiter, width) or failure
    if fault is not None:
        raise fault from None
    return Dialect(delimiter, fields, None)


def _given(text: str) -> str:
    mark = {"tab": "\t", "\\t": "\t", "space": " ", SPACES: "\t"}.get(text, text)
    if len(mark) != 1 or mark in '"\r\n\0' or not mark.isascii():
        raise TableFileError(
            f"the delimiter must be one character other than a quote, found {text!r}.",
            "Say for example --delimiter ';', --delimiter tab, or --delimiter spaces for columns "
            "that are aligned by spaces.",
        )
    return mark


def first_fault(file: TextFile, delimiter: str, width: int) -> TableFileError | None:
    """What is wrong with the first record that cannot be accepted, None if nothing."""
    kinds = {"LF": file.n_lf, "CRLF": file.n_crlf, "CR": file.n_cr}
    present = [f"{count} {kind}" for kind, count in kinds.items() if count]
    mixed = TableFileError(
        f"{file.name} mixes line ends: {' and '.join(present)}.",
        "Write it again with one kind of line end.",
    )
    # A delimiter at the end of every line is accepted, at the end of some lines it is not.
    with_end = without_end = (0, 0)
    for line, record in file.records():
        where = f"{file.name}, line {line}"
        if record.count('"') % 2:
            return TableFileError(
                f"{where} opens a quote that is never closed.",
                'Close the quote, or write a quote inside a field as "".',
            )
        if not record:
            continue
        fields = fields_of(record, delimiter)
        if fields == [record] and '"' in record and (delimiter in record or record[0] == '"'):
            spaced = len(fields_of(record, " ")) > 1
            return TableFileError(
                f"{where} has text after a closing quote.",
                "If blanks separate the fields say --delimiter space."
                if spaced and delimiter not in record
                else 'Quote the whole field, and write a quote inside it as "".',
            )
        if len(fields) == width + 1 and not fields[-1] and line > file.first_line:
            with_end = with_end if with_end[0] else (line, len(fields))
        elif len(fields) != width:
            return mixed if len(present) > 1 else _other_width(where, fields, width, delimiter)
        elif line > file.first_line:
            without_end = without_end if without_end[0] else (line, len(fields))
    if with_end[0] and without_end[0]:
        where = f"{file.name}, line {with_end[0]}"
        return _other_width(where, [""] * with_end[1], width, delimiter)
    return mixed if len(present) > 1 else None


def _other_width(where: str, fields: list[str], width: int, delimiter: str) -> TableFileError:
    return TableFileError(
        f"{where} has {_count(len(fields))}, line 1 has {width} (separated by "
        f"'{delimiter_name(delimiter)}').",
        "Correct the line, or say with --delimiter what separates the fields.",
    )


def _count(n_fields: int) -> str:
    return f"{n_fields} field" if n_fields == 1 else f"{n_fields} fields"
