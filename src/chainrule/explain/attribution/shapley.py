"""Shapley values: a column's step from a background row to a row, over all orders of the columns.

    phi_c = E over x', order of  f(x' with those up to c from x) - f(x' with those before c from x)

with x' drawn from the background and every order as likely as any other (Shapley 1953; sampled as
by Strumbelj and Kononenko 2014, each order together with its reverse). A path of C columns takes
C + 1 forward passes, where expected gradients take two passes a point.
"""

from __future__ import annotations

import numpy as np

from chainrule.explain.attribution.answer import MeanAnswer
from chainrule.explain.attribution.estimate import (
    Array,
    Estimate,
    adding_up,
    drawn,
)

_POINTS = 1 << 14  # rows of a forward pass


def shapley(
    mean: MeanAnswer, X: Array, background: Array, *, n_samples: int, seed: int
) -> Estimate:
    """Attribute a mean of networks' answers.

    The arguments are those of `expected_gradients`, with `n_samples` orders a row, rounded up to an
    even number.
    """
    n_pairs, n_columns = -(-n_samples // 2), mean.n_columns
    sums, squares = np.zeros((2, len(X), *mean.shape))
    random = np.random.default_rng(seed)
    per_block = max(_POINTS // (2 * n_pairs), 1)
    for first in range(0, len(X), per_block):
        rows = X[first : first + per_block]
        n = len(rows)
        start = background[drawn(random, n, n_pairs, len(background))]
        rank = random.permuted(
            np.broadcast_to(np.arange(n_columns), (n, n_pairs, n_columns)), axis=-1
        )
        rank = np.stack([rank, n_columns - 1 - rank], axis=2)  # (n, n_pairs, 2, n_columns)
        start = np.repeat(start[:, :, None], 2, axis=2)
        parts = np.zeros((*rank.shape, mean.shape[1]))
        before = None
        for step in range(n_columns + 1):
            taken = (rank < step)[..., mean.columns]  # features that have come to x
            point = np.where(taken, rows[:, None, None], start)
            found = mean.value(point.reshape(-1, X.shape[1])).reshape(*rank.shape[:3], -1)
            if before is not None:
                parts[rank == step - 1] = (found - before).reshape(-1, mean.shape[1])
            before = found
        pairs = parts.mean(axis=2)
        sums[first : first + n] = pairs.sum(axis=1)
        squares[first : first + n] = (pairs**2).sum(axis=1)
    return adding_up(sums, squares, n_pairs, mean.value(X), mean.value(background).mean(axis=0))
