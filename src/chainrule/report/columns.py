"""What columns are worth: how much worse without them, and what they add to each answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.explain.attribution import Attributions
from chainrule.explain.attribution.swarm import ranks
from chainrule.report.contents import Importance, Shares, Swarm
from chainrule.report.model import FittedModel

MOST_COLUMNS = 12
_MOST_ANSWERS = 4  # that are shown row by row
_MOST_SWARM = 8
_MOST_ROWS = 2_000  # for permutations
_CELLS = 1_000  # rows times answers that are attributed


def importance_of(model: FittedModel, X: Any, y: np.ndarray, weights: Any) -> Importance:
    """By permutation, of at most 2,000 rows; X is a `Table`."""
    rows = sample(len(y), _MOST_ROWS)
    found = model.feature_importance(
        X.take(rows), y[rows], None if weights is None else weights[rows]
    )
    return Importance(
        found.names[:MOST_COLUMNS],
        tuple(found.mean[:MOST_COLUMNS].tolist()),
        tuple(found.std[:MOST_COLUMNS].tolist()),
        len(found.names),
        len(rows),
        "1 − score" if found.metric == "score" else found.metric,
    )


def shares_of(model: FittedModel, X: Any, n_answers: int) -> Shares:
    """By `attribute`, of at most 300 rows, fewer where many numbers are answered."""
    rows = sample(X.n_rows, int(np.clip(_CELLS // max(n_answers, 1), 20, 300)))
    found = model.attribute(X.take(rows), background=X)
    order = found.order[:MOST_COLUMNS]
    flat = found.errors.reshape(len(found), len(found.names), -1)
    errors = np.sqrt((flat**2).sum(axis=(0, 2))) / (len(found) * flat.shape[2])
    answers = found.answer_names[:_MOST_ANSWERS]
    each = [(name, found.of(name)) for name in answers] or [("", found)]
    return Shares(
        unit=found.unit,
        method=found.method,
        n_rows=len(found),
        n_columns=len(found.names),
        names=tuple(found.names[k] for k in order),
        sizes=tuple(found.mean_sizes[order].tolist()),
        errors=tuple(errors[order].tolist()),
        swarms=tuple((name, _swarms(one)) for name, one in each),
    )


def _swarms(found: Attributions) -> tuple[Swarm, ...]:
    return tuple(
        Swarm(
            found.names[k],
            tuple(found.values[:, k].tolist()),
            tuple(ranks(found.data[:, k]).tolist()),
        )
        for k in found.order[:_MOST_SWARM]
    )


def sample(n: int, most: int) -> np.ndarray:
    """All rows, or that many of them, the same each time and in order."""
    if n <= most:
        return np.arange(n)
    return np.sort(np.random.default_rng(0).choice(n, most, replace=False))
