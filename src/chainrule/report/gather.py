"""Everything that a report says, from a fitted model and rows whose answer is known."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from chainrule.errors import DataError, DataNotice, SpecError
from chainrule.explain.diagnosis.findings import Diagnosis
from chainrule.report.answers import coverage_of, of_classes, of_numbers
from chainrule.report.columns import importance_of, shares_of
from chainrule.report.contents import Contents, Fault, Findings
from chainrule.report.facts import course_of, network_of, origin_of
from chainrule.report.model import Evaluation, FittedModel
from chainrule.report.verdict import verdict_of
from chainrule.report.worst import worst_rows
from chainrule.table.frame import Table, as_table
from chainrule.table.row_ids import row_names

_COVERAGE = 0.9


def contents_of(
    model: FittedModel,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    *,
    title: str | None = None,
    n_worst: int = 8,
    row_ids: Sequence[Any] | None = None,
) -> Contents:
    """See `InspectedModel.report`, whose arguments these are.

    Raises
    ------
    DataError, SpecError
        Naming the column, row or argument that cannot be used.
    """
    if not isinstance(n_worst, int) or isinstance(n_worst, bool) or not 0 <= n_worst <= 20:
        raise SpecError(f"n_worst must be a whole number from 0 to 20, found {n_worst!r}.")
    if title is not None and not isinstance(title, str):
        raise SpecError(f"title must be text or None, found {title!r}.")
    evaluation = model.evaluate(X, y, sample_weight)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataNotice)  # told once is enough
        n_known = model.n_trained_rows(X, y)
        found = model.diagnose(X, y, sample_weight)
        table = as_table(X)
        ids = row_names(X, table.n_rows, row_ids) or list(range(table.n_rows))
        if evaluation.rows is not None:
            table, ids = table.take(evaluation.rows), [ids[k] for k in evaluation.rows]
        return _contents(model, table, evaluation, found, n_known, ids, title, n_worst)


def _contents(
    model: FittedModel,
    X: Table,
    evaluation: Evaluation,
    found: Diagnosis,
    n_known: int,
    ids: Sequence[Any],
    title: str | None,
    n_worst: int,
) -> Contents:
    classes = [str(label) for label in getattr(model, "classes_", ())]
    quantiles = model.spec_.loss.quantiles
    n, weights = len(evaluation.truth), evaluation.weights
    loss, worst = worst_rows(model, X, evaluation, classes, ids, n_worst)
    verdict = verdict_of(
        evaluation.scores(), model.scores_, model.scored_how_,
        n_rows=n, n_known=n_known, classes=classes, baseline=evaluation.baseline,
    )  # fmt: skip
    kind = f"{len(classes)} classes" if classes else "numbers"
    several = len(model.members_)
    return Contents(
        title=title or f"A model of {kind}",
        facts=(
            ("estimator", type(model).__name__),
            ("answers", ", ".join(classes[:6]) + (", ..." if len(classes) > 6 else ""))
            if classes
            else ("answers", "quantiles" if quantiles else "numbers"),
            ("columns", f"{len(model.encoder_.column_names):,}"),
            ("rows given", f"{n:,}"),
            ("networks", f"{several}"),
        ),
        verdict=verdict,
        findings=findings_of(found),
        course=course_of(model),
        of_classes=of_classes(evaluation, classes) if classes else None,
        of_numbers=() if classes else of_numbers(evaluation, _targets(evaluation, quantiles)),
        coverage=() if classes else _coverage(model, X, evaluation, quantiles),
        importance=importance_of(model, X, evaluation.truth, weights),
        shares=shares_of(model, X, len(classes) if len(classes) > 2 else 1),
        loss=loss,
        worst=worst,
        network=network_of(model),
        code=('model.report(X, y).save("report.html")',),
        origin=origin_of(model, X, evaluation.truth),
    )


def findings_of(found: Diagnosis) -> Findings:
    """The diagnosis as a report says it."""
    faults = tuple(
        Fault(
            one.heading, f"{one.sentence[:1].upper()}{one.sentence[1:]}.", one.fix, bool(one.steps)
        )
        for one in found.causes
    )
    return Findings(found.head, faults, tuple(found.lists()))


def _targets(evaluation: Evaluation, quantiles: Sequence[float]) -> list[str]:
    if quantiles:
        return [f"quantile {level:g}" for level in quantiles]
    n = evaluation.answers.shape[1] if evaluation.answers.ndim > 1 else 1
    return [f"target {k}" for k in range(n)] if n > 1 else [""]


def _coverage(model: Any, X: Table, evaluation: Evaluation, quantiles: Sequence[float]) -> Any:
    try:
        intervals = model.predict_interval(X, _COVERAGE)
    except DataError:  # no validation rows, or too few of them
        intervals = None
    return coverage_of(evaluation, intervals, quantiles, _COVERAGE)
