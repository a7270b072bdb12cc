"""Which rows a model is scored on and how they were answered, in a sentence."""

from __future__ import annotations

import numpy as np

from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.nested import APART
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.estimators.tabular.optimization import Optimization


def scored_how(
    target: ClassTarget | NumberTarget, job: Optimization, n_members: int, scored: np.ndarray
) -> str:
    """The sentence of `scored_how_`.

    Parameters
    ----------
    scored : ndarray of int64
        The scored rows, in the table or in the `eval_set`.
    """
    what = target.chosen_word
    if job.own is not None:
        return f"rows that training never saw; each is answered by the {what} that the others chose"
    if job.arrangement.order is not None:
        return (
            f"the last {len(scored):,} rows in time, which training never saw; each is answered by "
            f"the {what} that rows at least {round(APART * len(scored)):,} places away chose. A "
            "farther future may be answered worse"
        )
    together = ", whole groups at a time" if _whole_groups(job) else ""
    if n_members == 1:
        return (
            f"rows held out of training{together}; each is answered by the {what} that the others "
            "chose"
        )
    every = len(scored) == len(job.rows.inputs)
    which = "every row" if every else "the rows held out by some network"
    return (
        f"{which} as the {n_members} networks would answer it had none trained on it{together}; "
        f"other rows chose the {what} of each"
    )


def _whole_groups(job: Optimization) -> bool:
    """Whether no group is on both sides of a split; a splitter may not care."""
    groups = job.arrangement.groups
    return groups is not None and not any(
        np.isin(groups[fold.rows], groups[fold.eval_rows]).any() for fold in job.folds
    )
