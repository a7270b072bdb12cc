"""What `train` is given: features, target, and the columns that say more about the rows."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chainrule.cli.reading import Reading
from chainrule.cli.task import Task
from chainrule.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from chainrule.table.read import FileTable

# Names that columns of groups have, where their values repeat.
_GROUP_WORDS = re.compile(
    r"(^|[_\s-])(patient|subject|person|user|customer|client|household|family|student|school|"
    r"session|device|site|store|group|batch)(s|[_\s-]?(id|no|nr|number|key|code))?$|"
    r"[a-z][_\s-]id$",
    re.IGNORECASE,
)
_FEWEST_GROUPS = 5
_DRIFT = 0.5  # correlation of neighbours in time
_DRIFT_OF_STRETCHES = 0.1


@dataclass(frozen=True)
class Problem:
    """A table as `fit` takes it.

    Attributes
    ----------
    X : FileTable
        The features.
    y : ndarray
    task : Task
    why : str
        Why it is that task.
    weights, groups, time : ndarray or None
        Of each row.
    """

    X: FileTable
    y: np.ndarray
    task: Task
    why: str
    weights: np.ndarray | None = None
    groups: np.ndarray | None = None
    time: np.ndarray | None = None

    def take(self, rows: np.ndarray) -> Problem:
        """Some of the rows."""
        parts = (self.weights, self.groups, self.time)
        weights, groups, time = (None if part is None else part[rows] for part in parts)
        return replace(
            self, X=self.X.take(rows), y=self.y[rows], weights=weights, groups=groups, time=time
        )


def problem_of(
    table: FileTable,
    target: str,
    task: Task | None,
    *,
    weights: str | None = None,
    groups: str | None = None,
    time: str | None = None,
) -> Problem:
    """Features and target of a table; columns of weights and of groups are no features."""
    from chainrule.cli.row_columns import found_columns, groups_of, times_of, weights_of
    from chainrule.cli.task import as_target, check_target, task_of

    given = found_columns(
        table, {"--target": target, "--weights": weights, "--groups": groups, "--time": time}
    )
    target = given["--target"]
    weights, groups, time = (given.get(name) for name in ("--weights", "--groups", "--time"))
    values = check_target(table, target)
    chosen, why = task_of(table, target, task)
    X = table.without(*{name for name in (target, weights, groups) if name is not None})
    if not len(X):
        raise DataError(
            f"{table.report.source} has no column beside the target {target!r}.",
            "Add the columns to predict it from.",
        )
    return Problem(
        X,
        as_target(values, chosen, target),
        chosen,
        why,
        None if weights is None else weights_of(table, weights),
        None if groups is None else groups_of(table, groups),
        None if time is None else times_of(table, time),
    )


def evaluation_rows(
    source: str, reading: Reading, table: FileTable, problem: Problem, target: str
) -> Problem:
    """The rows of another file, read as the table of training was."""
    kinds = {
        column.name: column.kind
        for column in table.report.columns
        if (column.name in problem.X and column.kind != "empty") or column.name == target
    }
    columns = [*problem.X, target]
    report = table.report
    import numpy as np

    alike = replace(reading, dates=report.date_formats, numbers=report.number_formats)
    other = alike.read(source, columns=columns, expect=kinds)
    from chainrule.cli.task import as_target, check_target

    y = as_target(check_target(other, target, trains=False), problem.task, target)
    if problem.task is Task.classification:
        unknown = np.flatnonzero(~np.isin(y, problem.y))
        if len(unknown):
            row = int(unknown[0])
            known = ", ".join(str(label) for label in np.unique(problem.y)[:8])
            raise DataError(
                f"{other.location(row)}: column {target!r} holds the class "
                f"{str(y[row])!r}, which the table of training does not have.",
                f"Its classes are: {known}.",
            )
    return Problem(other.without(target), y, problem.task, problem.why)


def held_out_rows(problem: Problem, share: float, seed: int) -> np.ndarray:
    """Rows that training is not to see: whole groups, the last in time, or a share of each class.

    Raises
    ------
    DataError
        For a share that is not between 0 and 1.
    """
    import numpy as np
    from sklearn.model_selection import GroupShuffleSplit, train_test_split

    if not 0.0 < share < 1.0:
        meant = share / 100 if 2.0 <= share < 100.0 else 0.2
        raise DataError(
            f"--holdout takes a share between 0 and 1, found {share:g}.",
            f"Say for example --holdout {meant:g}.",
        )
    rows = np.arange(len(problem.y))
    noun, n_all, least = "rows", len(rows), 2
    if problem.groups is not None:
        noun, n_all, least = "groups", len(np.unique(problem.groups)), 1
    n_kept = n_all - math.ceil(share * n_all)
    if n_kept < least:
        raise DataError(
            f"--holdout {share:g} of {n_all} {noun} leaves {n_kept} to train on.",
            "Say a smaller share, for example --holdout 0.2.",
        )
    if problem.time is not None:
        n_held = min(max(round(share * len(rows)), 1), len(rows) - 2)
        return np.sort(np.argsort(problem.time, kind="stable")[-n_held:])
    if problem.groups is not None:
        splitter = GroupShuffleSplit(1, test_size=share, random_state=seed % (1 << 32))
        return np.sort(next(splitter.split(rows, groups=problem.groups))[1])
    strata = None
    if problem.task is Task.classification:
        _, counts = np.unique(problem.y, return_counts=True)
        strata = problem.y if counts.min() > 1 and share * len(rows) >= len(counts) else None
    split = train_test_split(rows, test_size=share, stratify=strata, random_state=seed % (1 << 32))
    return np.sort(split[1])


def questions(problem: Problem, table: FileTable) -> list[str]:
    """Columns that look like groups, or like an order in time along which the target drifts."""
    found = []
    n_rows = len(problem.y)
    if problem.groups is None and problem.time is None:
        for column in table.report.columns:
            if column.name not in problem.X or not _GROUP_WORDS.search(column.name):
                continue
            n_groups = len(set(table[column.name].tolist()))
            if _FEWEST_GROUPS <= n_groups <= n_rows // 2:
                found.append(
                    f"column {column.name!r} looks like a group: {n_groups:,} values in {n_rows:,} "
                    f"rows. If new rows are of new ones, say --groups {column.name!r}: the scores "
                    "are then those of groups that training has not seen."
                )
        dates = [c.name for c in table.report.columns if c.kind == "datetime"]
        found += [
            f"the target drifts along {name!r}. If new rows come later, say --time {name!r}: the "
            "scores are then those of rows later than training has seen."
            for name in dates
            if name in problem.X and _drifts(problem, table, name)
        ]
    return found[:3]


def _drifts(problem: Problem, table: FileTable, name: str) -> bool:
    """Whether rows that follow each other in time have targets that are alike."""
    import numpy as np

    when = table[name]
    known = np.flatnonzero(~np.isnat(when))
    # Rows of one moment have no order among them, whatever that of the file is.
    known = np.random.default_rng(0).permutation(known)
    order = known[np.argsort(when[known], kind="stable")]
    y = problem.y[order]
    if problem.task is Task.classification:
        y = np.unique(y, return_inverse=True)[1]
    y = y.astype(np.float64)
    if len(y) < 20 or y[1:].std() == 0 or y[:-1].std() == 0:
        return False
    neighbours = float(np.corrcoef(y[1:], y[:-1])[0, 1])
    return neighbours > _DRIFT or _drift_of_stretches(y) > _DRIFT_OF_STRETCHES


def _drift_of_stretches(y: np.ndarray) -> float:
    """The share of y's variance that lies between stretches of time, beyond that of chance.

    Noise of single rows hides a slow drift from neighbours, and not from means of many rows. 0
    where so much is not sure: a ratio of variances of 4 comes by chance once in 10,000 tables.
    """
    import numpy as np

    n_stretches = min(len(y) // 20, 20)
    if n_stretches < 10:
        return 0.0
    parts = np.array_split(y, n_stretches)
    within = sum(float(((part - part.mean()) ** 2).sum()) for part in parts)
    within /= len(y) - n_stretches
    between = sum(len(part) * float((part.mean() - y.mean()) ** 2) for part in parts)
    between /= n_stretches - 1
    if within == 0 or between / within < 4.0:
        return 0.0
    drift = (between - within) * n_stretches / len(y)
    return drift / (drift + within)
