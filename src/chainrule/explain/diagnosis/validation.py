"""Detectors that look at training rows and validation rows together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from chainrule.explain.diagnosis.detectors import Level, Seen, looks_for
from chainrule.explain.diagnosis.evidence import ANNEALED, CLASS_LOSSES, Evidence
from chainrule.explain.diagnosis.words import rows_as_code
from chainrule.metrics import auc
from chainrule.reference.losses import targets

Limits = Mapping[str, float]

_HELD = frozenset({"validation rows"})
_CURVES = frozenset({"history", "validation losses"})


@looks_for(
    "rows that stand in training and in validation",
    Level.BESIDE,
    "{count} of {n} training rows are validation rows too, first row {row}: validation rewards "
    "learning by heart",
    remedies=({"drop_rows": "{rows}"},),
    advice="leave the copies out",
    limits={"share": 0.02, "rows": 3, "columns": 2},
    needs=_HELD,
)
def shared_rows(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Equal rows of X and y, so many that no coincidence makes them."""
    held = seen.held
    assert held is not None
    ours = _as_bytes(seen, seen.x, seen.y)
    theirs = _as_bytes(seen, held.x, np.asarray(held.classes if held.y is None else held.y))
    # Where rows repeat in training by themselves, some equal ones in validation mean nothing.
    repeated = 1.0 - len(set(ours)) / len(ours)
    known = set(theirs)
    rows = np.flatnonzero([row in known for row in ours])
    share = len(rows) / min(len(ours), len(theirs))
    if len(rows) >= limits["rows"] and share > limits["share"] + 2.0 * repeated:
        numbers = {
            "count": len(rows),
            "n": len(ours),
            "row": int(rows[0]),
            "rows": rows_as_code(rows, "shared-rows", ", eval_set=(X_val, y_val)"),
        }
        yield Seen(numbers, rows=rows)


@looks_for(
    "rows that stand in the table several times",
    Level.BESIDE,
    "{count} of {n} rows are copies of others, first row {row}: a row that validates stands among "
    "those that train",
    remedies=({"drop_rows": "{rows}"},),
    advice="leave the copies out",
    limits={"share": 0.1, "kinds": 1.5},
)
def repeated_rows(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Copies that no chance makes, in a table that the object itself splits."""
    if not seen.words.splits or not seen.history.validation_loss:
        return
    rows = _as_bytes(seen, seen.x, seen.y)
    _, first = np.unique(rows, return_index=True)
    again = np.setdiff1d(np.arange(seen.n), first)
    # Were columns independent, rows would repeat by chance where there are fewer kinds of them.
    kinds = sum(np.log(len(np.unique(column))) for column in seen.x.T)
    if kinds > limits["kinds"] * np.log(seen.n) and len(again) > limits["share"] * seen.n:
        numbers = {
            "count": len(again),
            "n": seen.n,
            "row": int(again[0]),
            "rows": rows_as_code(again, "repeated-rows"),
        }
        yield Seen(numbers, rows=again)


def _as_bytes(seen: Evidence, x: np.ndarray, y: np.ndarray) -> list[bytes]:
    """Each row of inputs and targets, to be compared."""
    rows = np.column_stack([x, targets(seen.spec, y)]).astype(np.float64)
    return [row.tobytes() for row in rows]


@looks_for(
    "validation rows in other units than the training rows",
    Level.BESIDE,
    "{what}: they were prepared in another way",
    advice="prepare validation rows by the same steps, fitted on the training rows",
    limits={"ratio": 4.0, "away": 6.0, "rows": 10, "share": 0.5},
    needs=_HELD,
)
def validation_scale(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Standardised in one, raw in the other: most columns, or y, in another spread or place."""
    held = seen.held
    assert held is not None
    if min(len(held.x), seen.n) < limits["rows"]:
        return
    y_val = np.asarray(held.classes if held.y is None else held.y)
    pairs = [(f"'{seen.columns[k]}'", seen.x[:, k], held.x[:, k]) for k in seen.measured]
    other = [pair for pair in pairs if _other_units(*pair[1:], limits)]
    if len(other) <= limits["share"] * len(pairs):
        other = []
    if seen.spec.loss.name not in CLASS_LOSSES:
        pair = ("y", seen.all_targets[:, 0], np.asarray(targets(seen.spec, y_val))[:, 0])
        if _other_units(*pair[1:], limits, most=True):
            other.append(pair)
    if other:
        name, ours, theirs = other[0]
        more = f", and {len(other) - 1} more columns likewise" if len(other) > 1 else ""
        what = f"{name} goes from {_range(ours)} in training and {_range(theirs)} in validation"
        yield Seen({"what": what + more})


def _other_units(ours: np.ndarray, theirs: np.ndarray, limits: Limits, most: bool = False) -> bool:
    """Spreads far apart; where a target may be sorted, farther than a part of it can be."""
    a, b = (float(np.std(np.asarray(of, np.float64))) for of in (ours, theirs))
    if not a or not b:
        return False
    ratio, away = max(a, b) / min(a, b), abs(float(ours.mean() - theirs.mean())) / a
    many = 10.0 if most else limits["ratio"]
    return ratio > many or (away > limits["away"] and ratio > 2.0)


@looks_for(
    "validation rows of another kind than the training rows",
    Level.BESIDE,
    "{what}: the rows were split in order, not at random",
    remedies=({"split_anew": True},),
    advice="split the rows at random",
    limits={"auc": 0.97, "share": 0.35, "rows": 10},
    needs=_HELD,
)
def sorted_split(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """The target, or a column, tells training rows from validation rows."""
    held = seen.held
    assert held is not None
    y = np.asarray(targets(seen.spec, np.asarray(held.classes if held.y is None else held.y)))
    if min(len(y), seen.n) < limits["rows"]:
        return
    what = ""
    if seen.spec.loss.name in CLASS_LOSSES:
        ours, theirs = seen.all_targets.mean(axis=0), y.mean(axis=0)
        k = int(np.argmax(np.abs(ours - theirs)))
        apart = float(np.abs(ours - theirs).sum()) / (2.0 if len(ours) > 1 else 1.0)
        if apart > limits["share"]:
            names = [str(name) for name in seen.labels or range(len(ours))]
            name = names[k] if len(ours) > 1 else str((seen.classes or (0, 1))[-1])
            what = (
                f"class '{name}' is {100 * ours[k]:.0f} % of the training rows and "
                f"{100 * theirs[k]:.0f} % of the validation rows"
            )
    elif _apart(seen.all_targets[:, 0], y[:, 0]) > limits["auc"]:
        ours, theirs = seen.all_targets[:, 0], y[:, 0]
        what = f"y goes from {_range(ours)} in training and {_range(theirs)} in validation"
    if not what:
        for k in seen.measured:
            ours, theirs = seen.x[:, k], held.x[:, k]
            if _apart(ours, theirs) > limits["auc"]:
                what = (
                    f"'{seen.columns[k]}' goes from {_range(ours)} in training and "
                    f"{_range(theirs)} in validation"
                )
                break
    if what:
        yield Seen({"what": what})


def _apart(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Area under the ROC curve with which a value tells one set of rows from the other."""
    value = np.concatenate([ours, theirs]).astype(np.float64)
    which = np.concatenate([np.zeros(len(ours)), np.ones(len(theirs))])
    area = auc(which, value)
    return 0.5 if np.isnan(area) else max(area, 1.0 - area)


def _range(values: np.ndarray) -> str:
    return f"{values.min():.3g} to {values.max():.3g}"


@looks_for(
    "a validation loss that rises while the training loss falls",
    Level.BESIDE,
    "validation was best in epoch {best}; since then the training loss changed by {train} % and "
    "the validation loss by {validation} %",
    remedies=(
        {"patience": 10, "dropout": "{dropout}", "hidden": "{smaller}", "weight_decay": "{decay}"},
        {"patience": 10, "dropout": "{dropout}", "hidden": "{smaller}"},
        {"early_stopping": True, "dropout": "{dropout}", "hidden": "{smaller}"},
        {"l2": 0.1, "hidden": "{smaller}"},
    ),
    advice="stop at the best epoch, and train on more rows",
    limits={
        "epochs": 10,
        "rise": 0.5,
        "fall": 0.05,
        "poor": 0.5,
        "heart": 0.6,
        "apart": 0.5,
        "gap": 0.3,
    },
    needs=_CURVES,
)
def overfitting(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Validation got much worse since its best epoch while training went on to improve.

    The best epoch is kept; where it predicts new rows well, there is nothing to mend.
    """
    train, held = seen.losses, seen.validation_losses
    # A training that patience ended has kept its best epoch, and needs no advice.
    if len(held) < 2 or len(held) != len(train) or seen.history.stop_reason == "patience":
        return
    best = int(np.argmin(held))
    if len(held) - 1 - best < limits["epochs"] or held[best] <= seen.floor:
        return
    rise = float((held[-3:].min() - held[best]) / (held[best] - seen.floor))
    fall = float((train[best] - train[-1]) / max(train[best] - seen.floor, 1e-300))
    poor = held[best] - seen.floor > limits["poor"] * seen.scale
    # What was kept knows more of the rows it learned than of those it was chosen by.
    gap = seen.learned - (1.0 - (held[best] - seen.floor) / seen.scale)
    if gap < limits["gap"]:
        return
    # Little of new rows, most of its own.
    by_heart = held[best] - seen.floor > limits["heart"] * seen.scale and gap > limits["apart"]
    # With a schedule that ends at 0 the last epochs are made to learn by heart; the best is kept.
    rises = rise > limits["rise"] and seen.training.schedule.name not in ANNEALED
    if by_heart or (rises and fall > limits["fall"] and poor):
        numbers = {
            "best": best,
            "train": f"{-100 * fall:+.0f}",
            "validation": f"{100 * rise:+.0f}",
            "rise": rise,
            "fall": fall,
            "dropout": 0.2,
            "decay": 0.01,
            "smaller": tuple(max(units // 4, 4) for units in seen.hidden) or None,
        }
        yield Seen(numbers)
