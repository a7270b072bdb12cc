"""Tables from files: the right values, or one clear sentence."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.errors import TableFileError
from chainrule.table.read import read_table
from reading import PENGUINS, kinds, read, write


def test_penguins_agree_with_the_csv_module() -> None:
    table = read_table(PENGUINS)
    with PENGUINS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert table.n_rows == len(rows) == 344
    assert list(table) == list(rows[0])
    for name in ("bill_length_mm", "body_mass_g", "year"):
        expected = [float("nan") if row[name] == "NA" else float(row[name]) for row in rows]
        np.testing.assert_array_equal(table[name], expected)
    for name in ("species", "sex"):
        assert table[name].tolist() == [None if r[name] == "NA" else r[name] for r in rows]
    assert table.report.delimiter == ","
    missing = {column.name: column.n_missing for column in table.report.columns}
    assert missing["sex"] == 11 and missing["bill_length_mm"] == 2 and missing["island"] == 0
    assert table.location(3) == "penguins.csv, line 5"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(tmp_path: Path, mark: str, end: str) -> None:
    text = end.join([f"a{mark}b c", f"1{mark}x", f"{mark}y z", f"-2.5e1{mark}"]) + end
    table = read(tmp_path, text)
    assert table.report.delimiter == mark
    np.testing.assert_array_equal(table["a"], [1, np.nan, -25])
    assert table["b c"].tolist() == ["x", "y z", None]
    assert table.line_numbers.tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    "value",
    ["0", "-1", "+5", ".5", "5.", "1e5", "1E-3", "-.5e+3", "1e-400", "12345678901234567890"],
)
def test_number_grammar_accepts(tmp_path: Path, value: str) -> None:
    table = read(tmp_path, f"a,b\n{value},x\n{value},y\n")
    assert kinds(table)["a"] == "number"
    assert table["a"][0] == float(value)


@pytest.mark.parametrize(
    "value",
    ["1_000", " 3", "3 ", "0x1F", "inf", "1e999", "٣", "1,5", "1 000", "$3", "1e", ".", "--1"],
)
def test_number_grammar_refuses(tmp_path: Path, value: str) -> None:
    assert kinds(read(tmp_path, f'a;b\n"{value}";x\n"{value}";y\n'))["a"] == "text"
    with pytest.raises(TableFileError, match="line 3, column 'a': found"):
        read(tmp_path, f'a;b\n1;x\n"{value}";y\n2;z\n')


def test_leading_zeros_make_text(tmp_path: Path) -> None:
    table = read(tmp_path, "zip,n\n01234,0\n99999,0.5\n00501,00.5\n")
    assert table["zip"].tolist() == ["01234", "99999", "00501"]
    assert kinds(table) == {"zip": "text", "n": "number"}


def test_types_are_decided_on_all_rows(tmp_path: Path) -> None:
    table = read(tmp_path, "a,b\n" + "1,2\n" * 30_000 + "1.5,x\n", text=["b"])
    assert table["a"][-1] == 1.5
    with pytest.raises(TableFileError, match="line 30002, column 'b': found 'x'"):
        read(tmp_path, "a,b\n" + "1,2\n" * 30_000 + "1.5,x\n")


def test_missing_tokens(tmp_path: Path) -> None:
    text = "n,t\n1,N/A\nNA,NA\nnan,x\n,\nNone,None\nNULL,?\n"
    table = read(tmp_path, text)
    np.testing.assert_array_equal(table["n"], [1] + [np.nan] * 5)
    assert table["t"].tolist() == ["N/A", None, "x", None, "None", "?"]
    assert read(tmp_path, text, missing=["?"])["t"].tolist()[-1] is None
    assert kinds(read(tmp_path, "n,t\n-999,x\n4,y\n", missing=["-999"])) == {
        "n": "number",
        "t": "text",
    }


def test_half_of_the_values_decide_between_refusal_and_text(tmp_path: Path) -> None:
    with pytest.raises(TableFileError, match=r"found 'x'.*1 other value of the column is a number"):
        read(tmp_path, "a,b\n1,1\nx,1\n")
    assert kinds(read(tmp_path, "a,b\n1,1\nx,1\ny,1\n"))["a"] == "text"
    assert kinds(read(tmp_path, "a,b\n1,1\nx,1\n", text=["a"]))["a"] == "text"


def test_quotes_and_line_ends_inside_fields(tmp_path: Path) -> None:
    table = read(tmp_path, 'a,b\n"x, ""y""\nz",1\n\nw,2\n')
    assert table["a"].tolist() == ['x, "y"\nz', "w"]
    assert table.line_numbers.tolist() == [2, 5]
    assert any("1 blank line" in notice for notice in table.report.notices)


def test_a_place_after_quoted_line_ends(tmp_path: Path) -> None:
    with pytest.raises(TableFileError, match="line 6, column 'b': found 'oops'"):
        read(tmp_path, 'a,b\n"x\ny",1\n"p\nq",2\nr,oops\n')


def test_hash_and_title_lines_are_data(tmp_path: Path) -> None:
    assert read(tmp_path, "#a,b\n#1,2\nx,4\n")["#a"].tolist() == ["#1", "x"]
    with pytest.raises(TableFileError, match="line 2 has 3 fields, line 1 has 2"):
        read(tmp_path, "Report, 2020\na,b,c\n1,2,3\n")


def test_one_column(tmp_path: Path) -> None:
    np.testing.assert_array_equal(read(tmp_path, "a\n1\n\n3\n")["a"], [1, np.nan, 3])
    for mark in ",;\t|":
        with pytest.raises(TableFileError, match="line 2 has 2 fields, line 1 has 1"):
            read(tmp_path, f"a\n1{mark}2\n3{mark}4\n")
    table = read(tmp_path, "a\n1,2\n3,4\n", delimiter=";")
    assert table["a"].tolist() == ["1,2", "3,4"]
    assert "decimal comma" in table.report.notices[0]


def test_no_header(tmp_path: Path) -> None:
    table = read(tmp_path, "2007,x\n2008,y\n", header=False)
    assert table["column1"].tolist() == [2007, 2008]
    assert table.line_numbers.tolist() == [1, 2]
    assert "--no-header" in read(tmp_path, "2007,2008\n1,2\n").report.notices[0]


def test_encodings(tmp_path: Path) -> None:
    text = "name,n\nÉmile,1\nŁucja,2\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        table = read(tmp_path, text.encode(encoding))
        assert list(table) == ["name", "n"]
        assert table["name"].tolist() == ["Émile", "Łucja"]
    latin = "name,n\nx,2\nÉmile,1\n".encode("cp1252")
    with pytest.raises(TableFileError, match="line 3 is not UTF-8: it holds the byte 0xc9"):
        read(tmp_path, latin)
    assert read(tmp_path, latin, encoding="cp1252")["name"][1] == "Émile"


def test_chosen_columns(tmp_path: Path) -> None:
    text = "a,b,c\n1,x,2\n2,3,4\n3,y,5\n4,6,6\n"
    assert list(read(tmp_path, text, columns=["c", "a"])) == ["a", "c"]
    assert list(read(tmp_path, text, ignore=["b"])) == ["a", "c"]
    with pytest.raises(TableFileError, match="line 3 has 2 fields"):
        read(tmp_path, "a,b,c\n1,x,2\n2,3\n", columns=["a"])


def test_expected_kinds(tmp_path: Path) -> None:
    text = "n,c,b,d\n1,1,true,2020-01-02\n,2,False,\n"
    expect = {"n": "number", "c": "text", "b": "boolean", "d": "datetime"}
    table = read(tmp_path, text, expect=expect)
    assert table["c"].tolist() == ["1", "2"]
    assert table["b"].tolist() == [True, False] and table["b"].dtype == bool
    assert table["d"][0] == np.datetime64("2020-01-02") and np.isnat(table["d"][1])
    with pytest.raises(TableFileError, match="line 2, column 'a': found 'x', which is no number"):
        read(tmp_path, "a,b\nx,1\n", expect={"a": "number"})
    with pytest.raises(TableFileError, match="which is not true or false"):
        read(tmp_path, "a,b\nx,1\n", expect={"a": "boolean"})
    empty = read(tmp_path, "a,b\n,1\n", expect={"a": "text"})
    assert empty["a"].tolist() == [None]
    assert kinds(read(tmp_path, "a,b\n,1\n")) == {"a": "empty", "b": "number"}


def test_a_name_with_pattern_characters_is_a_name(tmp_path: Path) -> None:
    write(tmp_path, "a,b\n1,2\n", "ha.csv")
    assert read(tmp_path, "a,b\n3,4\n", "h[ab]*.csv")["a"].tolist() == [3]
    with pytest.raises(TableFileError, match="does not exist"):
        read_table(tmp_path / "h?.csv")


def test_a_pattern_on_request(tmp_path: Path) -> None:
    write(tmp_path, "a,b\n1,x\n2,y\n", "p1.csv")
    write(tmp_path, "a,b\n3,z\n,\n", "p2.csv")
    table = read_table(tmp_path / "p*.csv", glob=True)
    np.testing.assert_array_equal(table["a"], [1, 2, 3, np.nan])
    assert table.location(2) == "p2.csv, line 2"
    write(tmp_path, "a,c\n3,z\n", "p3.csv")
    with pytest.raises(TableFileError, match=r"p3\.csv has other columns than p1\.csv"):
        read_table(tmp_path / "p*.csv", glob=True)


def test_reading_is_closed_off(tmp_path: Path) -> None:
    from chainrule.table.read.connection import connect

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


BAD = [
    ("", "t.csv is empty"),
    ("a,b\n", "has a header and no rows"),
    ("a,b", "has a header and no rows"),
    ("\na,b\n1,2\n", "line 1 is blank"),
    ("a,a\n1,2\n", "columns 1 and 2 are both named 'a'"),
    ("a,\n1,2\n", "column 2 has no name"),
    ("a,b\n1,2\n3\n", "line 3 has 1 field, line 1 has 2"),
    ("a,b\n1,2\n3,4,5\n", "line 3 has 3 fields, line 1 has 2"),
    ('a,b\n1,"2\n3,4\n', "line 2 opens a quote that is never closed"),
    ('a,b\n1,"2"x\n3,4\n', "line 2 has text after a closing quote"),
    ("a,b\n1,2\n3,\0\n", "line 3 holds a NUL byte"),
    (b"a,b\n1,2\n3,\xff\n", "line 3 is not UTF-8"),
    ("a,b\r\n1,2\n3,4\r\n", "mixes line ends: 1 LF and 2 CRLF"),
    ("a,b;c\n1,2;3\n", "can be split by ',' and ';' alike"),
    (b"PK\x03\x04zip", "Excel"),
    (b"\x1f\x8bgz", "gzip"),
]


@pytest.mark.parametrize(("content", "message"), BAD)
def test_bad_text(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(TableFileError, match=message) as caught:
        read(tmp_path, content)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"delimiter": "::"}, "must be one character"),
        ({"encoding": "martian"}, "encoding 'martian' is unknown"),
        ({"columns": ["speices"]}, "no column 'speices'. Did you mean 'species'"),
        ({"text": ["Sex "]}, "no column 'Sex '. Did you mean 'sex'"),
        ({"ignore": ["zzz"]}, "no column 'zzz'. Its columns are: species, island"),
        ({"text": "sex"}, "lists of strings"),
        ({"columns": []}, "no column of penguins.csv is left"),
    ],
)
def test_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(TableFileError, match=message):
        read_table(PENGUINS, **options)


def test_bad_paths(tmp_path: Path) -> None:
    write(tmp_path, "a\n1\n", "data.csv")
    with pytest.raises(TableFileError, match=r"does not exist. Did you mean .*data\.csv"):
        read_table(tmp_path / "dat.csv")
    with pytest.raises(TableFileError, match="is a folder"):
        read_table(tmp_path)
    with pytest.raises(TableFileError, match="no file matches"):
        read_table(tmp_path / "*.xyz", glob=True)
    with pytest.raises(TableFileError, match="nothing to read"):
        read_table()
    write(tmp_path, b"PAR1" + b"x" * 50 + b"PAR1", "bad.parquet")
    with pytest.raises(TableFileError, match="DuckDB could not read"):
        read_table(tmp_path / "bad.parquet")


def test_large_whole_numbers_are_told(tmp_path: Path) -> None:
    table = read(tmp_path, "id,b\n9007199254740993,1\n9007199254740995,2\n")
    assert "column 'id' holds whole numbers from 2**53 on" in table.report.notices[0]
    table = read(tmp_path, "id,b\n9007199254740993,1\n9007199254740995,2\n", text=["id"])
    assert table["id"].tolist() == ["9007199254740993", "9007199254740995"]


def test_many_columns(tmp_path: Path) -> None:
    names = [f"c{at}" for at in range(450)]
    lines = [",".join(f"{row}.{at}" for at in range(450)) for row in range(3)]
    table = read(tmp_path, "\n".join([",".join(names), *lines]) + "\n")
    assert list(table) == names
    assert table["c449"].tolist() == [0.449, 1.449, 2.449]


def test_every_value_survives(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    numbers = draw.normal(size=200) * 10.0 ** draw.integers(-300, 300, 200)
    alphabet = list("abc ,;|\t\"\n\r'\\#€\U0001f427=")
    texts = ["".join(draw.choice(alphabet, size=6)) for _ in numbers]
    with (tmp_path / "t.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(["n", "t"])
        writer.writerows(zip(numbers.tolist(), texts, strict=True))
    table = read_table(tmp_path / "t.csv", delimiter=",")
    np.testing.assert_array_equal(table["n"], numbers)
    assert table["t"].tolist() == texts


def test_an_interrupted_query_is_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    from chainrule.table.read.connection import connect

    def execute(query: str) -> None:
        raise RuntimeError("Query interrupted")  # what DuckDB makes of Ctrl-C

    with connect([]) as connection:
        raw = connection.raw
        monkeypatch.setattr(connection, "raw", type("Raw", (), {"execute": staticmethod(execute)}))
        with pytest.raises(KeyboardInterrupt):
            connection.rows("SELECT 1")
        monkeypatch.setattr(connection, "raw", raw)
