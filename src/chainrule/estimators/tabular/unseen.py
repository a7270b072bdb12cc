"""A bag on rows that some of its networks trained on, as it would answer them had none done so.

A bag answers with the mean of its networks, of which only one has not trained on a row. What the
others would have said without it is estimated: training on row i moved the outputs along
y_i - p_i, more or less. So their outputs are moved back by

    t (y_i - p_i)        p_i the answer of all networks together

with the one t at which the mean loss of these outputs is that of outputs that are honest. The mean
of all is then worth what the bag is worth: for the log-loss and for squared errors,

    loss of the mean = mean of the losses - spread of the outputs        (LSE(z) for z^2)

exactly, the first term is honest, and the second hardly depends on who trained on the row. (The
decomposition: Krogh and Vedelsby 1995.)

Networks that know the rows by heart leave y_i - p_i next to nothing, so that no t is enough. The
honest answer to a row then stands for all: the score is that of one network, on the safe side.

The rows themselves say what t is, and other rows would say something else. That is the larger part
of what a score of moved answers does not know: they all move together, so that rows, or groups of
them, look more alike than they are. With weights s, row i pulls t by

    dt = sum_i s_i pull_i / sum_i s_i,      pull_i = (h_i - g_i) / (d mean_i g_i / dt)

where h_i and g_i are the row's shares in the mean loss of honest and of moved outputs, less those
means. `score_intervals` lets t move with the rows that are drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray

_HALVINGS = 50
_FURTHEST = 50.0
_STEP = 1e-4  # of t, for a slope


@dataclass(frozen=True)
class Moved:
    """Answers of networks, those that trained on a row moved back.

    Attributes
    ----------
    answers : ndarray, shape (n_networks, n, n_outputs)
    slope : ndarray, the same shape, or None
        Of `answers` by t; None where nothing was moved.
    pull : ndarray, shape (n,)
        How each row moves t.
    """

    answers: Array
    slope: Array | None
    pull: Array


def as_if_unseen(
    answers: Array,
    honest: Array,
    truth: Array,
    link: Callable[[Array], Array],
    losses: Callable[[Array], Array],
    weights: Array | None,
) -> Moved:
    """The networks' answers where those that trained on a row are moved back.

    Parameters
    ----------
    answers : ndarray, shape (n_networks, n, n_outputs)
    honest : ndarray of bool, shape (n_networks, n)
        Whether the network had the row for validation; one network at least in every row.
    truth : ndarray, shape (n, n_outputs)
        In the units of `link(answers)`.
    link : callable
        From answers to what the truth is subtracted from: probabilities of logits.
    losses : callable
        Row losses of answers (..., n, n_outputs), shape (..., n).
    weights : ndarray, shape (n,), or None
    """
    seen, n_rows = ~honest, answers.shape[1]
    if not seen.any():
        return Moved(answers, None, np.zeros(n_rows))
    back = truth - link(answers.mean(axis=0))
    mass = np.ones(n_rows) if weights is None else weights

    def mean_loss(values: Array, which: Array) -> float:
        shares = which * mass
        return float((losses(values) * shares).sum() / shares.sum())

    wanted = mean_loss(answers, honest)
    low, high = 0.0, _FURTHEST
    if not mean_loss(answers, seen) < wanted:
        return Moved(answers, None, np.zeros(n_rows))
    if mean_loss(answers - high * back, seen) < wanted:
        return Moved(_honest_alone(answers, honest), None, np.zeros(n_rows))
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if mean_loss(answers - middle * back, seen) < wanted:
            low = middle
        else:
            high = middle
    slope = np.where(seen[:, :, None], -back, 0.0)
    moved = np.where(seen[:, :, None], answers - low * back, answers)
    steepness = (mean_loss(moved + _STEP * slope, seen) - mean_loss(moved, seen)) / _STEP
    if not steepness > 0.0:
        return Moved(moved, None, np.zeros(n_rows))
    of_row = losses(moved)
    pull = _shares(of_row, honest, mass) - _shares(of_row, seen, mass)
    return Moved(moved, slope, pull / steepness)


def _honest_alone(answers: Array, honest: Array) -> Array:
    """Of each row the mean of its honest answers in place of the others."""
    known = np.where(honest[:, :, None], answers, 0.0).sum(axis=0) / honest.sum(axis=0)[:, None]
    return np.where(honest[:, :, None], answers, known)


def _shares(losses: Array, which: Array, mass: Array) -> Array:
    """What each row adds to a mean loss over some of its networks, less that mean."""
    count = which.sum(axis=0)
    total = (losses * which).sum(axis=0)
    rows = float(mass @ count)
    return np.asarray((total - count * (mass @ total) / rows) * (mass.sum() / rows))
