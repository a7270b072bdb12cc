"""Which rows train a network and which choose its epoch: seeded, a fair share of each class.

Rows of a group stay together, so that validation rows are of groups that training has not seen.
Where rows have an order in time, validation rows are the last ones, for all networks alike. A
splitter of scikit-learn may say it instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule import engine
from chainrule.estimators.tabular.arrangement import Arrangement

# A bag of fewer networks still validates each on a quarter of the rows only, and a larger one goes
# through the rows again in another order, so that a fold keeps enough rows to choose by.
_MIN_FOLDS, _MAX_FOLDS = 4, 10
# Share of the rows that choose the epoch of one network, unless another is asked for.
FRACTION = 0.2


@dataclass(frozen=True)
class Fold:
    """The rows of one network, by their numbers in the table.

    Attributes
    ----------
    rows : ndarray of int64, ascending, or None
        Those it trains on; None is all.
    eval_rows : ndarray of int64, ascending, or None
        Those that choose its epoch; None where the table gives none.
    """

    rows: np.ndarray | None = None
    eval_rows: np.ndarray | None = None


def arranged_folds(
    n_rows: int,
    n_members: int,
    fraction: float | None,
    seed: int,
    codes: np.ndarray | None,
    weights: np.ndarray | None,
    arrangement: Arrangement,
) -> list[Fold]:
    """`folds` for rows in groups or in an order of time, or as a splitter says.

    Parameters
    ----------
    fraction : float or None
        None leaves `FRACTION` of the rows to one network, and a fold each to several.
    """
    groups, order = arrangement.groups, arrangement.order
    if arrangement.splits:
        return [_fold(rows, held, weights) for rows, held in arrangement.splits[:n_members]]
    if fraction == 0 or (groups is None and order is None):
        return folds(n_rows, n_members, fraction, seed, codes, weights)
    if order is not None:
        share = FRACTION if fraction is None else fraction
        n_held = min(max(round(share * n_rows), 1), n_rows - 1)
        return [_fold(np.sort(order[:-n_held]), np.sort(order[-n_held:]), weights)] * n_members
    assert groups is not None
    n_folds = min(_n_folds(n_members, fraction), len(np.unique(groups)))
    found = []
    for number in range(n_members):
        turn, fold = divmod(number, n_folds)
        if fold == 0:
            fold_of_row = _fold_of_groups(groups, n_folds, seed, turn)
        held = fold_of_row == fold
        found.append(_fold(np.flatnonzero(~held), np.flatnonzero(held), weights))
    return found


def _fold_of_groups(groups: np.ndarray, n_folds: int, seed: int, turn: int) -> np.ndarray:
    """The fold of each row: the largest groups first, each to the fold of fewest rows."""
    names, of_row, counts = np.unique(groups, return_inverse=True, return_counts=True)
    drawn = engine.permutation(len(names), seed, epoch=turn)
    fold_of_group, rows = np.empty(len(names), np.int64), np.zeros(n_folds)
    for group in drawn[np.argsort(-counts[drawn], kind="stable")]:
        fold_of_group[group] = np.argmin(rows)
        rows[fold_of_group[group]] += counts[group]
    return np.asarray(fold_of_group[of_row.reshape(-1)])


def folds(
    n_rows: int,
    n_members: int,
    fraction: float | None,
    seed: int,
    codes: np.ndarray | None = None,
    weights: np.ndarray | None = None,
) -> list[Fold]:
    """The rows of each of `n_members` networks.

    One network validates on `fraction` of the rows; several on a fold each of about that share, or
    of as many folds as networks, so that every row trains most of them; a fraction of 0 leaves all
    rows to all of them.

    Parameters
    ----------
    codes : ndarray of int, shape (n_rows,), or None
        Class of each row. A class of fewer rows than folds is always in training.
    weights : ndarray, shape (n_rows,), or None
        Evaluation rows that weigh nothing in all are none.
    """
    if fraction == 0:
        return [Fold()] * n_members
    if n_members == 1:
        share = FRACTION if fraction is None else fraction
        return [_fold(*validation_split(n_rows, share, seed, codes), weights)]
    n_folds = _n_folds(n_members, fraction)
    found = []
    for number in range(n_members):
        turn, fold = divmod(number, n_folds)
        if fold == 0:
            fold_of_row = fold_of_rows(n_rows, n_folds, seed, codes, turn)
        held_out = fold_of_row == fold
        found.append(_fold(np.flatnonzero(~held_out), np.flatnonzero(held_out), weights))
    return found


def _n_folds(n_members: int, fraction: float | None) -> int:
    if fraction is not None:
        return max(round(1.0 / fraction), 2)
    return round(1.0 / FRACTION) if n_members == 1 else min(max(n_members, _MIN_FOLDS), _MAX_FOLDS)


def _fold(rows: np.ndarray, eval_rows: np.ndarray, weights: np.ndarray | None) -> Fold:
    none = not len(eval_rows) or (weights is not None and not weights[eval_rows].any())
    return Fold() if none else Fold(rows, eval_rows)


def fold_of_rows(
    n_rows: int, n_folds: int, seed: int, codes: np.ndarray | None = None, turn: int = 0
) -> np.ndarray:
    """The fold of each row, from 0; -1 for the rows of classes with fewer rows than folds.

    Folds differ by at most one row, of each class and in all; another `turn` deals anew.
    """
    by_group, groups, counts = _by_group(n_rows, seed, codes, turn)
    dealt = by_group[counts[groups[by_group]] >= n_folds]
    fold_of_row = np.full(n_rows, -1, np.int64)
    fold_of_row[dealt] = np.arange(len(dealt)) % n_folds
    return fold_of_row


def validation_split(
    n_rows: int, fraction: float, seed: int, codes: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Training and validation rows, both ascending.

    Parameters
    ----------
    n_rows : int
    fraction : float
        Share of the rows to validate on, in [0, 1).
    seed : int
    codes : ndarray of int, shape (n_rows,), or None
        Class of each row: every class gives its share, the largest remainders round up, and keeps
        at least one training row. None draws from all rows alike.

    Returns
    -------
    rows, eval_rows : ndarray of int64
        `eval_rows` is empty where the fraction leaves none.
    """
    by_group, _, counts = _by_group(n_rows, seed, codes)
    exact = fraction * counts
    takes = np.minimum(np.floor(exact).astype(np.int64), np.maximum(counts - 1, 0))
    wanted = min(round(fraction * n_rows), n_rows - 1)
    for group in np.argsort(-(exact - takes), kind="stable"):
        if takes.sum() >= wanted:
            break
        takes[group] += takes[group] + 1 < counts[group]
    place_in_group = np.arange(n_rows) - np.repeat(np.cumsum(counts) - counts, counts)
    chosen = place_in_group < np.repeat(takes, counts)
    return np.sort(by_group[~chosen]), np.sort(by_group[chosen])


def _by_group(
    n_rows: int, seed: int, codes: np.ndarray | None, turn: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(rows, group after group, each in drawn order; the group of each row; rows of each group)."""
    order = engine.permutation(n_rows, seed, epoch=turn)
    groups = np.zeros(n_rows, np.int64) if codes is None else codes
    return order[np.argsort(groups[order], kind="stable")], groups, np.bincount(groups)
