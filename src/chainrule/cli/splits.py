"""Rows of the folds of `cv`."""

from __future__ import annotations

import numpy as np

from chainrule.cli.problem import Problem
from chainrule.cli.task import Task
from chainrule.errors import DataError

Pair = tuple[np.ndarray, np.ndarray]


def fold_rows(problem: Problem, n_folds: int, seed: int) -> list[Pair]:
    """(training rows, held-out rows) of each fold.

    With groups whole groups are held out; in time every fold comes after its training rows, the
    first of which are never held out.
    """
    from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold, TimeSeriesSplit

    n_rows = len(problem.y)
    if n_folds > n_rows // 2:
        raise DataError(
            f"--folds {n_folds} needs at least {2 * n_folds} rows, found {n_rows}.",
            f"Say --folds {n_rows // 2}." if n_rows >= 4 else "Add rows.",
        )
    rows, state = np.arange(n_rows), seed % (1 << 32)
    if problem.time is not None:
        order = np.argsort(problem.time, kind="stable")
        pairs = TimeSeriesSplit(n_folds).split(rows)
        return [(np.sort(order[a]), np.sort(order[b])) for a, b in pairs]
    if problem.groups is not None:
        n_groups = len(np.unique(problem.groups))
        if n_groups < n_folds:
            raise DataError(
                f"--folds {n_folds} needs as many groups, found {n_groups}.",
                f"Say --folds {n_groups}.",
            )
        return list(GroupKFold(n_folds).split(rows, groups=problem.groups))
    if problem.task is Task.classification:
        _, counts = np.unique(problem.y, return_counts=True)
        if counts.min() >= n_folds:
            splitter = StratifiedKFold(n_folds, shuffle=True, random_state=state)
            return list(splitter.split(rows, problem.y))
    return list(KFold(n_folds, shuffle=True, random_state=state).split(rows))
