"""How much one column tells of y by itself."""

from __future__ import annotations

import numpy as np

from chainrule.metrics import auc, r2


def column_score(x: np.ndarray, y: np.ndarray, classes: bool) -> float:
    """How well one column (n, inputs of it) predicts y (n, outputs) on rows that it did not see.

    Every other row along the sorted column is predicted from its neighbours among the rest: the
    mean of the nearest three below and above, or of all equal values where there are more.

    Returns
    -------
    float
        Macro average of the area under the ROC curve (classes), else of R2 over outputs.
    """
    value = x[:, 0] if x.shape[1] == 1 else np.unique(x, axis=0, return_inverse=True)[1]
    value = np.asarray(value, np.float64).reshape(-1)
    order = np.lexsort((np.random.default_rng(0).random(len(value)), value))
    value, y = value[order], y[order]
    learn, judge = slice(0, None, 2), slice(1, None, 2)
    known, target = value[learn], y[learn]
    low = np.searchsorted(known, value[judge], "left")
    high = np.searchsorted(known, value[judge], "right")
    middle = high - low < 3  # few equal values: three on either side instead
    low = np.where(middle, np.maximum(low - 3, 0), low)
    high = np.where(middle, np.minimum(high + 3, len(known)), high)
    sums = np.vstack([np.zeros(y.shape[1]), np.cumsum(target, axis=0)])
    count = (high - low)[:, np.newaxis]
    guess = (sums[high] - sums[low]) / np.maximum(count, 1)
    truth = y[judge]
    if classes:
        parts = [auc(truth[:, k], guess[:, k]) for k in range(y.shape[1])]
    else:
        line = [np.polynomial.Polynomial.fit(known, target[:, k], 1) if np.ptp(known) else None
                for k in range(y.shape[1])]  # fmt: skip
        parts = [
            max(
                r2(truth[:, k], guess[:, k]),
                -1.0 if p is None else r2(truth[:, k], p(value[judge])),
            )
            for k, p in enumerate(line)
            if np.ptp(truth[:, k])
        ]
    found = [part for part in parts if not np.isnan(part)]
    return float(np.mean(found)) if found else 0.0


def likeness(x: np.ndarray, y: np.ndarray) -> float:
    """Share of a column's variance, inputs (n, k), that the classes y (n, outputs) account for.

    A copy of the answer has one value a class and gets 1, whatever the values are.
    """
    _, group, counts = np.unique(y, axis=0, return_inverse=True, return_counts=True)
    group = group.reshape(-1)
    sums = np.zeros((len(counts), x.shape[1]))
    np.add.at(sums, group, x)
    within = float(((x - (sums / counts[:, np.newaxis])[group]) ** 2).sum())
    spread = float(((x - x.mean(axis=0)) ** 2).sum())
    return 1.0 - within / spread if spread else 0.0
