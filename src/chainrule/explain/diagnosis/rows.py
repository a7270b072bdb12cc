"""Detectors that look at the rows: their inputs and their targets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from chainrule.explain.derivation.wiring import coded_features
from chainrule.explain.diagnosis.detectors import TABLE, finding
from chainrule.explain.diagnosis.evidence import Evidence
from chainrule.explain.diagnosis.findings import Finding
from chainrule.metrics import auc, r2

CLASS_LOSSES = ("cross_entropy", "binary_cross_entropy")


def constant_target(seen: Evidence) -> Iterator[Finding]:
    """Nothing to learn: one value in y."""
    y = np.asarray(seen.y).reshape(seen.n, -1)
    if seen.n > 1 and bool((y == y[0]).all()):
        value = seen.labels[int(y[0, 0])] if seen.y.ndim == 1 and _labelled(seen) else y[0].tolist()
        yield finding("constant-target", {"n": seen.n, "value": str(value)})


def _labelled(seen: Evidence) -> bool:
    return seen.spec.loss.name == "cross_entropy" and bool(seen.labels)


def imbalance(seen: Evidence) -> Iterator[Finding]:
    """A class below one row in a hundred."""
    limits = TABLE["imbalance"]
    if seen.spec.loss.name not in CLASS_LOSSES or seen.n < limits["rows"]:
        return
    rows = np.asarray(seen.all_targets)
    shares = np.average(rows, axis=0, weights=seen.weights)
    names = [str(name) for name in seen.labels or range(len(shares))]
    if seen.spec.loss.name == "binary_cross_entropy":
        rare, shares = shares <= 0.5, np.minimum(shares, 1.0 - shares)
        names = [name if r else f"not {name}" for name, r in zip(names, rare, strict=True)]
    place = int(np.argmin(shares))
    share = float(shares[place])
    if 0 < share < limits["share"]:
        evidence = {"share": 100.0 * share, "n": seen.n, "label": f"'{names[place]}'"}
        yield finding("imbalance", evidence)


def unscaled_inputs(seen: Evidence) -> Iterator[Finding]:
    """Spreads far apart, by standard deviation and by range, so that no rare flag counts."""
    x = np.asarray(seen.trace.x, np.float64)
    spread, reach = x.std(axis=0), np.ptp(x, axis=0)
    used = np.flatnonzero((spread > 0) & ~np.isin(np.arange(x.shape[1]), coded_features(seen.spec)))
    if len(used) < 2:
        return
    wide, narrow = used[np.argmax(reach[used])], used[np.argmin(reach[used])]
    ratio = min(reach[wide] / reach[narrow], spread[wide] / spread[narrow])
    if ratio > TABLE["unscaled-inputs"]["ratio"]:
        evidence = {
            "wide": seen.columns[wide],
            "narrow": seen.columns[narrow],
            "ratio": float(ratio),
        }
        yield finding("unscaled-inputs", evidence)


def leak(seen: Evidence) -> Iterator[Finding]:
    """One column that predicts the target nearly without error, as no other column does."""
    limits = TABLE["leak"]
    names = list(dict.fromkeys(seen.columns))
    if len(seen.rows) < limits["rows"] or len(names) < 2:
        return
    classes = seen.spec.loss.name in CLASS_LOSSES
    if not seen.targets.std(axis=0).any():
        return
    x = np.asarray(seen.trace.x, np.float64)
    parts = [x[:, [c == name for c in seen.columns]] for name in names]
    scores = np.array([column_score(part, seen.targets, classes) for part in parts])
    best = int(np.argmax(scores))
    if scores[best] <= limits["score"]:
        return
    alone = _stands_out(scores, best)
    if classes:
        copies = np.array([likeness(part, seen.targets) for part in parts])
        best = int(np.argmax(np.where(scores > limits["score"], copies, -np.inf)))
        copy = copies[best] > limits["likeness"]
        alone = (alone and seen.n > limits["many"]) or (copy and _stands_out(copies, best))
    if alone:
        evidence = {
            "column": names[best],
            "measure": "AUC" if classes else "R2",
            "score": float(scores[best]),
            "second": float(np.delete(scores, best).max()),
        }
        yield finding("leak", evidence)


def _stands_out(scores: np.ndarray, best: int) -> bool:
    """Whether every other column leaves open many times what this one does."""
    left = max(1.0 - float(scores[best]), 1e-4)
    return 1.0 - float(np.delete(scores, best).max()) > TABLE["leak"]["remainder"] * left


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


def label_noise(seen: Evidence) -> Iterator[Finding]:
    """Rows with another class at more than 99 %, many more than such certainty allows."""
    limits = TABLE["label-noise"]
    if seen.spec.loss.name != "cross_entropy" or _too_sure(seen):
        return
    proba = np.asarray(seen.trace.a[-1], np.float64)
    says, truth = proba.argmax(axis=1), seen.targets.argmax(axis=1)
    sure = proba.max(axis=1) > limits["sure"]
    wrong = np.flatnonzero(sure & (says != truth))
    expected = float((1.0 - proba.max(axis=1)[sure]).sum())
    right = float((says == truth).mean())
    enough = len(wrong) >= limits["rows"] and right > limits["right"]
    if enough and len(wrong) > limits["excess"] * max(expected, 0.1):
        rows = seen.rows[wrong]
        shown = ", ".join(str(int(row)) for row in rows[:8]) + (", ..." if len(rows) > 8 else "")
        evidence = {
            "count": len(rows),
            "sure": f"{100 * limits['sure']:g}",
            "expected": expected,
            "row": int(rows[0]),
            "rows": shown,
        }
        yield finding("label-noise", evidence)


def _too_sure(seen: Evidence) -> bool:
    """Whether the probabilities mean little: worse than the baseline, or too good in training."""
    if not seen.trace.data_loss / seen.rows_in_trace < seen.baseline:
        return True
    best, held = seen.history.best_epoch, seen.validation_losses
    if best is None or not len(held):
        return False
    return bool(held[best] > TABLE["label-noise"]["gap"] * seen.losses[best])
