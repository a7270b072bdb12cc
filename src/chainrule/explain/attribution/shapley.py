"""Shapley values: a column's step from a background row to a row, over all orders of the columns.

    phi_c = E over x', order of  f(x' with those up to c from x) - f(x' with those before c from x)

with x' drawn from the background and every order as likely as any other (Shapley 1953; sampled as
by Strumbelj and Kononenko 2014, each order together with its reverse). A path of C columns takes
C + 1 forward passes, where expected gradients take two passes a point.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainrule.explain.attribution.answer import Answer
from chainrule.explain.attribution.estimate import (
    Array,
    Estimate,
    adding_up,
    drawn,
    mean_answer,
)
from chainrule.spec import NetworkSpec

_POINTS = 1 << 14  # rows of a forward pass


def shapley(
    spec: NetworkSpec,
    networks: Sequence[dict[str, Array]],
    answers: Sequence[Answer],
    X: Array,
    background: Array,
    columns: Array,
    *,
    n_columns: int,
    n_samples: int,
    seed: int,
    n_threads: int | None = None,
) -> Estimate:
    """Attribute the mean of some networks' answers.

    The arguments are those of `expected_gradients`, with `n_samples` orders a row, rounded up to an
    even number.
    """
    n_pairs = -(-n_samples // 2)
    shape = (len(X), n_columns, len(answers[0].offsets))
    sums, squares = np.zeros(shape), np.zeros(shape)
    random = np.random.default_rng(seed)
    per_block = max(_POINTS // (2 * n_pairs), 1)

    def answered(rows: Array) -> Array:
        return mean_answer(spec, networks, answers, rows, n_threads)

    for first in range(0, len(X), per_block):
        rows = X[first : first + per_block]
        n = len(rows)
        start = background[drawn(random, n, n_pairs, len(background))]
        rank = random.permuted(
            np.broadcast_to(np.arange(n_columns), (n, n_pairs, n_columns)), axis=-1
        )
        rank = np.stack([rank, n_columns - 1 - rank], axis=2)  # (n, n_pairs, 2, n_columns)
        start = np.repeat(start[:, :, None], 2, axis=2)
        parts = np.zeros((*rank.shape, shape[2]))
        before = None
        for step in range(n_columns + 1):
            taken = (rank < step)[..., columns]  # features that have come to x
            point = np.where(taken, rows[:, None, None], start)
            found = answered(point.reshape(-1, X.shape[1])).reshape(*rank.shape[:3], -1)
            if before is not None:
                parts[rank == step - 1] = (found - before).reshape(-1, shape[2])
            before = found
        pairs = parts.mean(axis=2)
        sums[first : first + n] = pairs.sum(axis=1)
        squares[first : first + n] = (pairs**2).sum(axis=1)
    values = sums / n_pairs
    variance = np.maximum(squares / n_pairs - values**2, 0.0) / max(n_pairs - 1, 1)
    return adding_up(values, variance, answered(X), answered(background).mean(axis=0))
