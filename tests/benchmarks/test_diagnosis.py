"""The promise of the diagnosis: causes named, printed fixes that work, few false alarms."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest
from benchmarks.diagnosis import command, corpus, page, recall
from benchmarks.diagnosis.case import Case
from benchmarks.diagnosis.kinds import KINDS
from benchmarks.diagnosis.tables import tables


def test_forty_tables_of_several_kinds():
    assert len(tables()) == 40
    assert len({table.name for table in tables()}) == 40
    assert {table.n_classes for table in tables()} >= {0, 2, 3, 4, 5, 10}


def test_a_fix_is_applied_literally():
    table = tables()[0]
    case = Case("MLPRegressor", table.X, table.y, {"alpha": 1.0, "hidden_layer_sizes": (4,)})
    new = case.mended(
        ("X = np.delete(X, 0, axis=1)", "MLPClassifier(..., max_iter=7)",
         "fit(..., sample_weight=np.ones(len(X)))"), None,
    )  # fmt: skip
    assert new.maker == "MLPClassifier"
    assert new.made == {"alpha": 1.0, "hidden_layer_sizes": (4,), "max_iter": 7}
    assert new.X.shape == (150, 3)
    assert new.sample_weight is not None and len(new.sample_weight) == 150
    with pytest.raises(TypeError):  # an argument that the object does not take is no fix
        case.mended(("MLPRegressor(..., learning_rates=1)",), None).trained()


@pytest.mark.parametrize(
    ("name", "strength"),
    [("targets in the thousands", 1), ("one cell of X huge", 2), ("dropout too strong", 0)],
)
def test_some_kinds_are_named_and_mended(name, strength):
    table = next(table for table in tables() if table.name == "diabetes")
    kind = next(kind for kind in KINDS if kind.name == name)
    case = kind.make(table, strength, np.random.default_rng(strength))
    result = corpus.tried(kind, strength, table, case)
    assert result["named"] and result["works"], result


def test_the_page_is_made_from_the_kept_results():
    results = json.loads(command.RESULTS.read_text())
    assert [result["half"] for result in results] == list(corpus.HALVES)
    assert page.PAGE.read_text() == page.text(results)
    assert len(KINDS) >= 25
    figures = [command.figures(result) for result in results]
    for f in figures:
        assert f["kinds"] == len(KINDS)
        assert f["named"] >= 0.85 * f["bad"]
        assert f["mended"] >= 0.85 * f["with_code"]
    assert sum(f["healthy"] for f in figures) == 100
    assert sum(f["false_alarms"] for f in figures) <= 2


@pytest.mark.slow
@pytest.mark.parametrize("half", corpus.HALVES)
def test_every_kind_named_and_mended(half, capsys):
    result = command.run(half)
    command.report(result)
    f = command.figures(result)
    assert f["named"] >= 0.85 * f["bad"], capsys.readouterr().out
    assert f["mended"] >= 0.85 * f["with_code"], capsys.readouterr().out
    assert f["false_alarms"] <= 2, capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("half", [0, 1])
def test_recall_and_false_alarms(half, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        runs = [recall.run(table, k, 0) for k, table in enumerate(tables()) if k % 2 == half]
    result = recall.report("half", runs, names=True)
    assert result["found"] >= 0.95, capsys.readouterr().out
    assert result["false_alarms"] <= 0.02, capsys.readouterr().out
    assert min(result["recall"].values()) >= 0.85
