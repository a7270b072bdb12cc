"""`chainrule dependence`: all columns by size, one with its bars, files and pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd


def test_all_columns_then_one(cli: Any, trained: Path, penguins: Path) -> None:
    run = cli("dependence", trained, penguins, "--points", "4", "-o", "curves.csv")
    assert run.code == 0, run.err
    first = run.out.splitlines()[1].split()
    assert run.out.startswith("how far the probability goes with each column, over 344 rows")
    assert first[2] == "#" * 24 and "numbers written to curves.csv" in run.out
    table = pd.read_csv("curves.csv")
    assert list(table) == ["column", "cell", "answer", "value", "error"]
    again = cli(
        "dependence", trained, penguins, first[0], "--points", "4", "--answer", "Gentoo",
        "-o", "one.png", "--json",
    )  # fmt: skip
    found = json.loads(again.out)["curves"][0]
    ours = table[(table["column"] == first[0]) & (table["answer"] == "Gentoo")]
    assert found["values"] == ours["value"].tolist() and Path("one.png").stat().st_size > 5_000
    assert found["unit"] == "the probability of Gentoo"


def test_one_column_reads_as_bars_and_two_as_a_table(
    cli: Any, trained: Path, penguins: Path
) -> None:
    run = cli("dependence", trained, penguins, "island", "--answer", "Adelie")
    lines = run.out.splitlines()
    assert lines[0] == "the probability of Adelie differs from its mean, along island"
    assert [line.split()[0] for line in lines[1:4]] == ["Torgersen", "Biscoe", "Dream"]
    assert all("|" in line and "±" in line for line in lines[1:4])
    both = cli(
        "dependence", trained, penguins, "island", "sex", "--together", "--answer", "Adelie"
    ).out.splitlines()
    assert both[1].split() == ["island", "/", "sex", "male", "female", "missing"]
    refused = cli("dependence", trained, penguins, "island", "--together")
    assert refused.code == 2 and "--together takes two columns" in refused.err
    wrong = cli("dependence", trained, penguins, "iland")
    assert wrong.code == 2 and "Did you mean 'island'?" in wrong.err
