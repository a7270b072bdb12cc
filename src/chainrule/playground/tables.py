"""A person's own table in the playground: from its file, or with the model fitted to it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.errors import DataError
from chainrule.playground.problems import Problem
from chainrule.spec import (
    Dense,
    Dropout,
    Layer,
    Loss,
    NetworkSpec,
    Residual,
    Schedule,
    TrainingSpec,
)
from chainrule.table.classes import means_classes
from chainrule.table.encode.encoder import Encoder
from chainrule.table.frame import as_table
from chainrule.table.read import FileTable, read_table

if TYPE_CHECKING:
    from chainrule.explain.trace import StepTrace

MAX_ROWS = 5_000  # that the playground steps through


def from_bytes(content: bytes, target: str = "") -> Problem:
    """A problem from a pasted or dropped table.

    Parameters
    ----------
    content : bytes
        A CSV file.
    target : str
        Default: its last column.

    Raises
    ------
    TableFileError, DataError
        As for a file.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(content)
        return from_table(read_table(os.fspath(path)), target)


def from_table(table: FileTable, target: str = "") -> Problem:
    """A problem from the rows of a table that have a target.

    Numbers are encoded as a Tabular estimator encodes them, and categories as one input a level. A
    target of text, booleans or at most 20 whole numbers means classes; other numbers are learned in
    standard units.

    Raises
    ------
    DataError
        For a column that is not there, or a target that is the same in every row.
    """
    names = list(table)
    chosen = target or names[-1]
    if chosen not in names or len(names) < 2:
        raise DataError(f"there is no column {chosen!r} to learn; there are {', '.join(names)}.")
    rows = np.flatnonzero([value == value and value is not None for value in table[chosen]])
    kept = table.take(rows[:MAX_ROWS])
    encoder, notices = Encoder.fit(as_table(kept.without(chosen)))
    X, _ = encoder.transform(as_table(kept.without(chosen)), np.float64)
    y, classes, unit = _target(kept[chosen], chosen)
    n_outputs, loss = (len(classes), "cross_entropy") if classes else (1, "squared_error")
    output = Dense(n_outputs, "softmax" if classes else "identity")
    if len(rows) > MAX_ROWS:
        notices = [*notices, f"the first {MAX_ROWS:,} of {len(rows):,} rows are used"]
    return Problem(
        name="own table",
        title=f"{chosen} from {table.report.source}",
        X=X,
        y=y,
        inputs=encoder.input_names,
        outputs=classes or (chosen,),
        spec=NetworkSpec(X.shape[1], (Dense(8, "tanh"), output), Loss(loss)),
        training=TrainingSpec(optimizer="adam", learning_rate=0.01, batch_size=32),
        notes=(*notices, *unit),
        table=table,
        target=chosen,
    )


def from_trace(trace: StepTrace, name: str, notes: Sequence[str] = ()) -> Problem:
    """A problem from a fitted network and rows, as `StepTrace` holds them: it goes on from there.

    Dropout is left out: what is shown is what is trained. Rate and decay stay as they began.
    """
    spec = NetworkSpec(trace.spec.n_features, _without_dropout(trace.spec.layers), trace.spec.loss)
    n = min(trace.n_rows, MAX_ROWS)
    return Problem(
        name=name,
        title=name,
        X=trace.X[:n],
        y=trace.y[:n],
        inputs=trace.names.inputs,
        outputs=trace.names.outputs,
        spec=spec,
        training=replace(
            trace.training,
            seed=trace.training.seed % 2**53,
            schedule=Schedule(),
            weight_decay_schedule=Schedule(),
            dropout_schedule=Schedule(),
        ),
        params={key: np.asarray(value, np.float64) for key, value in trace.params.items()},
        notes=("a copy of the model in float64, without dropout", *notes),
    )


def _without_dropout(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    kept = [layer for layer in layers if not isinstance(layer, Dropout)]
    return tuple(
        Residual(_without_dropout(layer.layers)) if isinstance(layer, Residual) else layer
        for layer in kept
    )


def _target(values: np.ndarray, name: str) -> tuple[np.ndarray, tuple[str, ...], tuple[str, ...]]:
    """Targets for `engine.fit`, the classes' names, and a word about the unit."""
    levels = sorted(set(values.tolist()), key=str)
    if len(levels) < 2:
        raise DataError(f"the target {name!r} is the same in every row; there is nothing to learn.")
    numbers = values.dtype.kind == "f"
    if not numbers or means_classes(values):
        if numbers:
            levels = sorted(levels)
        place: dict[Any, int] = {level: k for k, level in enumerate(levels)}
        shown = tuple(str(int(v)) if numbers else str(v) for v in levels)
        return np.array([place[v] for v in values.tolist()], np.int64), shown, ()
    mean, deviation = float(values.mean()), float(values.std())
    note = f"{name} is learned in standard units: 0 is {mean:.4g}, 1 is {mean + deviation:.4g}"
    return ((values - mean) / deviation)[:, None], (), (note,)
