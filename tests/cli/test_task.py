"""What kind of target a column is, and which targets are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chainrule.cli.task import Task, as_target, check_target, task_of
from chainrule.errors import DataError
from chainrule.table.classes import MAX_CLASSES
from chainrule.table.read import read_table


def table(tmp_path: Path, cells: list[object]) -> object:
    path = tmp_path / "t.csv"
    path.write_text("a,t\n" + "".join(f"{k},{cell}\n" for k, cell in enumerate(cells)))
    return read_table(path)


@pytest.mark.parametrize(
    ("cells", "task"),
    [
        (["x", "y", "x"], Task.classification),
        (["true", "false", "true"], Task.classification),
        ([1, 2, 1], Task.classification),
        ([1.5, 2, 1], Task.regression),
        (list(range(MAX_CLASSES + 1)), Task.regression),
    ],
)
def test_the_values_tell(tmp_path: Path, cells: list[object], task: Task) -> None:
    assert task_of(table(tmp_path, cells), "t", None)[0] is task


def test_what_was_said_counts(tmp_path: Path) -> None:
    assert task_of(table(tmp_path, [1, 2, 1]), "t", Task.regression) == (
        Task.regression, "as you said",
    )  # fmt: skip
    with pytest.raises(DataError, match="regression needs numbers"):
        task_of(table(tmp_path, ["x", "y"]), "t", Task.regression)


@pytest.mark.parametrize(
    ("cells", "words"),
    [([1], "1 row"), ([7, 7, 7], "is 7 in every row"), ([1, "", 2], "line 3: the target 't' is")],
)
def test_targets_that_teach_nothing(tmp_path: Path, cells: list[object], words: str) -> None:
    with pytest.raises(DataError, match=words):
        check_target(table(tmp_path, cells), "t")


def test_whole_numbers_become_labels() -> None:
    assert as_target(np.array([1.0, 2.0]), Task.classification, "t").dtype == np.int64
    with pytest.raises(DataError, match="no classes"):
        as_target(np.array([1.5, 2.0]), Task.classification, "t")
