"""Expected gradients: the way from a background row to a row, shared out among the columns.

    phi_c = E over x', alpha of  sum over inputs i of c  (x_i - x'_i) df/dx_i (x' + alpha (x - x'))

with x' drawn from the background and alpha uniform in (0, 1): integrated gradients (Sundararajan et
al. 2017), averaged over where they start (Erion et al. 2021); the Aumann-Shapley value.
"""

from __future__ import annotations

import numpy as np

from chainrule import engine
from chainrule.explain.attribution.answer import Answer, MeanAnswer
from chainrule.explain.attribution.estimate import (
    Array,
    Estimate,
    adding_up,
    drawn,
)
from chainrule.explain.attribution.stem import Stem

_POINTS = 1 << 13  # of paths that are worked at together


def expected_gradients(
    mean: MeanAnswer, X: Array, background: Array, *, n_samples: int, seed: int
) -> Estimate:
    """Attribute a mean of networks' answers.

    Parameters
    ----------
    mean : MeanAnswer
    X : ndarray (n_rows, n_features)
    background : ndarray (n_background, n_features)
        Rows where paths start.
    n_samples : int
        Points of paths a row; rounded up to a multiple of the networks, which share them.
    seed : int
        Of background rows and places on the paths.
    """
    stems = [Stem.cut(mean.spec, params) for params in mean.networks]
    n_each = -(-n_samples // len(stems))
    sums, squares = np.zeros((2, len(X), *mean.shape))
    random = np.random.default_rng(seed)
    per_block = max(_POINTS // n_each, 1)
    for first in range(0, len(X), per_block):
        rows = X[first : first + per_block]
        for stem, answer in zip(stems, mean.answers, strict=True):
            parts = _contributions(mean, stem, answer, rows, background, n_each, random)
            sums[first : first + per_block] += parts.sum(axis=1)
            squares[first : first + per_block] += (parts**2).sum(axis=1)
    n = n_each * len(stems)
    return adding_up(sums, squares, n, mean.value(X), mean.value(background).mean(axis=0))


def _contributions(
    mean: MeanAnswer,
    stem: Stem,
    answer: Answer,
    rows: Array,
    background: Array,
    n_each: int,
    random: np.random.Generator,
) -> Array:
    """One network's share of each sample: (n_rows, n_each, n_columns, n_answers), float64."""
    n, shape, n_threads = len(rows), mean.shape, mean.n_threads
    group = mean.columns[stem.inputs]
    start = background[drawn(random, n, n_each, len(background)).reshape(-1)]
    strata = random.permuted(np.broadcast_to(np.arange(n_each), (n, n_each)), axis=1)
    alpha = (strata + random.random((n, n_each))) / n_each
    a, way = stem.at(
        start, np.repeat(rows, n_each, axis=0), alpha.reshape(-1, 1).astype(rows.dtype)
    )
    z = None
    if answer.link != "identity":
        z = engine.predict(stem.head, stem.params, a, logits=True, n_threads=n_threads)
    folded = np.empty((n, n_each, *shape))
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(shape[0]))
    empty = np.bincount(group, minlength=shape[0]) == 0
    for k in range(shape[1]):
        seeds = answer.slope(k, z, len(a)).astype(a.dtype)
        slope = engine.pullback(stem.head, stem.params, a, seeds, n_threads=n_threads)
        product = (slope * stem.scale * way)[:, order].astype(np.float64)
        columns = np.add.reduceat(product, np.minimum(starts, len(order) - 1), axis=1)
        columns[:, empty] = 0.0
        folded[..., k] = columns.reshape(n, n_each, -1)
    return folded
