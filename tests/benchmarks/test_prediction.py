from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from benchmarks.prediction import command
from benchmarks.prediction.systems import EXPORTED, LIBRARIES
from benchmarks.prediction.table import COLUMNS, drawn, scores
from benchmarks.prediction.worker import prepare, timed


def test_scores_are_those_of_the_probabilities():
    proba = np.array([[0.75, 0.25], [0.5, 0.5], [0.0, 1.0]])
    found = scores(proba, np.array([0, 1, 0]))
    assert found["accuracy"] == pytest.approx(1 / 3)
    expected = -(np.log(0.75) + np.log(0.5) + np.log(1e-15)) / 3
    assert found["log_loss"] == pytest.approx(expected)


def test_a_table_is_the_same_in_every_process():
    X, y = drawn(50, seed=2)
    assert X.shape == (50, COLUMNS) and set(y.tolist()) == {0, 1}
    assert np.array_equal(drawn(50, seed=2)[0], X)


def test_a_model_is_fitted_scored_and_timed(tmp_path: Path):
    request = {"rows": 200, "held_out": 100}
    predict, said = prepare("chainrule", "Network", 1, tmp_path, request)
    assert 0 < said["log_loss"] < 2 and len(said["first"]) == 100
    found = timed(predict, 20, 64)
    assert 0 < found["p50"] <= found["p99"] and found["rows_per_second"] > 0


def test_every_export_has_its_model():
    systems = {name for _, names in LIBRARIES.values() for name in names}
    assert {*EXPORTED, *EXPORTED.values(), *command.GOALS} <= systems


def timing(system: str, threads: int, p50: float, **more: object) -> dict[str, object]:
    rounds = [{"p50": p50, "p99": 2 * p50, "rows_per_second": 1000.0}] * 3
    found = {"system": system, "library": "x", "threads": threads, "rounds": rounds, "error": ""}
    return found | {"log_loss": 0.5, "accuracy": 0.75, "first": [0.5, 0.25]} | more


def test_an_export_that_answers_otherwise_does_not_count():
    export, model = next(iter(EXPORTED.items()))
    timings = [timing(model, 1, 50.0), timing(export, 1, 5.0, first=[0.5, 0.5])]
    command.compare(timings)
    assert timings[1]["error"] == "its answers differ by 2.5e-01"
    assert timings[0]["error"] == ""


def test_times_stand_beside_scores_and_goals():
    timings = [timing("Network", 1, 4.0), timing("Network", 2, 5.0), timing("CatBoost", 1, 70.0)]
    figures = {"rows": 100, "bulk": 1000, "missing": ["lightgbm"], "timings": timings}
    text = command.show(figures)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()[4:6]]
    assert rows == [
        ["Network", "0.500", "0.750", "4.00", "8.00", "1,000", "5.00", "10.0", "1,000"],
        ["CatBoost", "0.500", "0.750", "70.0", "140", "1,000", "-", "-", "-"],
    ]
    assert "Network: 4.00 us a row, goal 10.0 us (reached)." in text
    assert text.endswith("not installed, so not measured: lightgbm")


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(command, "LIBRARIES", {"none": ("no_such_package", {})})
    given = SimpleNamespace(rows=10, bulk=10, calls=1, rounds=1)
    assert command.measure(given, [1])["missing"] == ["no_such_package"]
