"""Bad input gives one clear sentence and exit code 2, never a traceback."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

ROWS = "".join(f"{i},{i % 7}.5,{'ab'[i % 2]}\n" for i in range(40))
TABLE = "n,x,c\n" + ROWS

# name -> (content of t.csv, options of train, what the error says)
TABLES: dict[str, tuple[str | bytes, list[str], str]] = {
    "empty file": ("", [], "t.csv is empty"),
    "only blank lines": ("\n\n\n", [], "line 1 is blank"),
    "header only": ("a,c\n", [], "t.csv has a header and no rows"),
    "one row": ("a,c\n1,x\n", [], "t.csv has 1 row"),
    "one class": ("a,c\n1,x\n2,x\n", [], "the target 'c' is 'x' in every row"),
    "constant numbers": ("a,c\n1,3\n2,3\n", [], "the target 'c' is 3 in every row"),
    "missing target": ("a,c\n1,x\n2,\n3,y\n", [], "line 3: the target 'c' is missing"),
    "NaN target": ("a,c\n1,1.5\n2,NaN\n3,2\n", [], "line 3: the target 'c' is missing"),
    "no target value": ("a,c\n1,\n2,NA\n", [], "the target 'c' has no value"),
    "no feature": ("c\nx\ny\n", [], "no column beside the target"),
    "duplicate header": ("a,a,c\n1,2,x\n", [], "columns 1 and 2 are both named 'a'"),
    "nameless column": ("a,,c\n1,2,x\n", [], "column 2 has no name"),
    "short row": ("a,c\n1,x\n2\n", [], "line 3 has 1 field, line 1 has 2"),
    "long row": ("a,c\n1,x\n2,y,z\n", [], "line 3 has 3 fields, line 1 has 2"),
    "footer": (TABLE + "end of data\n", [], "line 42 has 1 field"),
    "title line": ("My data, 2024\n" + TABLE, [], "line 2 has 3 fields, line 1 has 2"),
    "infinite value": ("a,c\n1,x\n2,y\ninf,x\n", [], "line 4, column 'a': found 'inf'"),
    "too large a number": ("a,c\n1,x\n2,y\n1e999,x\n", [], "line 4, column 'a': found '1e999'"),
    "text among numbers": ("a,c\n1,x\n2,y\n?,x\n", [], "line 4, column 'a': found '?'"),
    "open separators": ("a;c\n1,234;x\n5,678;y\n", [], "line 2, column 'a': found '1,234'"),
    "no header": ("0.5,x\n1.5,y\n", ["--target", "x"], "line 1: found '0.5' in the place of a"),
    "footer of full width": (
        "a,c\n1,x\n2,y\n3,x\n4,Total\n",
        [],
        "line 5, column 'c': found 'Total'",
    ),
    "mixed target": ("a,c\n1,1\n2,2\n3,many\n", [], "line 4, column 'c': found 'many'"),
    "NUL byte": ("a,c\n1,x\n2,\0\n", [], "line 3 holds a NUL byte"),
    "unclosed quote": ('a,c\n1,"x\n2,y\n', [], "line 2 opens a quote that is never closed"),
    "text after a quote": ('a,c\n1,"x"y\n2,y\n', [], "line 2 has text after a closing quote"),
    "wrong encoding": (b"a,c\n1,x\n2,\xe9\n", [], "line 3 is not UTF-8"),
    "unknown encoding": (TABLE, ["--encoding", "klingon"], "encoding 'klingon' is unknown"),
    "Excel workbook": (b"PK\x03\x04....", [], "Excel"),
    "two delimiters": ("a,b;c\n1,2;x\n", [], "can be split by ',' and ';' alike"),
    "wrong delimiter": (TABLE, ["--delimiter", ";;"], "must be one character"),
    "mistyped target": (TABLE, ["--target", "C"], "no column 'C'"),
    "mistyped --text": (TABLE, ["--text", "nn"], "no column 'nn'"),
    "mistyped --ignore": (TABLE, ["--ignore", "y"], "no column 'y'"),
    "target ignored": (TABLE, ["--ignore", "c"], "no column 'c'"),
    "regression on text": (TABLE, ["--task", "regression"], "regression needs numbers"),
    "classes of fractions": (
        TABLE,
        ["--target", "x", "--task", "classification"],
        "fractional numbers",
    ),
    "bad hidden": (TABLE, ["--hidden", "8,x"], "--hidden takes whole numbers"),
    "zero hidden": (TABLE, ["--hidden", "0"], "--hidden takes whole numbers"),
    "no epochs": (TABLE, ["--epochs", "0"], "'--epochs'"),
    "negative rate": (TABLE, ["--learning-rate", "-1"], "learning_rate must be a number"),
    "bad fraction": (TABLE, ["--validation-fraction", "2"], "validation_fraction must be"),
    "bad dropout": (TABLE, ["--dropout", "1.5"], "dropout must be"),
    "loss of classes": (TABLE, ["--target", "c", "--loss", "poisson"], "are for regression"),
    "quantiles": (TABLE, ["--target", "n", "--quantiles", "a"], "--quantiles takes numbers such"),
    "one quantile too far": (TABLE, ["--target", "n", "--quantiles", "1.5"], "between 0 and 1"),
    "balanced numbers": (
        TABLE,
        ["--target", "n", "--balanced"],
        "--balanced and --class-weight are for",
    ),
    "bad SQL": (TABLE, ["--sql", "SELEC"], "DuckDB could not read"),
    "SQL that writes": (TABLE, ["--sql", "COPY data TO 'x.csv'"], "must be one SELECT"),
    "SQL without rows": (TABLE, ["--sql", "SELECT * FROM data WHERE n < 0"], "no rows"),
    "folder of the model": (TABLE, ["--model", "no/m.safetensors"], "folder 'no' does not exist"),
    "mistyped option": (TABLE, ["--epoch", "3"], "--epoch"),
}


def assert_one_sentence(run: Any, message: str) -> None:
    """One error, perhaps a hint, nothing else."""
    assert run.code == 2, run
    assert run.out == ""
    first, *rest = run.err.splitlines()
    assert first.startswith("error: "), run.err
    assert message in first
    assert len(rest) <= 1
    assert all(line.startswith("hint: ") for line in rest)


@pytest.mark.parametrize("name", TABLES)
def test_training(name: str, cli: Any, tmp_path: Path) -> None:
    content, options, message = TABLES[name]
    data = content.encode() if isinstance(content, str) else content
    (tmp_path / "t.csv").write_bytes(data)
    target = [] if "--target" in options else ["--target", "c"]
    assert_one_sentence(cli("train", "t.csv", *target, *options), message)
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


def test_paths(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TABLE)
    (tmp_path / "folder").mkdir()
    run = cli("train", "tabel.csv", "--target", "c")
    assert_one_sentence(run, "the file 'tabel.csv' does not exist")
    assert run.err.endswith("hint: Did you mean 'table.csv'?\n")
    assert_one_sentence(cli("train", "folder", "--target", "c"), "is a folder")
    assert_one_sentence(cli("train", "*.txt", "--target", "c", "--glob"), "no file matches")
    os.mkfifo(tmp_path / "pipe")
    assert_one_sentence(cli("train", "pipe", "--target", "c"), "is no regular file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    (tmp_path / "t.csv").chmod(0)
    assert_one_sentence(cli("train", "t.csv", "--target", "c"), "permission denied")


def test_an_existing_model_is_kept(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    (tmp_path / "t.safetensors").write_text("mine")
    run = cli("train", "t.csv", "--target", "c")
    assert_one_sentence(run, "'t.safetensors' exists already")
    assert "--force" in run.err
    assert (tmp_path / "t.safetensors").read_text() == "mine"
    assert cli("train", "t.csv", "--target", "c", "--epochs", "1", "--force").code == 0
    assert (tmp_path / "t.safetensors").read_bytes()[:4] != b"mine"


@pytest.mark.parametrize("command", ["predict", "evaluate", "check"])
def test_models(command: str, cli: Any, trained: Path, penguins: Path, tmp_path: Path) -> None:
    run = cli(command, "none.safetensors", penguins)
    assert_one_sentence(run, "none.safetensors")
    assert "chainrule train" in run.err
    damaged = bytearray(trained.read_bytes())
    damaged[-3] ^= 1
    (tmp_path / "damaged.safetensors").write_bytes(damaged)
    assert_one_sentence(cli(command, "damaged.safetensors", penguins), "damaged.safetensors")
    (tmp_path / "cut.safetensors").write_bytes(trained.read_bytes()[:1000])
    assert_one_sentence(cli(command, "cut.safetensors", penguins), "cut.safetensors")
    run = cli(command, penguins, trained)
    assert_one_sentence(run, "penguins.csv")
    assert "The model comes first" in run.err


def test_a_bare_network(cli: Any, penguins: Path, tmp_path: Path) -> None:
    import chainrule

    chainrule.Network([2, 1]).save(tmp_path / "net.safetensors")
    run = cli("predict", "net.safetensors", penguins)
    assert_one_sentence(run, "holds a network without a table")
    assert cli("info", "net.safetensors").code == 0


def test_a_drop_in_estimator(cli: Any, penguins: Path, tmp_path: Path) -> None:
    import chainrule

    model = chainrule.MLPRegressor(hidden_layer_sizes=4, solver="lbfgs", random_state=0)
    model.fit([[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0]).save(tmp_path / "mlp.safetensors")
    run = cli("predict", "mlp.safetensors", penguins)
    assert_one_sentence(run, "holds a drop-in estimator without a table")
    run = cli("info", "mlp.safetensors")
    assert run.code == 0 and "mlp.safetensors: mlp regressor, format " in run.out


def test_tables_that_do_not_fit_the_model(cli: Any, trained: Path, tmp_path: Path) -> None:
    header = "island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex,year"
    row = "Dream,40,18,190,3500,male,2008"

    def predict(table: str, command: str = "predict") -> Any:
        (tmp_path / "new.csv").write_text(table)
        return cli(command, trained, "new.csv")

    assert predict(f"{header}\n{row}\n").code == 0
    run = predict(f"{header.replace('sex', 'Sex')}\n{row}\n")
    assert_one_sentence(run, "new.csv has no column 'sex'")
    assert "Did you mean 'Sex'?" in run.err
    run = predict(f"{header}\n{row.replace('3500', 'heavy')}\n")
    assert_one_sentence(run, "new.csv, line 2, column 'body_mass_g': found 'heavy'")
    run = predict(f"species,{header}\nDodo,{row}\n", "evaluate")
    assert_one_sentence(run, "line 2, column 'species': the model does not know the class 'Dodo'")
    assert "Adelie, Chinstrap, Gentoo" in run.err
    run = predict(f"species,{header}\n,{row}\n", "evaluate")
    assert_one_sentence(run, "column 'species' has no value in any row")
    run = predict(f"{header}\n{row}\n", "evaluate")
    assert_one_sentence(run, "new.csv has no column 'species'")


def test_output_file(cli: Any, trained: Path, penguins: Path, tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("mine")
    assert_one_sentence(cli("predict", trained, penguins, "-o", "out.csv"), "exists already")
    assert_one_sentence(cli("predict", trained, penguins, "-o", "no/out.csv"), "does not exist")
    assert (tmp_path / "out.csv").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["trian"], "No such command 'trian'", "'train'"),
        (["train"], "Missing option '--target'", "chainrule train --help"),
        (["train", "--target", "c"], "there is nothing to read", "Name a file"),
        (["train", "t.csv"], "Missing option '--target'", "chainrule train --help"),
        (["demo", "exor"], "'exor'", ""),
        (["info", "m", "extra"], "unexpected extra argument", ""),
    ],
)
def test_usage(arguments: list[str], message: str, hint: str, cli: Any) -> None:
    run = cli(*arguments)
    assert_one_sentence(run, message)
    assert hint in run.err


def test_the_error_as_json(cli: Any) -> None:
    import json

    run = cli("train", "no.csv", "--target", "c", "--json")
    assert run.code == 2
    assert "does not exist" in json.loads(run.out)["error"]
    assert run.err.startswith("error: ")
