"""Which rows train a network and which choose its epoch: seeded, a fair share of each class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule import engine

# A bag of fewer networks still validates each on a quarter of the rows only, and a larger one goes
# through the rows again in another order, so that a fold keeps enough rows to choose by.
_MIN_FOLDS, _MAX_FOLDS = 4, 10


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


def folds(
    n_rows: int,
    n_members: int,
    fraction: float,
    seed: int,
    codes: np.ndarray | None = None,
    weights: np.ndarray | None = None,
) -> list[Fold]:
    """The rows of each of `n_members` networks.

    One network validates on `fraction` of the rows; several on a fold each, so that every row
    trains most of them; a fraction of 0 leaves all rows to all of them.

    Parameters
    ----------
    codes : ndarray of int, shape (n_rows,), or None
        Class of each row. A class of fewer rows than folds is always in training.
    weights : ndarray, shape (n_rows,), or None
        Validation rows that weigh nothing in all are none.
    """
    if fraction == 0:
        return [Fold()] * n_members
    if n_members == 1:
        return [_fold(*validation_split(n_rows, fraction, seed, codes), weights)]
    n_folds = min(max(n_members, _MIN_FOLDS), _MAX_FOLDS)
    found = []
    for number in range(n_members):
        turn, fold = divmod(number, n_folds)
        if fold == 0:
            fold_of_row = fold_of_rows(n_rows, n_folds, seed, codes, turn)
        held_out = fold_of_row == fold
        found.append(_fold(np.flatnonzero(~held_out), np.flatnonzero(held_out), weights))
    return found


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
