"""The networks of a model: what is kept of each, and how it differs from the others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from chainrule.spec import CategoryEmbedding, History, NetworkSpec, TrainingSpec


@dataclass(frozen=True)
class Member:
    """A trained network of a model.

    Attributes
    ----------
    params : dict of str to ndarray
    history : History
    eval_rows : ndarray of int64 or None
        Places in the training table of the rows that chose its epoch; None where they came from
        elsewhere, where there were none, and after loading.
    """

    params: dict[str, np.ndarray]
    history: History
    eval_rows: np.ndarray | None = None


def training_of(training: TrainingSpec, member: int) -> TrainingSpec:
    """A member's own training: that of the model with another seed, the first one's with its own.

    Seeds derive from (seed, member), so that no result depends on which thread runs which member.
    """
    if member == 0:
        return training
    drawn = np.random.SeedSequence([training.seed, member]).generate_state(1, np.uint64)
    return replace(training, seed=int(drawn[0]))


def with_all_levels(
    spec: NetworkSpec,
    params: dict[str, np.ndarray],
    inputs: np.ndarray,
    rows: np.ndarray | None,
    weights: np.ndarray | None,
) -> dict[str, np.ndarray]:
    """Parameters in which no embedded level is left as it was drawn.

    A level that the training rows do not have, such as "missing" in a table without gaps, gets the
    mean of those they have, by weight: the same as not knowing which of them it is.

    Parameters
    ----------
    inputs : ndarray, shape (n, n_features)
    rows : ndarray of int, or None
        Those of training; None is all.
    weights : ndarray, shape (n,), or None
    """
    mass = None if weights is None else weights if rows is None else weights[rows]
    changed = dict(params)
    for placed in spec.walk:
        if not isinstance(placed.layer, CategoryEmbedding):
            continue
        name = placed.name("embedding")
        embedding = changed[name] = params[name].copy()
        stop = 0
        for column, count in enumerate(placed.layer.levels, start=placed.first):
            start, stop = stop, stop + count + 1
            codes = inputs[:, column] if rows is None else inputs[rows, column]
            met = np.bincount(codes.astype(np.intp), mass, count + 1)
            known = met[1:]
            if known.any():
                mean = known @ embedding[start + 1 : stop].astype(np.float64) / known.sum()
                embedding[start:stop][met == 0] = mean
    return changed
