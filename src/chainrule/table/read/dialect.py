"""How the fields of a text file are separated, found by parsing all of it, never by a sample."""

from __future__ import annotations

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection, exact_path
from chainrule.table.read.text_file import TextFile, fields_of

DELIMITERS = (",", ";", "\t", "|")
_NAMES = {"\t": "tab", " ": "space"}


def delimiter_name(delimiter: str) -> str:
    """A delimiter as messages show it."""
    return _NAMES.get(delimiter, delimiter)


def read_query(file: TextFile, delimiter: str, width: int, *, header: bool) -> str:
    """The query for all records as text columns c0, c1, ...; nothing in it is left to a guess."""
    columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(width))
    escaped = delimiter.replace("'", "''")
    return (
        f"SELECT * FROM read_csv({exact_path(file.path)}, auto_detect=false, "
        f"columns={{{columns}}}, header={str(header).lower()}, delim='{escaped}', quote='\"', "
        "escape='\"', comment='', skip=0, strict_mode=true, null_padding=false, "
        "ignore_errors=false, allow_quoted_nulls=false)"
    )


def find_delimiter(
    connection: Connection, file: TextFile, given: str | None, *, header: bool
) -> tuple[str, list[str]]:
    """The delimiter and the fields of the first record.

    The first record gives the width. A candidate of `DELIMITERS` fits when every record parses at
    that width; exactly one must fit. Where the first record holds no candidate the table has one
    column, and then none of them may split any record.

    Raises
    ------
    TableFileError
        Naming the first line that does not fit, or the candidates when several do.
    """
    record = file.first_record()
    if not record.strip("\ufeff \t"):
        raise TableFileError(
            f"{file.name}, line 1 is blank.", "The names of the columns must stand in line 1."
        )
    if given is not None:
        delimiter = _given(given)
        fields = fields_of(record, delimiter)
        check(connection, file, delimiter, len(fields), header=header)
        return delimiter, fields
    split = {mark: fields for mark in DELIMITERS if len(fields := fields_of(record, mark)) > 1}
    if not split:
        for mark in DELIMITERS:
            check(connection, file, mark, 1, header=header)
        return ",", fields_of(record, ",")
    fitting, failures = [], {}
    for mark, fields in split.items():
        try:
            check(connection, file, mark, len(fields), header=header)
            fitting.append(mark)
        except TableFileError as failure:
            failures[mark] = failure
    if len(fitting) == 1:
        return fitting[0], split[fitting[0]]
    if fitting:
        found = " and ".join(f"'{delimiter_name(mark)}'" for mark in fitting)
        raise TableFileError(
            f"{file.name} can be split by {found} alike.", "Say which it is with --delimiter."
        )
    raise failures[max(split, key=lambda mark: len(split[mark]))]


def check(
    connection: Connection, file: TextFile, delimiter: str, width: int, *, header: bool
) -> None:
    """Raise `TableFileError`, with the line, unless every record has `width` fields."""
    try:
        connection.rows(
            f"SELECT count(*) FROM ({read_query(file, delimiter, width, header=header)})"
        )
    except TableFileError as failure:
        raise _first_fault(file, delimiter, width) or failure from None


def _given(text: str) -> str:
    mark = {"tab": "\t", "\\t": "\t", "space": " "}.get(text, text)
    if len(mark) != 1 or mark in '"\r\n\0' or not mark.isascii():
        raise TableFileError(
            f"the delimiter must be one character other than a quote, found {text!r}.",
            "Say for example --delimiter ';' or --delimiter tab.",
        )
    return mark


def _first_fault(file: TextFile, delimiter: str, width: int) -> TableFileError | None:
    """What is wrong with the first record that DuckDB cannot have accepted, None if nothing."""
    kinds = {"LF": file.n_lf, "CRLF": file.n_crlf, "CR": file.n_cr}
    mark = delimiter_name(delimiter)
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
        if fields == [record] and '"' in record and delimiter in record:
            return TableFileError(
                f"{where} has text after a closing quote.",
                'Quote the whole field, and write a quote inside it as "".',
            )
        # One empty field too many at the end passes the parser, too.
        if len(fields) != width and not (len(fields) == width + 1 and not fields[-1]):
            return TableFileError(
                f"{where} has {_count(len(fields))}, line 1 has {width} (separated by '{mark}').",
                "Correct the line, or say with --delimiter what separates the fields.",
            )
    present = [f"{count} {kind}" for kind, count in kinds.items() if count]
    if len(present) > 1:
        return TableFileError(
            f"{file.name} mixes line ends: {' and '.join(present)}.",
            "Write it again with one kind of line end.",
        )
    return None


def _count(n_fields: int) -> str:
    return f"{n_fields} field" if n_fields == 1 else f"{n_fields} fields"
