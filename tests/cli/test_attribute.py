"""`chainrule attribute`: what it prints and writes."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest


def test_all_rows(cli: Any, trained: Path, penguins: Path) -> None:
    run = cli("attribute", trained, penguins, "--samples", "4")
    assert run.code == 0
    first, *columns = run.out.splitlines()
    assert first == ("what each column adds to relative log-probability, on average over 344 rows")
    sizes = [float(line.split()[1]) for line in columns[:7]]
    assert sizes == sorted(sizes, reverse=True) and sizes[0] > 0
    assert run.out.splitlines()[-1].startswith("next: chainrule attribute ")
    assert max(map(len, run.out.splitlines()[:-1])) <= 80


def test_a_row_adds_up(cli: Any, trained: Path, penguins: Path) -> None:
    run = cli("attribute", trained, penguins, "--row", "3", "--samples", "4")
    head, *lines = run.out.splitlines()
    assert head.startswith("relative log-probability of Adelie in row 3: ")
    found = json.loads(
        cli("attribute", trained, penguins, "--row", "3", "--samples", "4", "--json").out
    )
    assert found["base"] + sum(found["values"][0]) == pytest.approx(found["sums"][0])
    assert lines[0].split()[-1] == f"{found['base']:+.4g}"
    assert lines[-1].split() == ["together", f"{found['sums'][0]:+.4g}"]


def test_all_numbers_go_to_a_file(cli: Any, trained: Path, penguins: Path) -> None:
    options = ("--samples", "4", "--answer", "Gentoo", "-o", "parts.csv")
    assert cli("attribute", trained, penguins, *options).code == 0
    rows = list(csv.DictReader(Path("parts.csv").read_text("utf-8").splitlines()))
    assert len(rows) == 344 * 7 and rows[0]["cell"] == "Torgersen"
    found = json.loads(cli("attribute", trained, penguins, *options[:4], "--json").out)
    values = np.array([float(row["value"]) for row in rows]).reshape(344, 7)
    np.testing.assert_array_equal(values, found["values"])
    assert cli("attribute", trained, penguins, *options).code != 0  # it exists


def test_a_picture(cli: Any, trained: Path, penguins: Path) -> None:
    pytest.importorskip("matplotlib")
    run = cli("attribute", trained, penguins, "--samples", "2", "-o", "parts.svg")
    assert run.code == 0 and "picture written to parts.svg" in run.out
    assert Path("parts.svg").read_text("utf-8").count("bill_length_mm") >= 1


def test_rows_to_compare_with(cli: Any, trained: Path, penguins: Path) -> None:
    lines = penguins.read_text("utf-8").splitlines()
    Path("few.csv").write_text("\n".join([*lines[:2], ""]), "utf-8")
    options = ("--background", "few.csv", "--row", "0", "--answer", "Adelie", "--samples", "2")
    run = cli("attribute", trained, penguins, *options)
    parts = [line.split() for line in run.out.splitlines()[2:-1]]
    assert len(parts) == 7 and all(float(part[part.index("±") - 1]) == 0 for part in parts)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--row", "344"), "there is no row 344; there are 344, from 0."),
        (("--answer", "Emperor"), "there are Adelie, Chinstrap, Gentoo"),
        (("--method", "lime"), "method"),
        (("-o", "parts.docx"), "names no format"),
    ],
)
def test_bad_input_is_named(
    cli: Any, trained: Path, penguins: Path, options: tuple[str, ...], words: str
) -> None:
    run = cli("attribute", trained, penguins, "--samples", "2", *options)
    assert run.code != 0 and words in run.err
