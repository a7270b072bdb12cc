"""Metrics of probabilities.

Classes are numbers 0, 1, ... of shape (n,) beside probabilities (n, n_classes); labels that a row
may have several of are 0/1 rows of shape (n, n_labels) beside probabilities of that shape.
"""

from __future__ import annotations

import numpy as np

from chainrule.metrics.given import Array, Weights, class_rows, probability_rows


def log_loss(truth: Array, proba: Array, weights: Weights = None) -> float:
    """Mean of -log p(truth); of several labels, of the sum over them.

    Small probabilities count as they are, so that this is the loss that training sees;
    scikit-learn's function lifts them to the machine epsilon of their number type first. Only 0
    becomes the smallest normal number of that type, and 1 - p of a label, which is known to that
    epsilon, half of it where it is 0.

    Parameters
    ----------
    truth : array (n_samples,)
        Class numbers from 0, or 0/1 columns (n_samples, n_labels).
    proba : array (n_samples, n_classes)
        Probabilities; of several labels a column each.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    truth, proba, weights = probability_rows(truth, proba, weights)
    return mean(log_losses(truth, proba), weights)


def log_losses(truth: Array, proba: Array) -> Array:
    """Those of which `log_loss` is the mean, (n,)."""
    kind = np.finfo(proba.dtype)
    p = np.maximum(proba.astype(np.float64), kind.tiny)
    if truth.ndim == 1:
        likelihood = np.log(p[np.arange(len(p)), truth])
    else:
        rest = np.maximum(1.0 - p, kind.epsneg)
        likelihood = np.log(np.where(truth > 0.5, p, rest)).sum(axis=1)
    return np.asarray(-likelihood)


def brier(truth: Array, proba: Array, weights: Weights = None) -> float:
    """Mean of sum_c (p_c - y_c)^2, halved for two classes.

    Parameters
    ----------
    truth : array (n_samples,)
        Class numbers from 0, or 0/1 columns (n_samples, n_labels).
    proba : array (n_samples, n_classes)
        Probabilities; of several labels a column each.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    truth, proba, weights = probability_rows(truth, proba, weights)
    return mean(brier_losses(truth, proba), weights)


def brier_losses(truth: Array, proba: Array) -> Array:
    """Those of which `brier` is the mean, (n,)."""
    if truth.ndim > 1:
        return np.asarray(((proba - truth) ** 2).sum(axis=1))
    off = proba.copy()
    off[np.arange(len(off)), truth] -= 1.0
    squares = (off**2).sum(axis=1)
    return np.asarray(squares / 2 if off.shape[1] == 2 else squares)


def accuracy(truth: Array, proba: Array, weights: Weights = None) -> float:
    """Share of rows whose class, or whose every label, is right; a label is on above 1/2.

    Parameters
    ----------
    truth : array (n_samples,)
        Class numbers from 0, or 0/1 columns (n_samples, n_labels).
    proba : array (n_samples, n_classes)
        Probabilities; of several labels a column each.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    truth, proba, weights = class_rows(truth, proba, weights)
    if truth.ndim == 1:
        return mean(proba.argmax(axis=1) == truth, weights)
    return mean(((proba > 0.5) == (truth > 0.5)).all(axis=1), weights)


def balanced_accuracy(truth: Array, proba: Array, weights: Weights = None) -> float:
    """The mean over the classes among these rows of the share of right ones.

    Parameters
    ----------
    truth : array (n_samples,)
        Class numbers from 0.
    proba : array (n_samples, n_classes)
        Probabilities.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    return 1.0 - balanced_error(truth, proba, weights)


def balanced_error(truth: Array, proba: Array, weights: Weights = None) -> float:
    """The mean over the classes among these rows of the share of wrong ones.

    Parameters
    ----------
    truth : array (n_samples,)
        Class numbers from 0.
    proba : array (n_samples, n_classes)
        Probabilities.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    truth, proba, weights = class_rows(truth, proba, weights, labels=False)
    mass = np.ones(len(truth)) if weights is None else weights
    wrong = mass * (np.argmax(proba, axis=1) != truth)
    of_class, of_wrong = np.bincount(truth, mass), np.bincount(truth, wrong)
    met = of_class > 0
    return float(np.mean(of_wrong[met] / of_class[met]))


def confusion(truth: Array, proba: Array, weights: Weights = None) -> Array:
    """Mass of rows of class i that are answered as class j, shape (n_classes, n_classes).

    Parameters
    ----------
    truth : array (n_samples,)
        Class numbers from 0.
    proba : array (n_samples, n_classes)
        Probabilities.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    ndarray (n_classes, n_classes)

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    truth, proba, weights = class_rows(truth, proba, weights, labels=False)
    n_classes = proba.shape[1]
    places = truth * n_classes + proba.argmax(axis=1)
    counts = np.bincount(places, weights, n_classes * n_classes)
    return counts.reshape(n_classes, n_classes)


def of_each_class(truth: Array, proba: Array, weights: Weights = None) -> dict[str, Array]:
    """Precision, recall, F1 and mass of the rows of each class, or of each label; (n_classes,).

    What is divided by no row at all is 0, as in scikit-learn: the precision of a class that is
    never answered.

    Parameters
    ----------
    truth : array (n_samples,)
        Class numbers from 0, or 0/1 columns (n_samples, n_labels).
    proba : array (n_samples, n_classes)
        Probabilities; of several labels a column each.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    dict of str to ndarray
        "precision", "recall", "f1" and "rows".

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    truth, proba, weights = class_rows(truth, proba, weights)
    if truth.ndim == 1:
        counts = confusion(truth, proba, weights)
        right, rows, answered = counts.diagonal(), counts.sum(axis=1), counts.sum(axis=0)
    else:
        mass = np.ones(len(truth)) if weights is None else weights
        on, guess = truth > 0.5, proba > 0.5
        right, rows, answered = mass @ (on & guess), mass @ on, mass @ guess
    return {
        "precision": _share(right, answered),
        "recall": _share(right, rows),
        "f1": _share(2 * right, rows + answered),
        "rows": rows,
    }


def f1(truth: Array, proba: Array, weights: Weights = None) -> float:
    """2 right / (rows + answers) of class 1; of more classes, or of labels, the mean over them.

    Parameters
    ----------
    truth : array (n_samples,)
        Class numbers from 0, or 0/1 columns (n_samples, n_labels).
    proba : array (n_samples, n_classes)
        Probabilities; of several labels a column each.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    return _of_interest("f1", truth, proba, weights)


def precision(truth: Array, proba: Array, weights: Weights = None) -> float:
    """Share of right ones among the answers "class 1"; of more classes the mean over them.

    Parameters
    ----------
    truth : array (n_samples,)
        Class numbers from 0, or 0/1 columns (n_samples, n_labels).
    proba : array (n_samples, n_classes)
        Probabilities; of several labels a column each.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    return _of_interest("precision", truth, proba, weights)


def recall(truth: Array, proba: Array, weights: Weights = None) -> float:
    """Share of the rows of class 1 that are found; of more classes the mean over them.

    Parameters
    ----------
    truth : array (n_samples,)
        Class numbers from 0, or 0/1 columns (n_samples, n_labels).
    proba : array (n_samples, n_classes)
        Probabilities; of several labels a column each.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    return _of_interest("recall", truth, proba, weights)


def _of_interest(name: str, truth: Array, proba: Array, weights: Weights) -> float:
    """That of class 1 where there are two, else the mean over the classes."""
    values = of_each_class(truth, proba, weights)[name]
    two = np.ndim(truth) == 1 and len(values) == 2
    return float(values[1] if two else values.mean())


def _share(part: Array, whole: Array) -> Array:
    shares: Array = np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)
    return shares


def means(values: Array, weights: Weights) -> Array:
    """Over the rows, in float64: NumPy adds up columns one row after another in their own type."""
    return np.asarray(np.average(values.astype(np.float64), axis=0, weights=weights))


def mean(values: Array, weights: Weights) -> float:
    """The mean over the rows by weight."""
    return float(means(values, weights))
