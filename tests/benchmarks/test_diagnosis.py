"""The promise of the diagnosis: at least 95 % of seeded faults found, at most 2 % false alarms."""

from __future__ import annotations

import warnings

import pytest
from benchmarks.fault_tables import tables

from benchmarks import diagnosis


def test_forty_tables_of_several_kinds():
    assert len(tables()) == 40
    assert len({table.name for table in tables()}) == 40
    assert {table.n_classes for table in tables()} >= {0, 2, 3, 4, 5, 10}


@pytest.mark.slow
@pytest.mark.parametrize("half", [0, 1])
def test_recall_and_false_alarms(half, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        runs = [diagnosis.run(table, k, 0) for k, table in enumerate(tables()) if k % 2 == half]
    result = diagnosis.report("half", runs, names=True)
    assert result["found"] >= 0.95, capsys.readouterr().out
    assert result["false_alarms"] <= 0.02, capsys.readouterr().out
    assert min(result["recall"].values()) >= 0.85
