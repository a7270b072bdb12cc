"""Numbers that DuckDB reads straight from the text are those of the grammar, cell by cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainrule.errors import TableFileError
from chainrule.table.read import read_table
from chainrule.table.read.connection import connect
from chainrule.table.read.dialect import find_dialect
from chainrule.table.read.load.numbers import read_numbers
from chainrule.table.read.text_file import open_text

NUMBERS = ["0", "7", "-1", "+5", ".5", "5.", "1e5", "1E-3", "-.5e+3", "1e-400", "0.1", "-0", "0e0"]
NUMBERS += ["12345678901234567890", "0.30000000000000004", "2.2250738585072011e-308", "+07", " 3"]
GAPS = ["", "NA", "nan", "NaN", "None", "null", "NULL", "N/A"]
OTHERS = ["1_0", "inf", "1e999", "007", "00", "-nan", "+nan", "nanx", "an", "1e", ".", "--1"]
OTHERS += ["x", "٣", "1,5", "0x1F", "-999", "1" * 400, "Infinity", "é"]


def fast(path: Path, missing: tuple[str, ...] = ()) -> dict[int, Any]:
    with connect([str(path)]) as connection:
        file = open_text(str(path), path.name, None, connection.folder)
        dialect = find_dialect(connection, file, ";", header=True)
        indices = range(len(dialect.fields))
        return read_numbers(connection, file, dialect, indices, missing, header=True)


def write(folder: Path, columns: list[list[str]], end: str = "\n") -> Path:
    path = folder / "t.csv"
    names = ";".join(f"c{k}" for k in range(len(columns)))
    lines = [names, *(";".join(row) for row in zip(*columns, strict=True))]
    path.write_bytes((end.join(lines) + end).encode())
    return path


def understood(path: Path, **options: Any) -> Any:
    try:
        table = read_table(path, delimiter=";", **options)
    except TableFileError:
        return "refused"
    return {name: (table[name].dtype, table[name].tolist()) for name in table}


column = st.one_of(
    st.lists(st.sampled_from(NUMBERS), min_size=5, max_size=5),
    st.lists(st.sampled_from(NUMBERS + GAPS), min_size=5, max_size=5),
    st.lists(st.sampled_from(NUMBERS + GAPS + OTHERS), min_size=5, max_size=5),
    st.lists(st.sampled_from(OTHERS), min_size=5, max_size=5),
)


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(columns=st.lists(column, min_size=2, max_size=5), tokens=st.sampled_from([(), ("-999",)]))
def test_as_under_the_grammar(tmp_path: Path, columns: Any, tokens: Any) -> None:
    path = write(tmp_path, columns)
    # A query needs the whole table in DuckDB, as texts.
    expected = understood(path, sql="SELECT * FROM data", missing=tokens)
    assert repr(understood(path, missing=tokens)) == repr(expected)


@pytest.mark.parametrize("other", ["1_0", "inf", "1e999", "007", "-nan", "x", "1,5", "0x1F"])
def test_a_column_with_another_cell_is_left(tmp_path: Path, other: str) -> None:
    rows = NUMBERS[:6]
    path = write(tmp_path, [rows, [*rows[:3], other, *rows[4:]], [other, *rows[1:]], rows])
    found = fast(path)
    assert set(found) == {0, 3}
    for index in (0, 3):
        np.testing.assert_array_equal(found[index], [float(cell) for cell in rows])


def test_a_cell_behind_the_guess_decides(tmp_path: Path) -> None:
    rows = ["1"] * 2_000
    path = write(tmp_path, [rows, [*rows[:-1], "x"], [*rows[:-1], "007"], [*rows[:-1], "NA"]])
    found = fast(path)
    assert set(found) == {0, 3} and np.isnan(found[3][-1])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_gaps_blank_lines_quotes_and_tokens(tmp_path: Path, end: str) -> None:
    gaps = [[*GAPS[:4], "1"], ["2", "?", "-1", "3", "-1"], [""] * 5, ['""', '"2"', '"NA"', "3", ""]]
    path = write(tmp_path, gaps, end)
    path.write_bytes(path.read_bytes() + end.encode())
    found = fast(path, missing=("?", "-1"))
    assert set(found) == {0, 1, 3}
    np.testing.assert_array_equal(found[0], [np.nan] * 4 + [1])
    np.testing.assert_array_equal(found[1], [2, np.nan, np.nan, 3, np.nan])
    np.testing.assert_array_equal(found[3], [np.nan, 2, np.nan, 3, np.nan])


def test_the_order_of_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("w,n,v,m\nx,1,y,2\nz,,y,3\n")
    table = read_table(path)
    assert list(table) == ["w", "n", "v", "m"]
    assert [c.kind for c in table.report.columns] == ["text", "number", "text", "number"]
    assert [c.n_missing for c in table.report.columns] == [0, 1, 0, 0]
    assert list(read_table(path, columns=["m", "w"])) == ["w", "m"]
    assert read_table(path, text=["m"])["m"].tolist() == ["2", "3"]
    numbers = read_table(path, columns=["n", "m"], expect={"n": "number", "m": "text"})
    assert numbers["m"].tolist() == ["2", "3"]
