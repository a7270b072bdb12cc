"""The rows that are answered worst, each with its own parts and its own chain rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.explain.attribution import Attributions
from chainrule.explain.explain import explain
from chainrule.explain.explanation import Explanation
from chainrule.explain.notation.numbers import format_number
from chainrule.report.contents import Part, WorstRow
from chainrule.report.model import Evaluation, FittedModel

_MOST_PARTS = 8
_TOP = 3  # terms of the sums of a chain rule
_TINY = np.finfo(np.float64).tiny


def worst_rows(
    model: FittedModel,
    X: Any,
    evaluation: Evaluation,
    classes: Sequence[str],
    row_ids: Sequence[Any],
    n_worst: int,
) -> tuple[str, tuple[WorstRow, ...]]:
    """What the rows are the worst by, and the rows, the worst first; X is a `Table`."""
    words, losses = _losses(evaluation, classes)
    order = np.argsort(-losses, kind="stable")[:n_worst]
    if not len(order):
        return words, ()
    found = model.attribute(X.take(order), background=X)
    return words, tuple(
        _row(model, X, evaluation, classes, row_ids, found, place, int(row), float(losses[row]))
        for place, row in enumerate(order)
    )


def _losses(evaluation: Evaluation, classes: Sequence[str]) -> tuple[str, np.ndarray]:
    truth, answers = evaluation.scored_truth, np.asarray(evaluation.answers, np.float64)
    if classes and truth.ndim == 1:
        p = answers[np.arange(len(truth)), truth]
        return "−log of the true class's probability", -np.log(np.maximum(p, _TINY))
    if classes:
        p = np.where(truth > 0.5, answers, 1.0 - answers)
        return "sum over labels of −log probability", -np.log(np.maximum(p, _TINY)).sum(axis=1)
    if answers.ndim == 1:
        return "size of the error", np.abs(truth - answers)
    if truth.ndim == 1:
        middle = answers[:, answers.shape[1] // 2]
        return "distance to the middle quantile", np.abs(truth - middle)
    scale = truth.std(axis=0)
    errors = np.abs(truth - answers) / np.where(scale > 0, scale, 1.0)
    return "sum of errors in standard deviations", errors.sum(axis=1)


def _row(
    model: FittedModel,
    X: Any,
    evaluation: Evaluation,
    classes: Sequence[str],
    row_ids: Sequence[Any],
    found: Attributions,
    place: int,
    row: int,
    loss: float,
) -> WorstRow:
    if found.values.ndim == 3:
        found = found.of(found.answer_names[int(found.answers[place].argmax())])
    values, errors = found.values[place], found.errors[place]
    order = np.argsort(-np.abs(values), kind="stable")
    shown = order[:_MOST_PARTS]
    truth, answer = _words(evaluation, classes, row)
    one = np.array([row])
    return WorstRow(
        row=str(row_ids[row]),
        truth=truth,
        answer=answer,
        loss=loss,
        unit=found.unit,
        base=float(found.base_values),
        total=float(found.answers[place]),
        parts=tuple(
            Part(found.names[k], cell_text(found.data[place, k]), float(v), float(e))
            for k, v, e in zip(shown, values[shown], errors[shown], strict=True)
        ),
        rest=float(values[order[_MOST_PARTS:]].sum()),
        n_rest=max(len(order) - _MOST_PARTS, 0),
        explanation=_explanation(model, X.take(one), evaluation.truth[one], str(row_ids[row])),
    )


def _explanation(model: FittedModel, X: Any, y: np.ndarray, row_id: str) -> Explanation:
    """Of the weight of layer 1 with the largest gradient: the longest way, through all layers."""
    trace = model.trace(X, y, row_ids=[row_id])
    gradient = np.abs(np.asarray(trace.dL_dW[1]))
    unit, source = divmod(int(gradient.argmax()), gradient.shape[1])
    return explain(trace, f"W1[{unit},{source}]", row=0, top=_TOP)


def _words(evaluation: Evaluation, classes: Sequence[str], row: int) -> tuple[str, str]:
    """The truth and the answer of a row."""
    truth, answers = evaluation.scored_truth, evaluation.answers
    if not classes:
        return _numbers(evaluation.truth[row]), _numbers(answers[row])
    p = answers[row]
    if truth.ndim == 1:
        true, most = int(truth[row]), int(p.argmax())
        return f"{classes[true]} ({p[true]:.3f})", f"{classes[most]} ({p[most]:.3f})"
    on = (np.flatnonzero(part > 0.5) for part in (truth[row], p))
    true_labels, answered = (", ".join(classes[k] for k in places[:6]) or "none" for places in on)
    return true_labels, answered


def _numbers(values: Any) -> str:
    return ", ".join(format_number(value) for value in np.ravel(values)[:6].tolist())


def cell_text(cell: Any) -> str:
    """A cell of a table as it is read."""
    if cell is None:
        return "missing"
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell)
