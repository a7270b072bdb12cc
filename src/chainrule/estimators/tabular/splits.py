"""The argument `cv`: which rows train each network and which choose its epoch, as others say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from chainrule.errors import DataError, SpecError
from chainrule.estimators.arguments import listed
from chainrule.estimators.tabular.rows import KeptRows

Pair = tuple[np.ndarray, np.ndarray]

_ALLOWED = (
    "cv must be a splitter of scikit-learn, a number of folds from 2 on, or pairs of arrays of "
    "training and validation rows"
)


def read_splits(
    cv: Any, kept: KeptRows, codes: np.ndarray | None, groups: np.ndarray | None, seed: int
) -> list[Pair]:
    """(training rows, validation rows) of each network, as numbers among the kept rows.

    Parameters
    ----------
    cv : int, splitter, or sequence of pairs
        Pairs count the rows of the whole table, a splitter gets the kept ones.
    codes : ndarray of int, or None
        Class of each kept row, which a number of folds and stratified splitters share out.
    groups : ndarray of int, or None
        Of the kept rows.

    Raises
    ------
    SpecError
        For what is no way to split rows.
    DataError
        For a splitter that cannot split these rows, and for a split that leaves rows of neither
        kind or has rows of both.
    """
    if hasattr(cv, "split") and hasattr(cv, "get_n_splits"):
        return [_checked(pair, len(kept.rows)) for pair in _split(cv, kept, codes, groups)]
    if isinstance(cv, int | np.integer) and not isinstance(cv, bool):
        if not 2 <= cv <= kept.n_rows:
            raise SpecError(f"{_ALLOWED}, found {cv}.")
        return read_splits(_folds_of(int(cv), codes, groups, seed), kept, codes, groups, seed)
    pairs = None if isinstance(cv, Mapping) else listed(cv)
    if not pairs:
        raise SpecError(f"{_ALLOWED}, found {cv!r}.")
    place = np.full(kept.n_rows, -1)
    place[kept.rows] = np.arange(len(kept.rows))
    found = []
    for pair in pairs:
        rows, held = _checked(pair, kept.n_rows)
        found.append((_known(place[rows]), _known(place[held])))
    return found


def _known(places: np.ndarray) -> np.ndarray:
    return np.asarray(places[places >= 0])


def _folds_of(n_folds: int, codes: Any, groups: Any, seed: int) -> Any:
    from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold

    if groups is not None:
        return GroupKFold(n_folds)
    kind = KFold if codes is None else StratifiedKFold
    return kind(n_folds, shuffle=True, random_state=seed % (1 << 32))


def _split(
    cv: Any, kept: KeptRows, codes: np.ndarray | None, groups: np.ndarray | None
) -> list[Any]:
    n_rows = len(kept.rows)
    y = np.zeros(n_rows) if codes is None else codes
    try:
        return list(cv.split(np.zeros((n_rows, 1)), y, groups))
    except ValueError as error:
        hint = "" if groups is not None else "A splitter by groups needs fit(..., groups=...)."
        raise DataError(f"cv cannot split these rows: {error}", hint) from None


def _checked(pair: Any, n_rows: int) -> Pair:
    try:
        rows, held = (np.asarray(part) for part in pair)
    except (TypeError, ValueError):
        raise SpecError(f"{_ALLOWED}, found the pair {pair!r}.") from None
    for part in (rows, held):
        if part.ndim != 1 or part.dtype.kind not in "iu" or not len(part):
            raise SpecError(f"{_ALLOWED}, found the pair {pair!r}.")
        if part.min() < 0 or part.max() >= n_rows:
            raise DataError(f"cv names row {part.max()}, and the table has {n_rows} rows.")
    if np.intersect1d(rows, held).size:
        raise DataError("cv gives a split that validates on rows it trains on.")
    return np.unique(rows), np.unique(held)
