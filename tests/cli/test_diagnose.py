"""`chainrule diagnose`: what went badly in a training, from its model file and its table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def test_a_good_model(cli: Any, trained: Path, penguins: Path) -> None:
    run = cli("diagnose", trained, penguins)
    assert run.code == 0
    lines = run.out.splitlines()
    assert lines[0] == "No fault found in 20 epochs and a step over 344 rows."
    assert lines[1].startswith("The loss is 0.0")
    assert "a constant prediction has 1.05" in lines[1]
    assert "checked and clean: constant-target, constant-inputs" in run.out
    assert lines[-1] == f"next: chainrule evaluate {trained} {penguins}"
    assert max(map(len, lines[:-1])) <= 80


def test_a_rate_that_is_too_high(cli: Any, penguins: Path) -> None:
    arguments = ["--target", "species", "--epochs", "6", "--hidden", "32,32", "-q"]
    assert cli("train", penguins, *arguments, "--learning-rate", "3").code == 0
    run = cli("diagnose", "penguins.safetensors", penguins)
    assert run.code == 1
    assert "rate-too-high" in run.out
    assert "fix: chainrule train ... --learning-rate 0.04" in run.out
    quiet = cli("diagnose", "penguins.safetensors", penguins, "-q")
    assert quiet.code == 1
    assert any(
        line.startswith("rate-too-high: the loss went up") for line in quiet.out.splitlines()
    )
    found = json.loads(cli("diagnose", "penguins.safetensors", penguins, "--json").out)
    assert found["ok"] is False
    assert "rate-too-high" in {finding["code"] for finding in found["findings"]}
    assert found["n_rows"] == 344


def test_a_column_that_gives_the_answer_away(cli: Any, penguins: Path) -> None:
    head, *rows = penguins.read_text().splitlines()
    species = head.split(",").index("species")
    code = {"Adelie": 71, "Chinstrap": 12, "Gentoo": 40}
    told = [f"{row},{code[row.split(',')[species]]}" for row in rows]
    penguins.write_text("\n".join([f"{head},ring", *told]) + "\n")
    arguments = ["--target", "species", "--epochs", "10", "--hidden", "16", "-q"]
    assert cli("train", penguins, *arguments).code == 0
    run = cli("diagnose", "penguins.safetensors", penguins)
    assert run.code == 1
    assert "'ring' alone predicts the target (AUC 1.00" in run.out
    assert "fix: chainrule train ... --ignore ring" in run.out


def test_a_table_that_does_not_fit(cli: Any, trained: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    run = cli("diagnose", trained, "other.csv")
    assert run.code == 2
    assert run.err.startswith("error: ")
