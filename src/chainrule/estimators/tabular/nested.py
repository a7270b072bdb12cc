"""Nested validation: each row is answered by an epoch and a temperature chosen without it.

The validation rows of a network choose its epoch and its temperature, so that the score of the kept
epoch on them is too good. Here they are dealt into parts; for each part the other parts choose
epoch and temperature anew, from the outputs recorded after every epoch, and only then is the part
looked at. It costs no training: the course of the parameters does not depend on validation rows.

Rows that belong together are dealt together. In time the parts are stretches, and the rows that
choose for one are at least a quarter of the validation rows away from it (h-block cross-validation:
Burman, Chow and Nolan 1994). The level of a series that wanders is the same before and after a
stretch, so that an epoch which happens to meet it there meets it inside, too: without the distance
the score of a series whose memory is half of the validation rows is a third too good.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from chainrule import engine
from chainrule.estimators.tabular.epoch_values import best_epoch, epoch_values
from chainrule.estimators.tabular.rows import Rows
from chainrule.spec import Loss

Array = np.ndarray

N_PARTS = 10
# Numbers kept of the outputs of all epochs and networks together, 4 or 8 bytes each, and the rows
# of a network that are enough to know a score by.
_MOST_NUMBERS = 1 << 25
_MOST_ROWS = 20_000
# How far in time, as a share of the rows, a row must be from those it chooses for.
APART = 0.25


@dataclass
class Recorded:
    """The outputs of one network on its validation rows, after every epoch.

    Attributes
    ----------
    places : ndarray of int64
        Which of the validation rows are recorded, ascending.
    outputs : list of ndarray, shape (n, n_outputs)
        a(L) of those, one entry an epoch.
    """

    places: Array
    outputs: list[Array]

    @classmethod
    def of(cls, n_rows: int, n_outputs: int, n_epochs: int, n_networks: int) -> Recorded:
        """An empty record of all rows, or of evenly spaced ones where they are too many."""
        room = _MOST_NUMBERS // max(n_outputs * n_epochs * n_networks, 1)
        n_kept = min(n_rows, _MOST_ROWS, max(room, 100))
        return cls(np.unique(np.linspace(0, n_rows - 1, n_kept).astype(np.int64)), [])

    def __call__(self, outputs: Array) -> None:
        """After an epoch."""
        self.outputs.append(outputs[self.places])


def parts_of_rows(
    n_rows: int,
    seed: int,
    *,
    strata: Array | None = None,
    groups: Array | None = None,
    order: Array | None = None,
) -> Array:
    """The part of each validation row, from 0.

    Parameters
    ----------
    strata : ndarray of int, shape (n_rows,), or None
        Every part gets its share of each.
    groups : ndarray of int, shape (n_rows,), or None
        Rows of a group go together.
    order : ndarray of int, shape (n_rows,), or None
        When each row was: parts are stretches of time.
    """
    if order is not None:
        return np.asarray(np.argsort(np.argsort(order)) * N_PARTS // max(n_rows, 1))
    if groups is not None:
        names, of_row = np.unique(groups, return_inverse=True)
        order = np.empty(len(names), np.int64)
        order[engine.permutation(len(names), seed)] = np.arange(len(names))
        return np.asarray(order[of_row.reshape(-1)] % N_PARTS)
    order = engine.permutation(n_rows, seed)
    if strata is not None:
        order = order[np.argsort(strata[order], kind="stable")]
    parts = np.empty(n_rows, np.int64)
    parts[order] = np.arange(n_rows) % N_PARTS
    return parts


def nested_outputs(
    recorded: Array,
    rows: Rows,
    parts: Array,
    metric: Callable[[Rows], engine.run.Metric],
    loss: Loss,
    finish: Callable[[Array, Rows, Array], Array],
    order: Array | None = None,
) -> Array:
    """Outputs of the rows, each part's by what the other parts chose; (n, n_outputs).

    Parameters
    ----------
    recorded : ndarray, shape (n_epochs, n, n_outputs)
    rows : Rows
        The n rows, without inputs.
    parts : ndarray of int, shape (n,)
    metric : callable
        From rows to what chooses an epoch by them.
    finish : callable
        finish(outputs of the choosing rows, those rows, outputs of the part): what the target
        makes of the part's outputs, such as scaling by a temperature of the choosing rows.
    order : ndarray of int, shape (n,), or None
        When each row was: rows near a part in time do not choose for it.
    """
    answers = np.empty(recorded.shape[1:], np.float64)
    for part in np.unique(parts):
        own = parts == part
        others = np.flatnonzero(~own if order is None else _apart(order, own))
        if not len(others) or (rows.weights is not None and not rows.weights[others].any()):
            others = np.arange(len(own))  # too few rows to leave any out
        choosing = rows.targets(others)
        values = epoch_values(metric(choosing), loss, recorded[:, others], choosing)
        chosen = recorded[best_epoch(values)]
        answers[own] = finish(chosen[others], choosing, chosen[own])
    return answers


def _apart(order: Array, own: Array) -> Array:
    """Whether each row is far from some rows in time."""
    place = np.argsort(np.argsort(order))
    gap = APART * len(place)
    return np.asarray((place < place[own].min() - gap) | (place > place[own].max() + gap))


def together(columns: Sequence[Array], places: Sequence[Array], n_rows: int) -> Array:
    """Each network's rows at their places of the table, NaN elsewhere; (n_networks, n_rows, k)."""
    whole = np.full((len(columns), n_rows, columns[0].shape[1]), np.nan)
    for network, (values, rows) in enumerate(zip(columns, places, strict=True)):
        whole[network, rows] = values
    return whole
