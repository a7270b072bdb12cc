"""How commands read tables: options in every command, what a model remembers, ways in and out."""

from __future__ import annotations

import csv
import gzip
import inspect
import io
import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.cli.commands import app
from chainrule.cli.reading import OPTIONS
from chainrule.table.read import read_table

TOLD = ("--preset", "fast", "--epochs", "3")
FAST = (*TOLD, "-q")
RNG = np.random.default_rng(0)
X = RNG.normal(size=60).round(3)
KEYS = np.array(["NA", "EU", "AS"])[np.arange(60) % 3]


def table(*columns: str, mark: str = ",", gaps: bool = False) -> str:
    cells = {
        "x": [f"{v:.3f}" for v in X],
        "price": [f"${1000 * v:,.2f}" for v in X],
        "y": ["" if gaps and i % 7 == 0 else "up" if v > 0 else "down" for i, v in enumerate(X)],
        "key": list(KEYS),
        "who": [f"u{i:02d}@example.org" for i in range(60)],
        "number": [str(i) for i in range(60)],
        "label": [str(9007199254740993 + 2 * (v > 0)) for v in X],
    }
    rows = zip(*(cells[name] for name in columns), strict=True)
    quoted = [[f'"{cell}"' if mark in cell else cell for cell in row] for row in rows]
    return "".join(mark.join(row) + "\n" for row in [columns, *quoted])


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    "name", ["train", "predict", "evaluate", "check", "diagnose", "explain", "play"]
)
def test_every_command_has_every_option(name: str) -> None:
    command = next(c.callback for c in app.registered_commands if c.name == name)
    assert set(OPTIONS) <= set(inspect.signature(command).parameters)


def test_the_options_are_those_of_read_table() -> None:
    assert set(OPTIONS) <= set(inspect.signature(read_table).parameters)


def test_a_model_remembers_how_its_table_was_written(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(table("price", "key", "y"))
    done = cli("train", "t.csv", "--target", "y", "--text", "key", "--model", "m.st", *TOLD)
    assert done.code == 0, done.err
    assert "column 'price' is read as numbers" in done.err and "holds NA 20 times" in done.err
    lines = table("price", "key").splitlines()
    (tmp_path / "new.csv").write_text("\n".join(lines[:2]) + "\n")
    one = rows_of(cli("predict", "m.st", "new.csv", "-q").out)
    every = rows_of(cli("predict", "m.st", "t.csv", "-q").out)
    assert one[0] == every[0]


def test_na_may_be_a_class(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(table("x", "key"))
    refused = cli("train", "t.csv", "--target", "key", *FAST)
    assert refused.code == 2 and "--text key" in refused.err
    done = cli("train", "t.csv", "--target", "key", "--text", "key", *FAST)
    assert done.code == 0
    answers = rows_of(cli("predict", "t.safetensors", "t.csv", "-q").out)
    assert "p(NA)" in answers[0]
    assert cli("evaluate", "t.safetensors", "t.csv", "-q").code == 0


def test_labels_beyond_exact_numbers_survive(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(table("x", "label"))
    records = [{"x": float(v), "label": 9007199254740993 + 2 * int(v > 0)} for v in X]
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, records)) + "\n")
    for name in ("t.csv", "t.jsonl"):
        done = cli("train", name, "--target", "label", "--model", "m.st", "--force", *FAST)
        assert done.code == 0, done.err
        answers = rows_of(cli("predict", "m.st", name, "-q").out)
        assert {row["label"] for row in answers} <= {"9007199254740993", "9007199254740995"}
        assert cli("evaluate", "m.st", name, "-q").code == 0


def test_rows_without_a_target(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(table("x", "y", gaps=True))
    refused = cli("train", "t.csv", "--target", "y", *FAST)
    assert refused.code == 2 and "--drop-missing-target" in refused.err
    done = cli("train", "t.csv", "--target", "y", "--drop-missing-target", *TOLD)
    assert done.code == 0 and "9 rows have no value in 'y'" in done.err


def test_a_target_of_names_is_refused(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(table("x", "who"))
    refused = cli("train", "t.csv", "--target", "who", *FAST)
    assert refused.code == 2 and "60 different texts in 60 rows" in refused.err


def test_identifiers_are_left_out_unless_asked_for(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(table("who", "x", "y"))
    done = cli("train", "t.csv", "--target", "y", *TOLD)
    assert "('who') with (nearly) a value of its own" in done.err
    assert "example.org" not in (tmp_path / "t.safetensors").read_bytes().decode("latin-1")
    (tmp_path / "new.csv").write_text(table("x"))
    assert cli("predict", "t.safetensors", "new.csv", "-q").code == 0
    kept = cli("train", "t.csv", "--target", "y", "--keep-id", "--force", *TOLD)
    assert "value of its own" not in kept.err
    assert cli("predict", "t.safetensors", "new.csv", "-q").code == 2
    private = cli("train", "t.csv", "--target", "y", "--keep-id", "--private", "--force", *FAST)
    assert private.code == 0
    told = cli("info", "t.safetensors").out
    assert "keyed hashes of categories, of 1 column" in told and "who" in told
    assert "example.org" not in (tmp_path / "t.safetensors").read_bytes().decode("latin-1")
    assert cli("predict", "t.safetensors", "t.csv", "-q").code == 0


def test_the_query_is_remembered_and_never_run_by_itself(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(table("x", "y"))
    query = "SELECT 2 * x AS twice, y FROM 't.csv'"
    done = cli("train", "--sql", query, "--target", "y", *FAST)
    assert done.code == 0 and (tmp_path / "model.safetensors").exists(), done.err
    assert f"query of training: {query}" in cli("info", "model.safetensors").out
    refused = cli("predict", "model.safetensors", "t.csv", "-q")
    assert refused.code == 2 and "trained on the result of a query" in refused.err
    assert query.replace("'", "") in refused.err.replace("'", "").replace('"', "")
    assert cli("predict", "model.safetensors", "--sql", query, "-q").code == 0


def test_several_files_standard_input_and_databases(
    cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = table("x", "y")
    (tmp_path / "a.csv").write_text(text)
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(text.encode()))
    done = cli("train", "a.csv", "b.csv.gz", "--target", "y", "--model", "m.st", *FAST, "--json")
    assert json.loads(done.out)["table"]["n_rows"] == 120
    both = rows_of(cli("predict", "m.st", "a.csv", "b.csv.gz", "-q").out)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    piped = rows_of(cli("predict", "m.st", "-", "-q").out)
    assert both == piped + piped
    base = sqlite3.connect(tmp_path / "t.db")
    base.execute("CREATE TABLE t (x REAL)")
    base.executemany("INSERT INTO t VALUES (?)", [(float(v),) for v in X])
    base.commit()
    base.close()
    assert rows_of(cli("predict", "m.st", "t.db", "--table", "t", "-q").out) == piped


def test_kept_columns_and_formats(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(table("x", "y"))
    assert cli("train", "t.csv", "--target", "y", "--model", "m.st", *FAST).code == 0
    (tmp_path / "t.csv").write_text(table("who", "number", "x", "key"))
    asked = ("predict", "m.st", "t.csv", "--keep", "number", "--id", "who", "-q")
    rows = rows_of(cli(*asked).out)
    assert list(rows[0]) == ["who", "number", "y", "p(down)", "p(up)"]
    assert rows[3]["who"] == "u03@example.org" and rows[3]["number"] == "3"
    for name in ("out.csv", "out.parquet", "out.jsonl"):
        assert cli(*asked, "-o", name).code == 0
        found = read_table(tmp_path / name)
        assert list(found) == list(rows[0])
        assert found["p(up)"].tolist() == [float(row["p(up)"]) for row in rows]
        assert found["who"].tolist() == [row["who"] for row in rows]
    refused = cli(*asked, "-o", "out.xml")
    assert refused.code == 2 and ".parquet or .jsonl" in refused.err
    assert cli("predict", "m.st", "t.csv", "--keep", "absent", "-q").code == 2


@pytest.mark.slow
def test_dates_are_spelled_for_every_command(cli: Any, tmp_path: Path) -> None:
    rows = "".join(f"0{1 + i % 9}/0{1 + i % 5}/2020,{'ab'[i % 2]}\n" for i in range(40))
    (tmp_path / "t.csv").write_text("when,y\n" + rows)
    spelled = ("--dates", "when=%d/%m/%Y")
    assert cli("train", "t.csv", "--target", "y", "--model", "m.st", *spelled, *FAST).code == 0
    for command in (["check"], ["diagnose"], ["explain"]):
        done = cli(*command, "m.st", "t.csv", *spelled, "-q")
        assert "can be read" not in done.err and done.code in (0, 1)


def test_booleans_are_read_alike_from_every_format(cli: Any, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"flag": RNG.random(80) < 0.5, "x": X.repeat(2)[:80]})
    frame["y"] = frame.flag
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_json(tmp_path / "t.json", orient="records")
    names = ("t.csv", "t.parquet", "t.json")
    for trained in names:
        done = cli("train", trained, "--target", "y", "--model", "m.st", "--force", *FAST)
        assert done.code == 0, done.err
        answers = [cli("predict", "m.st", name, "-q") for name in names]
        assert len({answer.out for answer in answers}) == 1
        assert not any(answer.err for answer in answers)
