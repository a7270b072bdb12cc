"""`chainrule predict`: every row of a table, whatever its columns."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

import chainrule
from chainrule.table.read import read_table


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_new_rows_with_everything_that_may_differ(
    cli: Any, trained: Path, penguins: Path, tmp_path: Path
) -> None:
    rows = rows_of(penguins.read_text())[:6]
    rows[0]["island"] = "Atlantis"  # never met
    rows[1]["year"] = "NA"  # never missing in training
    rows[2]["bill_length_mm"] = ""
    names = ["note", *reversed(rows[0]), "checked"]
    with (tmp_path / "new.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, names, delimiter=";", restval="3 apples")
        writer.writeheader()
        writer.writerows(rows)
    run = cli("predict", trained, "new.csv")
    assert run.code == 0
    found = rows_of(run.out)
    assert list(found[0]) == ["species", "p(Adelie)", "p(Chinstrap)", "p(Gentoo)"]
    assert len(found) == 6
    for row in found:
        shares = [float(row[f"p({label})"]) for label in ("Adelie", "Chinstrap", "Gentoo")]
        assert sum(shares) == pytest.approx(1.0)
    assert "notice: 2 columns are not used: 'note', 'checked'." in run.err
    assert "1 row with 1 category not met in training ('Atlantis')" in run.err
    assert "column 'year' has 1 missing value" in run.err
    assert run.err.splitlines()[-1].startswith("next: chainrule predict")
    # The rows that do not differ are predicted to the same bits as from the original file.
    original = rows_of(cli("predict", trained, penguins).out)
    assert found[3:] == original[3:6]
    assert cli("predict", trained, "new.csv", "-q").err == ""


def test_predictions_equal_the_library(cli: Any, trained: Path, penguins: Path) -> None:
    found = json.loads(cli("predict", trained, penguins, "--json").out)
    model = chainrule.load(trained)
    X = read_table(penguins).without("species")
    assert found["predictions"] == model.predict(X).tolist()
    assert found["probabilities"] == model.predict_proba(X).tolist()
    assert found["classes"] == ["Adelie", "Chinstrap", "Gentoo"]


def test_predictions_to_a_file(cli: Any, trained: Path, penguins: Path, tmp_path: Path) -> None:
    run = cli("predict", trained, penguins, "-o", "out.csv")
    assert run.code == 0
    assert run.out.startswith("344 predictions written to out.csv\n")
    assert (tmp_path / "out.csv").read_text() == cli("predict", trained, penguins).out


def test_spreadsheet_formulas(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,c\n" + "".join(f"{i},{'=x'[i % 2 :]}\n" for i in range(30)))
    assert cli("train", "t.csv", "--target", "c", "--epochs", "1", "--hidden", "4").code == 0
    run = cli("predict", "t.safetensors", "t.csv")
    assert "looks like a formula" in run.err or "=x" not in run.out.splitlines()[1:]
    safe = cli("predict", "t.safetensors", "t.csv", "--excel-safe")
    assert "\n=" not in safe.out
