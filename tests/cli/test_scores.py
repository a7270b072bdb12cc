"""Scores as lines: against the baseline, with intervals, of classes."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from chainrule.cli.output import Output
from chainrule.cli.scores import baseline_words, document_of, score_rows, show_classes
from chainrule.estimators.tabular.evaluation import Score

SCORES = {"accuracy": Score(0.9, 0.8, 0.95, 0.5), "f1": Score(0.75, 0.5, 0.9, 0.0)}


def test_the_baseline_in_words() -> None:
    assert baseline_words(["no", "yes"], np.array([0.6, 0.4])) == "always 'no'"
    assert baseline_words([], np.array(4200.75)) == "always 4200.75"
    assert baseline_words([], [0.5, 1.5]) == "always 0.5, 1.5"


def test_a_metric_of_one_class_says_which() -> None:
    rows = score_rows("7 rows", SCORES, "always 'no'", ["no", "yes"])
    assert rows[0] == ("7 rows", "model", "90 % interval", "always 'no'")
    assert rows[1] == ("accuracy", "0.9000", "0.8000 to 0.9500", "0.5000")
    assert rows[2][0] == "f1 of 'yes'"
    assert score_rows("", SCORES, "", list("abc"))[2][0] == "f1, mean of classes"
    large = {"rmse": Score(4321.987654, 4000.0, 5000.0, 9000.0)}
    assert score_rows("", large, "")[1] == ("rmse", "4321.99", "4000 to 5000", "9000")


def test_classes_and_which_is_taken_for_which(capsys) -> None:
    counts = np.array([[3.0, 1.0], [0.0, 2.5]])
    measured = {
        "precision": np.array([1.0, 0.7]),
        "recall": np.array([0.75, 1.0]),
        "f1": np.array([0.8, 0.8]),
        "rows": counts.sum(axis=1),
    }
    evaluation = SimpleNamespace(
        truth=np.zeros(7),
        of_each_class=lambda threshold: measured,
        confusion=lambda threshold: counts,
    )
    show_classes(Output(as_json=False, quiet=False), evaluation, ["no", "yes"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == [
        "class",
        "rows",
        "precision",
        "recall",
        "f1",
        "as",
        "no",
        "as",
        "yes",
    ]
    assert lines[3].split() == ["yes", "2.5", "0.7000", "1.0000", "0.8000", "0", "2.5"]
    # What does not fit a line stands below.
    show_classes(Output(as_json=False, quiet=False), evaluation, ["no", "yes" * 6])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80 and lines[4] == ""
    assert lines[1].split() == ["class", "rows", "precision", "recall", "f1"]
    assert lines[5].split() == ["class", "as", "no", "as", "yes" * 6]
    assert lines[7].split() == ["yes" * 6, "0", "2.5"]


def test_the_document_holds_every_number() -> None:
    found = document_of(SCORES, "always 'no'", rows="validation", how="so")
    assert found["model"] == {"accuracy": 0.9, "f1": 0.75}
    assert found["intervals"]["f1"] == [0.5, 0.9]
    assert found["baseline"] == {"accuracy": 0.5, "f1": 0.0}
