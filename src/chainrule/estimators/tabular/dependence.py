"""Dependence of a fitted Tabular model's answers on columns of its table.

Points are cells of the table, so that what the encoder makes of them is known already, whatever the
kind of the column.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_random_state

from chainrule.errors import DataError, DataNotice, SpecError
from chainrule.estimators.arguments import NONE, check_arguments, either, one_of, seeds, whole
from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.explain.dependence import (
    Curve,
    Dependence,
    ale_of_levels,
    ale_of_numbers,
    order_of_levels,
    partial_dependence,
)
from chainrule.table.column import MEASURED, Column, as_category
from chainrule.table.frame import as_table
from chainrule.table.times import cell_in_words

if TYPE_CHECKING:
    from chainrule.estimators.tabular.base import TabularModel

KINDS = ("ale", "pdp", "ice")
_MOST_LEVELS = 30
_MOST_ROWS = {"ale": 20_000, "pdp": 1_000, "ice": 1_000}
_MOST_ROWS_OF_PAIRS = 200
_RULES = {
    "kind": either(one_of(*KINDS), NONE),
    "n_points": whole(2),
    "n_rows": either(whole(2), NONE),
    "random_state": seeds(32),
}


@dataclass(frozen=True)
class _Points:
    """A column's points among some rows.

    Attributes
    ----------
    place : int
        Of the column.
    inputs : ndarray of int
        The inputs that it makes.
    column : Column
        Of the rows.
    at : ndarray of int (G,)
        Rows that hold the points, in order.
    of_row : ndarray of int (n_rows,)
        Of levels the point of each row; otherwise the nearest one.
    """

    name: str
    place: int
    inputs: np.ndarray
    column: Column
    at: np.ndarray
    of_row: np.ndarray

    @property
    def is_ordered(self) -> bool:
        return self.column.kind in MEASURED

    @property
    def cells(self) -> tuple[Any, ...]:
        column = self.column
        if not self.is_ordered:
            codes = column.values[self.at]
            return tuple(None if code < 0 else column.levels[int(code)] for code in codes)
        values = column.values[self.at].tolist()
        return tuple(v if column.kind == "numeric" else cell_in_words(column, v) for v in values)

    @property
    def numbers(self) -> np.ndarray:
        if self.is_ordered:
            return np.asarray(self.column.values[self.at], np.float64)
        return np.arange(len(self.at), dtype=np.float64)


def dependence(
    model: TabularModel,
    X: Any,
    columns: Any,
    kind: str | None,
    n_points: int,
    n_rows: Any,
    random_state: Any,
) -> tuple[Dependence, ...]:
    """Of a fitted model's answers; see `ColumnsModel.dependence`.

    Raises `DataError` for a column that the model does not use, and `SpecError` for arguments that
    cannot be.
    """
    check_arguments(
        _RULES,
        {"kind": kind, "n_points": n_points, "n_rows": n_rows, "random_state": random_state},
    )
    asked = _asked(model, columns)
    table = as_table(X)
    pairs = any(len(names) > 1 for names in asked)
    if pairs and kind not in (None, "pdp"):
        raise SpecError(f"kind={kind!r} is of one column at a time; two columns take kind='pdp'.")
    kind = kind or ("pdp" if pairs else "ale")
    most = n_rows or (_MOST_ROWS_OF_PAIRS if pairs else _MOST_ROWS[kind])
    if table.n_rows > most:
        random = check_random_state(random_state)
        table = table.take(np.sort(random.choice(table.n_rows, most, replace=False)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataNotice)
        inputs = model._encode(table, model._dtype)
    places, _ = model.encoder_.find_columns(table)
    place_of = {name: place for place, name in enumerate(model.encoder_.column_names)}
    of_input = np.array([place_of.get(name, -1) for name in model.encoder_.input_columns])
    unit, answer_names = _answered(model)

    def points_of(name: str) -> _Points:
        place = place_of[name]
        own = np.flatnonzero(of_input == place)
        where = places[place]
        if where is None or not len(own):
            raise DataError(f"the model does not use column {name!r}; no curve is of it.")
        column = table.column(where)
        if model.encoder_.columns[place].kind not in MEASURED:
            column = as_category(column)
        return _points(name, place, own, column, n_points)

    found = []
    for names in asked:
        parts = [points_of(name) for name in names]
        if len(parts) == 1:
            curve = _curve(model, inputs, of_input, parts[0], kind)
            counts = np.bincount(parts[0].of_row[parts[0].of_row >= 0], minlength=len(parts[0].at))
        else:
            curve, counts = _of_pair(model, inputs, parts), None
        shape = tuple(len(part.at) for part in parts)
        n = curve.values.shape[-1]
        single: Any = slice(None) if answer_names else 0

        def shaped(array: np.ndarray | None, shape: Any = shape, n: int = n) -> Any:
            if array is None:
                return None
            return array.reshape(*array.shape[:-2], *shape, n)[..., single]  # noqa: B023

        found.append(
            Dependence(
                tuple(names), kind, tuple(part.cells for part in parts),
                tuple(part.numbers for part in parts), tuple(part.is_ordered for part in parts),
                shaped(curve.values), shaped(curve.errors), shaped(curve.networks),
                shaped(curve.rows), counts, len(inputs), unit, answer_names,
            )
        )  # fmt: skip
    if columns is None:
        found.sort(key=lambda one: -one.size)
    return tuple(found)


def _asked(model: TabularModel, columns: Any) -> list[tuple[str, ...]]:
    """The columns, or pairs of them, that are asked for."""
    known = model.encoder_.column_names
    if columns is None:
        used = set(model.encoder_.input_columns)
        return [(name,) for name in known if name in used]
    given = [columns] if isinstance(columns, str) else columns
    if not isinstance(given, Sequence) or not len(given):
        raise SpecError(f"columns must be a name, a list of names or None, found {columns!r}.")
    asked = [(one,) if isinstance(one, str) else tuple(one) for one in given]
    for names in asked:
        if len(set(names)) != len(names) or not 1 <= len(names) <= 2:
            raise SpecError(f"columns holds {names!r}; take one column, or two different ones.")
        for name in names:
            if name not in known:
                from difflib import get_close_matches

                near = get_close_matches(str(name), list(known), n=1)
                hint = f"Did you mean {near[0]!r}?" if near else ""
                raise DataError(f"the model has no column {name!r}.", hint)
    return asked


def _points(name: str, place: int, own: np.ndarray, column: Column, n_points: int) -> _Points:
    """Cells at evenly spaced ranks of what is measured; the most frequent levels."""
    missing = column.missing
    if column.kind in MEASURED:
        known = np.flatnonzero(~missing)
        if len(known) < 2 or np.ptp(column.values[known]) == 0:
            raise DataError(f"column {name!r} has one value in these rows; a curve needs two.")
        order = known[np.argsort(column.values[known], kind="stable")]
        ranks = np.unique(np.linspace(0, len(order) - 1, n_points).round().astype(int))
        at = order[ranks]
        _, first = np.unique(column.values[at], return_index=True)
        at = at[first]
        middles = 0.5 * (column.values[at][1:] + column.values[at][:-1])
        of_row = np.where(missing, -1, np.searchsorted(middles, column.values))
        return _Points(name, place, own, column, at, of_row)
    codes, first, counts = np.unique(column.values, return_index=True, return_counts=True)
    kept = np.sort(np.argsort(-counts, kind="stable")[:_MOST_LEVELS])
    kept = np.concatenate([kept[codes[kept] >= 0], kept[codes[kept] < 0]])  # missing comes last
    if len(kept) < 2:
        raise DataError(f"column {name!r} has one value in these rows; a curve needs two.")
    place_of = {int(codes[k]): number for number, k in enumerate(kept)}
    of_row = np.array([place_of.get(int(code), -1) for code in column.values])
    return _Points(name, place, own, column, first[kept], of_row)


def _curve(
    model: TabularModel, inputs: np.ndarray, of_input: np.ndarray, points: _Points, kind: str
) -> Curve:
    """Over one column."""
    steps = inputs[np.ix_(points.at, points.inputs)]

    def answers(rows: np.ndarray) -> np.ndarray:
        return _answers(model, rows)

    if kind != "ale":
        return partial_dependence(answers, inputs, points.inputs, steps, keeps_rows=kind == "ice")
    if not points.is_ordered:
        rows = np.flatnonzero(points.of_row >= 0)
        codes, n = points.of_row[rows], len(points.at)
        order = order_of_levels(inputs[rows], of_input, points.place, codes, n)
        return ale_of_levels(answers, inputs[rows], points.inputs, steps, codes, order)
    rows = np.flatnonzero(~points.column.missing)
    edges = points.column.values[points.at]
    intervals = np.searchsorted(edges, points.column.values[rows], side="left") - 1
    intervals = np.clip(intervals, 0, len(edges) - 2)
    return ale_of_numbers(answers, inputs[rows], points.inputs, steps, intervals)


def _of_pair(model: TabularModel, inputs: np.ndarray, parts: Sequence[_Points]) -> Curve:
    """Partial dependence over two columns."""
    one, other = parts
    at = [np.repeat(one.at, len(other.at)), np.tile(other.at, len(one.at))]
    steps = [inputs[np.ix_(rows, part.inputs)] for rows, part in zip(at, parts, strict=True)]
    both = np.concatenate([one.inputs, other.inputs])
    return partial_dependence(
        lambda rows: _answers(model, rows), inputs, both, np.concatenate(steps, axis=1)
    )


def _answers(model: TabularModel, inputs: np.ndarray) -> np.ndarray:
    """(n_networks + 1, n_rows, n_answers): of all networks together, then of each."""
    outputs = model._forward(np.ascontiguousarray(inputs))
    target = model._target
    found = [target.decode(outputs)]
    for k, output in enumerate(outputs):
        found.append(target.of_member(k).decode([output]) if len(outputs) > 1 else found[0])
    whole = np.stack([answer.reshape(len(inputs), -1) for answer in found])
    if isinstance(target, ClassTarget) and not target.labels.multilabel and whole.shape[2] == 2:
        return whole[..., 1:]
    return whole


def _answered(model: TabularModel) -> tuple[str, tuple[str, ...]]:
    """What the answers are, and the names of several."""
    target = model._target
    if isinstance(target, ClassTarget):
        names = target.output_names
        if not target.labels.multilabel and len(names) == 2:
            return f"the probability of {names[1]}", ()
        return "the probability", names
    levels = tuple(f"quantile {q:g}" for q in target.loss.quantiles)
    names = levels or tuple(f"target {k}" for k in range(target.n_outputs))
    return "the prediction", names if len(names) > 1 else ()
