"""The DuckDB connection: closed off, interruptible, and nothing guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.errors import TableFileError
from chainrule.table.read.connection import connect, exact_path, literal, quoted
from reading import write


def test_reading_is_closed_off(tmp_path: Path) -> None:
    path, other = write(tmp_path, "a,b\n1,2\n"), write(tmp_path, "a,b\n1,2\n", "other.csv")
    with connect([str(path)]) as connection:
        assert connection.rows(f"SELECT count(*) FROM '{path}'") == [(1,)]
        for query in [
            f"SELECT * FROM '{other}'",
            f"COPY (SELECT 1) TO '{tmp_path}/x.csv'",
            f"ATTACH '{tmp_path}/x.db'",
            "INSTALL httpfs",
            "SET enable_external_access = true",
        ]:
            with pytest.raises(TableFileError):
                connection.rows(query)


def test_an_interrupted_query_is_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    def execute(query: str) -> None:
        raise RuntimeError("Query interrupted")  # what DuckDB makes of Ctrl-C

    with connect([]) as connection:
        raw = connection.raw
        monkeypatch.setattr(connection, "raw", type("Raw", (), {"execute": staticmethod(execute)}))
        with pytest.raises(KeyboardInterrupt):
            connection.rows("SELECT 1")
        monkeypatch.setattr(connection, "raw", raw)


def test_what_a_person_named_is_never_sql() -> None:
    assert literal("it's") == "'it''s'"
    assert quoted('a"b') == '"a""b"'
    assert exact_path("h[ab]*.csv") == "'h[[]ab][*].csv'"
