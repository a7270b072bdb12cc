"""One fresh, closed-off DuckDB connection for each table that is read.

DuckDB parses files; it is never allowed to guess, to install, or to open another file than the ones
named.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.errors import ChainruleError, TableFileError

if TYPE_CHECKING:
    import duckdb

# Known before the first statement: nothing is fetched, installed, remembered or taken from Python.
_CONFIG = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "preserve_insertion_order": "true",
    "max_temp_directory_size": "32GB",
}
_NEAR = "Candidate bindings:"  # what DuckDB writes before the nearest names of columns


@contextmanager
def connect(paths: Sequence[str], *, closed: bool = True) -> Iterator[Connection]:
    """Open a connection that may read `paths`; unless `closed`, a query may open other files too.

    Raises
    ------
    ChainruleError
        When the package duckdb is missing; the hint is the command that installs it.
    """
    try:
        import duckdb
    except ImportError:
        raise ChainruleError(
            "reading a table from a file needs the package duckdb, which is not installed.",
            'Install it with: pip install "chainrule[cli]"',
        ) from None
    # DuckDB may write into its temporary directory, so that is one of its own.
    with tempfile.TemporaryDirectory(prefix="chainrule-") as folder:
        raw = duckdb.connect(":memory:", config={**_CONFIG, "temp_directory": folder})
        try:
            # DuckDB compares both the name and the pattern that stands for exactly that name.
            allowed = [text for path in paths for text in (literal(path), exact_path(path))]
            raw.execute(f"SET allowed_paths = [{', '.join(allowed)}]")
            raw.execute("SET TimeZone = 'UTC'")
            if closed:
                raw.execute("SET enable_external_access = false")
            raw.execute("SET lock_configuration = true")
            yield Connection(raw, folder)
        finally:
            raw.close()


class Connection:
    """A DuckDB connection whose failures are `TableFileError`."""

    def __init__(self, raw: duckdb.DuckDBPyConnection, folder: str) -> None:
        self.raw = raw
        self.folder = folder  # its own, readable, gone when it closes

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._run(query, "fetchall")  # type: ignore[no-any-return]

    def arrays(self, query: str) -> dict[str, Any]:
        """A query's columns as NumPy arrays, masked where they hold NULL."""
        return self._run(query, "fetchnumpy")  # type: ignore[no-any-return]

    def stream(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, some thousand at a time; `TableFileError` where it fails."""
        try:
            cursor = self.raw.execute(query)
            while rows := cursor.fetchmany(10_000):
                yield from rows
        except Exception as error:
            raise translated(error) from error

    def names_and_types(self, query: str) -> list[tuple[str, str]]:
        """Column names, as the query says them, and DuckDB types of a query, which is not run."""
        return [(str(row[0]), str(row[1])) for row in self.rows(f"DESCRIBE {query}")]

    def is_one_select(self, query: str) -> bool:
        """Whether `query` is a single statement that only selects; `TableFileError` if no SQL."""
        import duckdb

        try:
            statements = self.raw.extract_statements(query)
        except Exception as error:
            raise translated(error) from error
        return len(statements) == 1 and statements[0].type == duckdb.StatementType.SELECT

    def tables_of(self, query: str) -> set[str]:
        """The names behind FROM and JOIN in a query; none of one that is no SELECT."""
        found: set[str] = set()
        parts = [json.loads(self.rows(f"SELECT json_serialize_sql({literal(query)})")[0][0])]
        while parts:
            part = parts.pop()
            if isinstance(part, dict):
                if part.get("type") == "BASE_TABLE":
                    found.add(str(part["table_name"]))
                part = list(part.values())
            if isinstance(part, list):
                parts += part
        return found

    def _run(self, query: str, fetch: str) -> Any:
        try:
            return getattr(self.raw.execute(query), fetch)()
        except Exception as error:
            raise translated(error) from error


def as_parquet(names: Sequence[str], columns: Sequence[Sequence[Any]]) -> bytes:
    """The bytes of a Parquet file of columns of numbers, booleans or texts, None where missing."""
    with connect([]) as connection:
        arrays = {f"c{index}": _as_array(column) for index, column in enumerate(columns)}
        connection.raw.register("answers", arrays)
        path = os.path.join(connection.folder, "answers.parquet")
        listed = ", ".join(f"c{index} AS {quoted(name)}" for index, name in enumerate(names))
        connection.rows(f"COPY (SELECT {listed} FROM answers) TO {literal(path)} (FORMAT parquet)")
        with open(path, "rb") as file:
            return file.read()


def _as_array(column: Sequence[Any]) -> np.ndarray:
    """Of one type if all values are of one, else of objects that are of one."""
    kinds = {type(value) for value in column if value is not None}
    if kinds <= {int, float}:
        values = [np.nan if value is None else value for value in column]
        return np.array(values, np.int64 if kinds == {int} and None not in column else np.float64)
    mixed = len(kinds) > 1
    values = [str(value) if mixed and value is not None else value for value in column]
    return np.array(values, object)


def translated(error: Exception) -> BaseException:
    """A DuckDB error as `TableFileError` with its first line; any other exception unchanged."""
    import duckdb

    if isinstance(error, duckdb.InterruptException | RuntimeError) and "nterrupt" in str(error):
        return KeyboardInterrupt()
    if not isinstance(error, duckdb.Error):
        return error
    text, *more = str(error).strip().splitlines()
    near = next((line for line in more if line.startswith(_NEAR)), "")
    hint = f"Did you mean {near.removeprefix(_NEAR).strip()}?" if near else ""
    return TableFileError(f"DuckDB could not read the table: {text.rstrip('.!')}.", hint)


def literal(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def exact_path(path: str) -> str:
    """`path` as an SQL string that DuckDB does not take for a pattern."""
    for character in "[*?":
        path = path.replace(character, f"[{character}]")
    return literal(path)
