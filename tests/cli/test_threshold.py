"""`--threshold` of `evaluate` and `predict`: a probability, a cost, or what is to be largest."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def model(cli: Any, penguins: Path) -> str:
    command = ("train", "penguins.csv", "--target", "sex", "--drop-missing-target")
    assert cli(*command, "--preset", "fast", "--epochs", "3", "--hidden", "8", "-q").code == 0
    return "penguins.safetensors"


def test_found_by_evaluate_and_used_by_predict(cli: Any, model: str) -> None:
    run = cli("evaluate", model, "penguins.csv", "--threshold", "f1")
    assert run.code == 0 and "where f1 of these rows is largest" in run.out
    following = run.out.splitlines()[-1]
    assert following.startswith(f"next: chainrule predict {model} DATA --threshold 0.")
    value = following.split()[-1]
    found = json.loads(cli("evaluate", model, "penguins.csv", "--threshold", "f1", "--json").out)
    plain = json.loads(cli("evaluate", model, "penguins.csv", "--json").out)
    assert found["threshold"] == float(value)
    assert found["scores"]["f1"] >= plain["scores"]["f1"]
    rows = csv.DictReader(io.StringIO(cli("predict", model, "penguins.csv", "-q").out))
    p = [float(row["p(male)"]) for row in rows]
    for text, at in ((value, float(value)), ("cost=4", 0.2)):
        said = cli("predict", model, "penguins.csv", "--threshold", text, "-q").out
        answers = [row["sex"] for row in csv.DictReader(io.StringIO(said))]
        assert answers == ["male" if x >= at else "female" for x in p]


@pytest.mark.parametrize("text", ["1.5", "often", "cost=0", "cost=x", "nan"])
def test_bad_thresholds_are_named(cli: Any, model: str, text: str) -> None:
    for command in ("evaluate", "predict"):
        run = cli(command, model, "penguins.csv", "--threshold", text)
        assert run.code == 2 and f"found '{text}'" in run.err


def test_models_and_tables_without_a_threshold(cli: Any, model: str, trained: Path) -> None:
    run = cli("predict", trained, "penguins.csv", "--threshold", "0.3")
    assert run.code == 2 and "this one predicts 3 classes" in run.err
    run = cli("predict", model, "penguins.csv", "--threshold", "f1")
    assert run.code == 2 and "needs rows whose answer is known" in run.err
