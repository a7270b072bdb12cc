"""The columns of plain numbers of a text file, straight from DuckDB: most of a long table.

Which columns to try is guessed from some of the records; the guess decides nothing, because DuckDB
refuses a column with a cell that is no number, and what it takes and the grammar does not (007,
1_000, infinity) is found in the bytes and in the values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection
from chainrule.table.read.dialect import Dialect, read_query
from chainrule.table.read.file_table import Array
from chainrule.table.read.grammar import BLANKS, MISSING, MISSING_NUMBER, NUMBER
from chainrule.table.read.raw_column import GROUP
from chainrule.table.read.text_file import TextFile, fields_of

_NUMBER = re.compile(NUMBER)
_N_RECORDS = 300  # that the guess looks at
_N_TRIES = 6
_FAILED = re.compile(r'column "c(\d+)"')


def read_numbers(
    connection: Connection,
    file: TextFile,
    dialect: Dialect,
    indices: Iterable[int],
    missing: Sequence[str],
    *,
    header: bool,
) -> dict[int, Array]:
    """The columns whose every cell is a plain number or missing.

    Parameters
    ----------
    connection : Connection
    file : TextFile
    dialect : Dialect
        Of the file.
    indices : iterable of int
        Columns to try.
    missing : sequence of str
        Tokens that mean missing, beside the usual ones.
    header : bool
        Whether the first record is no data.

    Returns
    -------
    dict of int to ndarray
        Index -> float64, NaN where missing. A column that is missing everywhere is not among them.
    """
    if dialect.layout is None:
        return {}
    tokens = (*MISSING, *MISSING_NUMBER, *missing)
    wanted = [index for index in indices if index not in dialect.layout.no_numbers]
    likely = _likely(file, dialect, wanted, tokens, header=header)
    found: dict[int, Array] = {}
    for start in range(0, len(likely), GROUP):
        group = likely[start : start + GROUP]
        for index, values in _read(connection, file, dialect, group, tokens, header).items():
            if np.isfinite(np.ma.compressed(values)).all():
                found[index] = np.ma.filled(values.astype(np.float64), np.nan)
    return {index: values for index, values in found.items() if not np.isnan(values).all()}


def _read(
    connection: Connection,
    file: TextFile,
    dialect: Dialect,
    indices: list[int],
    tokens: Sequence[str],
    header: bool,
) -> dict[int, Array]:
    """These columns as DuckDB reads numbers, without those in which it finds something else."""
    for _ in range(_N_TRIES):
        if not indices:
            return {}
        query = read_query(
            file,
            dialect.delimiter,
            len(dialect.fields),
            header=header,
            types=dict.fromkeys(indices, "DOUBLE"),
            missing=tokens,
        )
        listed = ", ".join(f"c{index}" for index in indices)
        try:
            arrays = connection.arrays(f"SELECT {listed} FROM ({query})")
        except TableFileError as failure:
            failed = _FAILED.search(str(failure.__cause__))
            if failed is None or int(failed[1]) not in indices:
                return {}
            indices = [index for index in indices if index != int(failed[1])]
        else:
            return {index: np.ma.asarray(arrays[f"c{index}"]) for index in indices}
    return {}


def _likely(
    file: TextFile, dialect: Dialect, indices: list[int], tokens: Sequence[str], *, header: bool
) -> list[int]:
    """The columns that hold nothing but numbers in the first records, if not from the first on."""
    left = set(indices)
    seen: set[int] = set()
    known = {"", *tokens}
    for _, record in islice(file.records(), int(header), _N_RECORDS):
        fields = fields_of(record, dialect.delimiter)
        for index in list(left):
            cell = fields[index].strip(BLANKS) if index < len(fields) else ""
            if cell in known:
                continue
            if _NUMBER.fullmatch(cell):
                seen.add(index)
            else:
                left.discard(index)
    return [index for index in indices if index in left and index in seen]
