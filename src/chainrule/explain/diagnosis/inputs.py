"""Detectors that look at the columns of X."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from chainrule.explain.diagnosis.columns import column_score, likeness
from chainrule.explain.diagnosis.detectors import Level, Seen, looks_for
from chainrule.explain.diagnosis.evidence import CLASS_LOSSES, Evidence
from chainrule.explain.diagnosis.layers import dead_share
from chainrule.explain.diagnosis.targets import extreme_cells
from chainrule.explain.diagnosis.words import rows_as_code

Limits = Mapping[str, float]

_STANDARD = ({"standardise_inputs": True},)


@looks_for(
    "a cell far from the rest of its column",
    Level.DATA,
    "row {row} has '{column}' = {value}, where nine tenths of the rows lie between {low} and "
    "{high}{more}",
    remedies=({"drop_rows": "{rows}"},),
    advice="mend those rows, or leave them out",
    limits={"spreads": 50.0, "share": 0.02, "far": 500.0, "rows": 20},
)
def extreme_input(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """A cell of X hundreds of spreads away: 1e30, or -9999 for "missing"."""
    if seen.n < limits["rows"] or not len(seen.measured):
        return
    values = np.asarray(seen.x[:, seen.measured], np.float64)
    far, away = extreme_cells(values, limits)
    rows = np.flatnonzero(far.any(axis=1))
    gentle = not seen.poor and away.max() < limits["far"]
    if not 0 < len(rows) <= max(limits["share"] * seen.n, 1) or gentle:
        return
    k = int(np.argmax(away))
    row = int(np.argmax(np.abs(values[:, k] - np.median(values[:, k]))))
    low, high = np.quantile(values[:, k], [0.05, 0.95])
    numbers = {
        "row": row,
        "column": seen.columns[seen.measured[k]],
        "value": float(values[row, k]),
        "low": float(low),
        "high": float(high),
        "more": f"; {len(rows) - 1} more rows are like it" if len(rows) > 1 else "",
        "rows": rows_as_code(rows, "extreme-input"),
    }
    yield Seen(numbers, rows=rows)


@looks_for(
    "an input that gives the answer away",
    Level.BESIDE,
    "'{column}' alone predicts the target ({measure} {score}; the next best input {second}): will "
    "it be known when you predict?",
    remedies=({"drop_column": "{key}"},),
    advice="leave that column out",
    limits={
        "score": 0.99,  # area under the ROC curve, macro average; or R2
        "remainder": 10.0,  # what the next best column leaves open, in units of this one's
        "rows": 40,
        "many": 1000,  # rows above which a score is enough for classes; below, the column
        "likeness": 0.97,  # must have about one value a class: share of its variance
    },
)
def leak(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """One column that predicts the target nearly without error, as no other column does."""
    names = list(dict.fromkeys(seen.columns))
    if len(seen.rows) < limits["rows"] or len(names) < 2:
        return
    classes = seen.spec.loss.name in CLASS_LOSSES
    if not seen.targets.std(axis=0).any():
        return
    parts = [seen.plain_inputs[:, [c == name for c in seen.columns]] for name in names]
    scores = np.array([column_score(part, seen.targets, classes) for part in parts])
    best = int(np.argmax(scores))
    if scores[best] <= limits["score"]:
        return
    alone = _stands_out(scores, best, limits)
    if classes:
        copies = np.array([likeness(part, seen.targets) for part in parts])
        best = int(np.argmax(np.where(scores > limits["score"], copies, -np.inf)))
        copy = copies[best] > limits["likeness"]
        alone = (alone and seen.n > limits["many"]) or (copy and _stands_out(copies, best, limits))
    if alone:
        numbers = {
            "column": names[best],
            "key": seen.column(names[best]),
            "measure": "AUC" if classes else "R2",
            "score": float(scores[best]),
            "second": float(np.delete(scores, best).max()),
        }
        yield Seen(numbers)


def _stands_out(scores: np.ndarray, best: int, limits: Limits) -> bool:
    """Whether every other column leaves open many times what this one does."""
    left = max(1.0 - float(scores[best]), 1e-4)
    return 1.0 - float(np.delete(scores, best).max()) > limits["remainder"] * left


@looks_for(
    "a column that numbers the rows",
    Level.DATA,
    "'{column}' numbers the rows from {first} to {last}, each once: it tells rows apart, and "
    "nothing of new ones",
    remedies=({"drop_column": "{key}"},),
    advice="leave that column out",
    limits={"rows": 30},
)
def row_number(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Consecutive integers, each once, beside other columns."""
    if seen.n < limits["rows"] or len(seen.raw) < 2:
        return
    for name, column in seen.raw.items():
        values = np.sort(np.asarray(column, np.float64))
        if np.isfinite(values).all() and bool((np.diff(values) == 1.0).all()):
            numbers = {
                "column": name,
                "key": seen.column(name),
                "first": f"{values[0]:g}",
                "last": f"{values[-1]:g}",
            }
            yield Seen(numbers)


@looks_for(
    "inputs that never change",
    Level.DATA,
    "all {count} inputs have one value in every row, so that every row gets one answer",
    advice="check which columns are the inputs",
)
def constant_inputs(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """No column that varies."""
    if seen.n > 1 and seen.x.size and bool((seen.x == seen.x[0]).all()):
        yield Seen({"count": seen.x.shape[1]})


@looks_for(
    "inputs on very different scales",
    Level.DATA,
    "the spread of '{wide}' is {ratio} times that of '{narrow}'",
    remedies=_STANDARD,
    advice="take the mean off each column, and divide by its spread",
    limits={"ratio": 100.0, "learned": 0.98},
)
def unscaled_inputs(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Spreads far apart, by standard deviation and by range, so that no rare flag counts."""
    x = np.asarray(seen.trace.x, np.float64)
    spread, reach = x.std(axis=0), np.ptp(x, axis=0)
    middle = np.ptp(np.quantile(x, [0.05, 0.95], axis=0), axis=0)  # one huge cell does not move it
    middle = np.where(middle > 0, middle, reach)
    used = seen.measured[(spread > 1e-7 * np.abs(x).max(axis=0))[seen.measured]]
    if len(used) < 2:
        return
    wide, narrow = used[np.argmax(middle[used])], used[np.argmin(middle[used])]
    ratio = min(size[wide] / size[narrow] for size in (spread, reach, middle))
    if ratio > limits["ratio"]:
        numbers = {
            "wide": seen.columns[wide],
            "narrow": seen.columns[narrow],
            "ratio": float(ratio),
        }
        yield Seen(numbers)


@looks_for(
    "inputs that are all large or all small",
    Level.DATA,
    "the columns of X have a spread of {spread}, where starting weights and rates are made for 1",
    remedies=_STANDARD,
    advice="take the mean off each column, and divide by its spread",
    limits={"large": 20.0, "small": 0.05},
)
def input_scale(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Inputs in the hundreds saturate units; in the thousandths they move nothing."""
    x = seen.plain_inputs[:, seen.measured]
    spread = x.std(axis=0)
    spread = spread[spread > 0]
    if not len(spread) or not (seen.behind or _idle(seen)):
        return
    typical = float(np.median(spread))
    if typical > limits["large"] or typical < limits["small"]:
        yield Seen({"spread": typical})


def _idle(seen: Evidence) -> bool:
    """Whether many units of layer 1 are off on every row, or most on their flat parts."""
    slope = seen.trace.slope[1]
    flat = slope is not None and float((np.asarray(slope) < 0.01).mean()) > 0.6
    return flat or bool(seen.hidden and dead_share(seen)[0] > 0.4)


@looks_for(
    "a column whose mean is large against its spread",
    Level.DATA,
    "'{column}' has mean {mean} and spread {spread}: to a unit it is a large constant",
    remedies=_STANDARD,
    advice="take the mean off each column, and divide by its spread",
    limits={"ratio": 20.0, "mean": 3.0},
)
def input_offset(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """A year, a temperature in kelvin, a constant 1000."""
    x = seen.plain_inputs[:, seen.measured]
    if not x.size or not (seen.behind or _idle(seen)):
        return
    mean, spread = np.abs(x.mean(axis=0)), x.std(axis=0)
    off = np.where((mean > limits["ratio"] * spread) & (mean > limits["mean"]), mean, 0.0)
    k = int(np.argmax(off))
    if off[k]:
        numbers = {
            "column": seen.columns[seen.measured[k]],
            "mean": float(x[:, k].mean()),
            "spread": float(spread[k]),
        }
        yield Seen(numbers)
