"""What `train` is given: its rows, those held out, and the questions that a table raises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chainrule.cli.problem import _drift_of_stretches, held_out_rows, problem_of, questions
from chainrule.cli.task import Task
from chainrule.errors import DataError
from reading import read

RANDOM = np.random.default_rng(0)
ROWS = "".join(f"{i},{'ab'[i % 2]},p{i // 4},{i + 1},2020-01-{40 - i:02d}\n" for i in range(12, 40))
TABLE = "x,c,patient,w,day\n" + ROWS


def test_columns_of_weights_and_groups_are_no_inputs(tmp_path: Path) -> None:
    table = read(tmp_path, TABLE)
    problem = problem_of(table, "c", None, weights="w", groups="patient")
    assert list(problem.X) == ["x", "day"] and problem.task is Task.classification
    assert problem.weights is not None and problem.groups is not None and problem.time is None
    some = problem.take(np.array([3, 5]))
    assert (some.y.tolist(), some.weights.tolist()) == (["b", "b"], [16, 18])
    assert some.groups.tolist() == ["p3", "p4"] and len(some.X["x"]) == 2
    assert list(problem_of(table, "c", None, time="day").X) == ["x", "patient", "w", "day"]
    with pytest.raises(DataError, match="no column beside the target 'c'"):
        problem_of(table.only("c"), "c", None)


def test_held_out_rows(tmp_path: Path) -> None:
    table = read(tmp_path, TABLE)
    plain = problem_of(table, "c", None)
    rows = held_out_rows(plain, 0.25, seed=0)
    assert len(rows) == 7 and set(plain.y[rows]) == {"a", "b"}
    np.testing.assert_array_equal(rows, held_out_rows(plain, 0.25, seed=0))
    assert rows.tolist() != held_out_rows(plain, 0.25, seed=1).tolist()
    grouped = problem_of(table, "c", None, groups="patient")
    held = set(grouped.groups[held_out_rows(grouped, 0.3, seed=0)])
    rest = np.setdiff1d(np.arange(28), held_out_rows(grouped, 0.3, seed=0))
    assert held and not held & set(grouped.groups[rest])
    timed = problem_of(table, "c", None, time="day")
    np.testing.assert_array_equal(held_out_rows(timed, 0.25, seed=0), np.arange(7))  # the latest


def test_a_column_that_looks_like_a_group_is_questioned(tmp_path: Path) -> None:
    table = read(tmp_path, TABLE)
    (question,) = questions(problem_of(table, "c", None), table)
    assert "column 'patient' looks like a group: 7 values in 28 rows" in question
    assert "--groups 'patient'" in question
    assert questions(problem_of(table, "c", None, groups="patient"), table) == []


def test_a_drift_in_time_is_questioned(tmp_path: Path) -> None:
    rows = [f"{v:.3f},2020-{k // 28 + 1:02d}-{k % 28 + 1:02d}" for k, v in enumerate(range(200))]
    table = read(tmp_path, "y,day\n" + "\n".join(rows) + "\n")
    (question,) = questions(problem_of(table, "y", None), table)
    assert "the target drifts along 'day'" in question and "--time 'day'" in question


def test_rows_of_one_moment_have_no_order(tmp_path: Path) -> None:
    """Sorted by the target in the file, on two days: the days tell nothing of it."""
    rows = [f"{k}.5,2020-01-{1 + k % 2:02d}" for k in range(200)]
    table = read(tmp_path, "y,day\n" + "\n".join(rows) + "\n")
    assert questions(problem_of(table, "y", None), table) == []


@pytest.mark.parametrize("noise", [0.5, 1.0, 2.0])
def test_a_drift_is_the_share_of_its_variance(noise):
    """Half a wave: its variance is 1/2, that of the noise is known."""
    wave = np.sin(np.linspace(0, 2 * np.pi, 4_000))
    y = wave + noise * RANDOM.normal(size=4_000)
    assert _drift_of_stretches(y) == pytest.approx(0.5 / (0.5 + noise**2), abs=0.05)


def test_rows_without_order_do_not_drift():
    assert all(_drift_of_stretches(RANDOM.normal(size=300)) == 0 for _ in range(200))
    assert _drift_of_stretches(np.arange(100.0)) == 0.0  # too few rows to tell
    assert _drift_of_stretches(np.ones(400)) == 0.0
