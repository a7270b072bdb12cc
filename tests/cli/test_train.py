"""`chainrule train`: what it says, scores and saves."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import mean_pinball_loss

import chainrule
from chainrule.cli.options import Preset
from chainrule.table.read import read_table


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_train_says_what_it_did(cli: Any, penguins: Path, tmp_path: Path) -> None:
    run = cli("train", "penguins.csv", "--target", "species", "--epochs", "5", "--hidden", "16,8")
    assert run.code == 0
    lines = run.out.splitlines()
    assert lines[0].startswith(f"chainrule {chainrule.__version__}, ")
    assert "penguins.csv: 344 rows, 8 columns, separated by ','" in lines
    assert "task: classification, because 'species' holds text" in lines
    assert "classes: Adelie 152, Gentoo 124, Chinstrap 68" in lines
    assert any(line.startswith("4 networks 28-16-8-3, cross_entropy") for line in lines)
    assert any(line.startswith("stopped after 5 epochs (all epochs done)") for line in lines)
    assert any(re.search(r"; epochs (\d, ){3}\d are kept$", line) for line in lines)
    assert lines[-3] == "saved to penguins.safetensors"
    assert lines[-1] == "next: chainrule predict penguins.safetensors penguins.csv"
    assert run.err.startswith("4 networks: 20/20 epochs  mean validation log-loss ")
    assert (tmp_path / "penguins.safetensors").exists()
    assert not run.out.isspace()
    assert max(map(len, lines)) <= 80


def test_the_validation_scores_are_those_of_the_rows_held_out(
    cli: Any, penguins: Path, tmp_path: Path
) -> None:
    arguments = ["--target", "species", "--epochs", "5", "--hidden", "16", "--seed", "3"]
    run = cli("train", penguins, *arguments, "--json")
    found = json.loads(run.out)
    table = read_table(penguins)
    X, y = table.without("species"), table["species"]
    model = chainrule.TabularClassifier(epochs=5, hidden_layer_sizes=16, random_state=3).fit(X, y)
    loaded = chainrule.load(tmp_path / "penguins.safetensors")
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    assert found["validation_loss"] == model.history_.validation_loss
    # The uncalibrated loss of the kept epoch, from the rows that the first network did not see.
    rows = model.members_[0].eval_rows
    codes = np.unique(y, return_inverse=True)[1]
    inputs, _ = model.encoder_.transform(_as_table({k: v[rows] for k, v in X.items()}))
    proba = model.network_.predict(inputs)
    loss = -np.log(proba[np.arange(len(rows)), codes[rows]]).mean()
    assert loss == pytest.approx(found["validation_loss"][found["best_epoch"]], rel=1e-4)
    scores = found["scores"]
    assert (scores["n_training_rows"], scores["n_validation_rows"]) == (344, 344)
    expected = model.validation_.scores()
    assert scores["model"] == {name: score.value for name, score in expected.items()}
    assert scores["intervals"]["auc"] == [expected["auc"].low, expected["auc"].high]
    assert scores["how"].startswith("every row as the 4 networks would answer it")
    assert scores["baseline"]["accuracy"] == np.mean(y == "Adelie")


def test_one_network_is_scored_on_its_validation_rows(cli: Any, penguins: Path) -> None:
    arguments = ["--target", "species", "--epochs", "5", "--hidden", "16", "--preset", "fast"]
    found = json.loads(cli("train", penguins, *arguments, "--json").out)["scores"]
    assert (found["rows"], found["n_training_rows"], found["n_validation_rows"]) == (
        "validation", 275, 69,
    )  # fmt: skip
    table = read_table(penguins)
    X, y = table.without("species"), table["species"]
    model = chainrule.TabularClassifier(
        preset="fast", epochs=5, hidden_layer_sizes=16, random_state=0
    ).fit(X, y)
    assert found["model"]["accuracy"] == model.scores_["accuracy"].value


def test_presets_are_those_of_the_library() -> None:
    from chainrule.estimators.tabular.recipe import PRESETS

    assert set(Preset) == set(PRESETS)


def _as_table(columns: Any) -> Any:
    from chainrule.table.frame import as_table

    return as_table(columns)


def test_regression(cli: Any, penguins: Path, tmp_path: Path) -> None:
    query = "SELECT * FROM data WHERE body_mass_g IS NOT NULL"
    options = ["--target", "body_mass_g", "--epochs", "10", "--hidden", "16", "--sql", query]
    run = cli("train", penguins, *options, "--model", "mass.safetensors")
    assert run.code == 0
    assert "task: regression, because 'body_mass_g' holds numbers of 94 different" in run.out
    run = cli("evaluate", "mass.safetensors", penguins, "--json")
    found = json.loads(run.out)
    assert found["notices"] == [
        "2 rows have no value in 'body_mass_g' and stay out.",
        "the model was trained on these rows: the scores promise too much. 'chainrule info' has "
        "those of rows it had not seen.",
    ]
    table = read_table(penguins, sql=query)
    X, y = table.without("body_mass_g"), table["body_mass_g"]
    y_pred = chainrule.load(tmp_path / "mass.safetensors").predict(X)
    assert found["scores"]["rmse"] == pytest.approx(np.sqrt(np.mean((y - y_pred) ** 2)))
    assert found["scores"]["mae"] == pytest.approx(np.abs(y - y_pred).mean())
    assert found["scores"]["r2"] == pytest.approx(1 - np.var(y - y_pred - 0) / np.var(y), abs=0.1)
    assert found["baseline"]["r2"] == pytest.approx(0.0, abs=0.01)
    predicted = rows_of(cli("predict", "mass.safetensors", penguins).out)
    assert len(predicted) == 344
    assert list(predicted[0]) == ["body_mass_g"]


def test_quantiles_and_intervals(cli: Any, penguins: Path, tmp_path: Path) -> None:
    query = "SELECT * FROM data WHERE body_mass_g IS NOT NULL"
    options = ["--target", "body_mass_g", "--epochs", "10", "--hidden", "16", "--sql", query]
    options += ["--model", "mass.safetensors", "--quantiles", "0.1,0.9", "--json"]
    found = json.loads(cli("train", penguins, *options).out)
    assert found["network"]["loss"] == {"name": "pinball", "quantiles": [0.1, 0.9]}
    table = read_table(penguins, sql=query)
    X, y = table.without("body_mass_g"), table["body_mass_g"]
    model = chainrule.load(tmp_path / "mass.safetensors")
    scores = json.loads(cli("evaluate", "mass.safetensors", penguins, "--json").out)
    losses = [
        mean_pinball_loss(y, p, alpha=q)
        for q, p in zip((0.1, 0.9), model.predict(X).T, strict=True)
    ]
    assert scores["scores"]["pinball"] == pytest.approx(np.mean(losses))
    assert scores["scores"]["below q(0.9)"] == np.mean(y <= model.predict(X)[:, 1])
    assert scores["baseline"]["below q(0.1)"] == pytest.approx(0.1, abs=0.03)
    run = cli("predict", "mass.safetensors", penguins, "--interval", "0.8", "--sql", query)
    predicted = rows_of(run.out)
    names = ["q(0.1)", "q(0.9)", "from", "to"]
    assert list(predicted[0]) == [f"body_mass_g {name}" for name in names]
    expected = np.hstack([model.predict(X), model.predict_interval(X, 0.8)])
    found = [[float(cell) for cell in row.values()] for row in predicted]
    np.testing.assert_array_equal(found, expected)


def test_missing_tokens_are_remembered(cli: Any, tmp_path: Path) -> None:
    rows = "".join(f"{'-' if i % 9 == 0 else i},{'uv'[i > 20]}\n" for i in range(40))
    (tmp_path / "t.csv").write_text("a,c\n" + rows)
    run = cli("train", "t.csv", "--target", "c", "--epochs", "2", "--hidden", "4")
    assert run.code == 2
    assert "--missing -" in run.err
    trained = ["train", "t.csv", "--target", "c", "--epochs", "2", "--hidden", "4"]
    assert cli(*trained, "--missing", "-").code == 0
    assert cli("predict", "t.safetensors", "t.csv").code == 0


def test_integer_classes(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,c\n" + "".join(f"{i},{i % 3}\n" for i in range(30)))
    run = cli("train", "t.csv", "--target", "c", "--epochs", "2", "--hidden", "4")
    assert "because 'c' holds 3 different whole numbers" in run.out
    assert rows_of(cli("predict", "t.safetensors", "t.csv").out)[0].keys() == {
        "c",
        "p(0)",
        "p(1)",
        "p(2)",
    }
    assert cli("evaluate", "t.safetensors", "t.csv").code == 0
