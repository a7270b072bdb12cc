"""Detectors that look at y: its values, its weights, its classes, and whether X tells of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from chainrule.explain.diagnosis.attainable import attainable
from chainrule.explain.diagnosis.detectors import Level, Seen, looks_for
from chainrule.explain.diagnosis.evidence import CLASS_LOSSES, MAX_ROWS, Evidence
from chainrule.explain.diagnosis.words import Code, rows_as_code
from chainrule.explain.notation.numbers import format_number
from chainrule.table.classes import is_one_hot

Limits = Mapping[str, float]

# What an output activation can reach.
RANGES: dict[str, tuple[float, float]] = {
    "sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0, np.inf),
    "softplus": (0.0, np.inf),
}


@looks_for(
    "a target with one value",
    Level.DATA,
    "all {n} targets are {value}, so that there is nothing to learn",
    advice="check which column is the target",
)
def constant_target(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Nothing to learn: one value in y."""
    y = np.asarray(seen.y).reshape(seen.n, -1)
    if seen.n > 1 and bool((y == y[0]).all()):
        named = seen.y.ndim == 1 and seen.spec.loss.name == "cross_entropy" and bool(seen.labels)
        value = seen.labels[int(y[0, 0])] if named else y[0].tolist()
        yield Seen({"n": seen.n, "value": str(value)})


@looks_for(
    "row weights under which few rows count",
    Level.DATA,
    "the {n} row weights are so uneven that they count as {effective} equal rows",
    remedies=({"sample_weight": Code("None")},),
    advice="leave the row weights out",
    limits={"share": 0.05, "rows": 50},
)
def lopsided_weights(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Effective number of rows, (sum w)^2 / sum w^2 (Kish 1965)."""
    if seen.weights is None or seen.n < limits["rows"] or seen.spec.loss.name in CLASS_LOSSES:
        return
    w = np.asarray(seen.weights, np.float64)
    effective = float(w.sum() ** 2 / (w**2).sum()) if w.any() else float(seen.n)
    if effective < limits["share"] * seen.n:
        yield Seen({"n": seen.n, "effective": effective})


@looks_for(
    "a target far from all others",
    Level.DATA,
    "row {row} has y = {value}, where nine tenths of the rows lie between {low} and {high}{more}",
    remedies=({"drop_rows": "{rows}"},),
    advice="mend those rows, or leave them out",
    limits={"spreads": 200.0, "share": 0.02, "far": 500.0, "rows": 20},
)
def extreme_target(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """A cell of y hundreds of spreads away."""
    if seen.spec.loss.name in CLASS_LOSSES or seen.n < limits["rows"]:
        return
    yield from _extreme(seen, np.asarray(seen.all_targets), limits, "extreme-target")


def extreme_cells(values: np.ndarray, limits: Limits) -> tuple[np.ndarray, np.ndarray]:
    """Mask (n, columns) of cells far from their column, and how many spreads the farthest is.

    The spread is that between the twentieth parts at both ends, which few cells cannot move.
    """
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95], axis=0)
    spread = high - low
    away = np.abs(values - middle) / np.where(spread > 0, spread, np.inf)
    return away > limits["spreads"], away.max(axis=0)


def _extreme(seen: Evidence, values: np.ndarray, limits: Limits, code: str) -> Iterator[Seen]:
    far, away = extreme_cells(values, limits)
    rows = np.flatnonzero(far.any(axis=1))
    if not 0 < len(rows) <= max(limits["share"] * seen.n, 1):
        return
    if not seen.poor and away.max() < limits["far"]:
        return
    k = int(np.argmax(away))
    row = int(np.argmax(np.abs(values[:, k] - np.median(values[:, k]))))
    low, high = np.quantile(values[:, k], [0.05, 0.95])
    others = f"; so have {len(rows) - 1} others" if len(rows) > 1 else ""
    numbers = {
        "row": row,
        "value": float(values[row, k]),
        "low": float(low),
        "high": float(high),
        "more": others,
        "column": seen.columns[k] if values.shape[1] == len(seen.columns) else "",
        "rows": rows_as_code(rows, code),
    }
    yield Seen(numbers, rows=rows)


@looks_for(
    "targets of another size than the network's answers at the start",
    Level.DATA,
    "y has mean {mean} and spread {spread}, where answers start near 0 and steps are small: "
    "the loss is {loss}, of a constant {baseline}",
    remedies=({"standardise_target": True},),
    advice="divide y by its spread, after its mean is taken off",
    limits={"large": 20.0, "small": 0.02, "offset": 10.0},
)
def target_scale(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Numbers in the thousands, or around a thousand."""
    name = seen.spec.loss.name
    if name in CLASS_LOSSES or name == "poisson" or seen.spec.output_activation != "identity":
        return
    y = np.asarray(seen.all_targets)
    spread, mean = float(y.std(axis=0).max()), float(np.abs(y.mean(axis=0)).max())
    off = (
        spread > limits["large"]
        or 0 < spread < limits["small"]
        or mean > limits["offset"] * max(spread, 1e-300)
    )
    if off and spread > 0 and seen.behind:
        yield Seen({"mean": mean, "spread": spread, "loss": seen.loss, "baseline": seen.baseline})


@looks_for(
    "targets that the output's activation cannot reach",
    Level.DATA,
    "{percent} % of the targets lie outside {low} to {high}, which is all that {activation} at the "
    "output can answer",
    remedies=({"output_activation": "identity"},),
    advice="let the output be the identity",
    limits={"share": 0.02, "margin": 0.02},
)
def output_range(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """A sigmoid asked for 20, a relu for -1."""
    activation = seen.spec.output_activation
    if activation not in RANGES or seen.spec.loss.name in CLASS_LOSSES:
        return
    low, high = RANGES[activation]
    y = np.asarray(seen.all_targets)
    margin = limits["margin"] * float(y.std() or 1.0)
    outside = float(((y < low - margin) | (y > high + margin)).any(axis=1).mean())
    if outside > limits["share"]:
        numbers = {
            "percent": 100.0 * outside,
            "low": f"{low:g}",
            "high": f"{high:g}" if np.isfinite(high) else "infinity",
            "activation": activation,
        }
        yield Seen(numbers)


@looks_for(
    "columns of y that are one class, taken for labels of their own",
    Level.BESIDE,
    "each of {n} rows has exactly one of {k} labels: they are the classes of one question, and "
    "are trained as {k} independent ones",
    remedies=({"loss": "cross_entropy"}, {"class_of_columns": True}),
    advice="make one column of classes of them",
    limits={"rows": 30},
)
def one_hot_labels(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """One-hot rows under binary cross-entropy."""
    y = np.asarray(seen.all_targets)
    if seen.spec.loss.name != "binary_cross_entropy" or y.shape[1] < 3 or seen.n < limits["rows"]:
        return
    if is_one_hot(y):
        yield Seen({"n": seen.n, "k": y.shape[1]})


@looks_for(
    "classes given as numbers to a regression",
    Level.BESIDE,
    "y has the {k} values {values} only: numbers of classes, trained as quantities",
    remedies=(
        {"integer_classes": True, "loss": "cross_entropy", "n_outputs": "{k}"},
        {"classifier": True},
    ),
    limits={"most": 20, "rows": 10, "share": 0.3, "gain": 0.1},
)
def classes_as_numbers(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Consecutive integers from 0, all about as frequent; or from 1, in no order that X knows."""
    y = np.asarray(seen.answers)
    outputs = seen.spec.output_activation
    if seen.spec.loss.name in CLASS_LOSSES or not seen.means or y.ndim != 1:
        return
    if outputs != "identity" or not np.issubdtype(y.dtype, np.number):
        return
    values, counts = np.unique(y, return_counts=True)
    k = len(values)
    consecutive = 2 <= k <= limits["most"] and bool((values == values[0] + np.arange(k)).all())
    if not consecutive or values[0] not in (0, 1) or counts.min() < limits["rows"]:
        return
    even = values[0] == 0 and counts.min() > limits["share"] * seen.n / k
    if even or (k > 2 and _without_order(seen, values) > limits["gain"]):
        shown = ", ".join(f"{value:g}" for value in values[:4]) + (", ..." if k > 4 else "")
        yield Seen({"k": k, "values": shown})


def _without_order(seen: Evidence, values: np.ndarray) -> float:
    """How many more rows simple rules get right when they take the values for names."""
    y = np.asarray(seen.answers)[seen.rows]
    names = (y[:, None] == values).astype(np.float64)
    by_name = attainable(seen.plain_inputs, names).curve.argmax(axis=1)
    by_size = attainable(seen.plain_inputs, y[:, None].astype(np.float64)).curve[:, 0]
    near = np.abs(by_size[:, None] - values).argmin(axis=1)
    truth = names.argmax(axis=1)
    return float((by_name == truth).mean() - (near == truth).mean())


@looks_for(
    "a class that is hardly there",
    Level.BESIDE,
    "{share} % of {n} rows are {label}",
    remedies=(
        {"class_weight": "balanced"},
        {"balance": True, "sample_weight": Code("sample_weight")},
    ),
    advice="train on more rows of that class",
    limits={"share": 0.01, "rows": 200},
)
def imbalance(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """A class below one row in a hundred."""
    if seen.spec.loss.name not in CLASS_LOSSES or seen.n < limits["rows"]:
        return
    shares = np.average(np.asarray(seen.all_targets), axis=0, weights=seen.weights)
    names = [str(name) for name in seen.labels or range(len(shares))]
    if seen.spec.loss.name == "binary_cross_entropy":
        rare, shares = shares <= 0.5, np.minimum(shares, 1.0 - shares)
        if len(shares) == 1:  # one output is the probability of the second of two classes
            two = [str(name) for name in seen.classes or (0, 1)]
            names = [two[int(rare[0])]]
        else:
            names = [name if r else f"not {name}" for name, r in zip(names, rare, strict=True)]
    place = int(np.argmin(shares))
    share = float(shares[place])
    if 0 < share < limits["share"]:
        numbers = {"share": 100.0 * share, "n": seen.n, "label": f"'{names[place]}'"}
        yield Seen(numbers)


@looks_for(
    "rows of y that stand beside the wrong rows of X",
    Level.DATA,
    "y fits the {neighbour} row of X: {skill} of its variance is predictable from there, and "
    "{here} from its own row",
    remedies=({"shift_rows": "{code}"},),
    advice="move y by a row",
    limits={"skill": 0.2, "here": 0.25, "most": 2, "rows": 60},
)
def shifted_rows(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """X and y out of step by a row or two."""
    if not seen.means or seen.n < limits["rows"]:
        return
    here = seen.simple.skill
    if here > limits["here"]:
        return
    x = np.nan_to_num(np.asarray(seen.x[:MAX_ROWS], np.float64), posinf=0.0, neginf=0.0)
    y = np.asarray(seen.all_targets[:MAX_ROWS])
    found = []
    for s in range(1, int(limits["most"]) + 1):
        ways = ((x[s:], y[:-s], "next", f"X[{s}:], y[:-{s}]"),
                (x[:-s], y[s:], "previous", f"X[:-{s}], y[{s}:]"))  # fmt: skip
        for a, b, side, code in ways:
            neighbour = side if s == 1 else f"{side} but {s - 1}"
            found.append((attainable(a, b).skill, neighbour, code))
    best, neighbour, code = max(found)
    if best > here + limits["skill"]:
        yield Seen({"neighbour": neighbour, "skill": best, "here": here, "code": code})


@looks_for(
    "inputs that tell nothing about the target",
    Level.BESIDE,
    "neither a line nor neighbours in X predict y of rows left out: they explain {percent} % of "
    "its variance, and the network's {outcome}",
    advice="check that row k of y belongs to row k of X (sorted or shuffled apart?), or find "
    "inputs that know more",
    limits={"skill": 0.01, "rows": 100, "per_row": 3.0, "held": 0.97},
)
def unrelated_target(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Labels shuffled, or X of something else."""
    least = max(limits["skill"], limits["per_row"] / len(seen.rows))
    if not seen.means or len(seen.rows) < limits["rows"] or seen.simple.skill > least:
        return
    held = seen.validation_losses
    if len(held) and held.min() - seen.floor < limits["held"] * seen.scale:
        return
    if seen.targets.std(axis=0).max() == 0 or _few_rare(seen):
        return
    outcome = (
        f"validation loss is never below {format_number(float(held.min()), 3)}, a constant's "
        f"{format_number(seen.baseline, 3)}"
        if len(held)
        else f"loss of {format_number(seen.loss, 3)} is what it has by heart"
        if seen.learned > limits["skill"] * 10
        else f"loss of {format_number(seen.loss, 3)} is a constant's"
    )
    yield Seen({"percent": 100.0 * seen.simple.skill, "outcome": outcome})


def _few_rare(seen: Evidence) -> bool:
    """Classes so rare that simple rules cannot show what they know."""
    rare = seen.targets.sum(axis=0).min() < 10
    return seen.spec.loss.name in CLASS_LOSSES and bool(rare)


@looks_for(
    "rows whose label contradicts rows like them",
    Level.BESIDE,
    "{count} rows have another class than rows like them, first row {row}: of the fifth of rows "
    "that should be clearest {sure} % are wrong, of all {all} %",
    remedies=({"drop_rows": "{rows}"},),
    advice="look at those rows, and mend or leave out what is wrong",
    limits={
        "wrong": 0.04,
        "ratio": 0.3,
        "deviations": 1.5,
        "rows": 5,
        "n": 100,
        "right": 0.7,
        "sure": 0.6,
    },
)
def label_noise(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Labels wrong at random: as often where classes are clear as where they overlap."""
    if seen.spec.loss.name not in CLASS_LOSSES or len(seen.rows) < limits["n"]:
        return
    proba, truth = seen.simple.curve, seen.targets
    if truth.shape[1] == 1:
        proba, truth = (np.column_stack([1.0 - p, p]) for p in (proba, truth))
    elif seen.spec.loss.name == "binary_cross_entropy":
        return
    says, label = proba.argmax(axis=1), truth.argmax(axis=1)
    wrong, sure = says != label, np.take_along_axis(proba, says[:, None], 1)[:, 0]
    clear = np.argsort(-sure, kind="stable")[: len(wrong) // 5]
    count, of_all = int(wrong[clear].sum()), float(wrong.mean())
    # Where classes overlap, errors gather among the unclear rows: few are left here.
    least = count - limits["deviations"] * np.sqrt(count)
    rows = np.flatnonzero(wrong & (sure > limits["sure"]))
    if (
        1.0 - of_all > max(limits["right"], float(truth.mean(axis=0).max()) + 0.05)
        and count > limits["wrong"] * len(clear)
        and least > limits["ratio"] * of_all * len(clear)
        and min(len(rows), count) >= limits["rows"]
    ):
        of_table = seen.rows[rows]
        numbers = {
            "count": len(rows),
            "row": int(of_table[0]),
            "sure": 100.0 * count / len(clear),
            "all": 100.0 * of_all,
            "rows": rows_as_code(of_table, "label-noise"),
        }
        yield Seen(numbers, rows=of_table)
