"""A fitted model in a box for notebooks: its scores, its columns as understood, its networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from chainrule.explain.render.box import box, folded
from chainrule.explain.render.markup import name, table, text
from chainrule.network.description import layers_html
from chainrule.report.facts import course_of, network_of
from chainrule.report.model import FittedModel, Score
from chainrule.report.verdict import verdict_of
from chainrule.report.words import HEADINGS, SIGNS, score_cells
from chainrule.spec import Loss
from chainrule.table.encode.words import column_words

_MOST_COLUMNS = 50
_MOST_CLASSES = 8


def model_html(model: FittedModel, classes: Sequence[str], baseline: Any) -> str:
    """Of a Tabular estimator.

    Parameters
    ----------
    model : FittedModel
    classes : sequence of str
        Of a classifier.
    baseline : ndarray or None
        The answer that needs no columns.
    """
    task = task_words(model.spec_.loss, model.spec_.n_outputs)
    shown = ", ".join(classes[:_MOST_CLASSES]) + (", ..." if len(classes) > _MOST_CLASSES else "")
    head = f"{task}: {shown}" if shown else task
    network = network_of(model)
    settings = ", ".join(f"{what} {value}" for what, value in network.facts)
    return box(
        head,
        scores_html(
            model.scores_, f"rows held out of training: {model.scored_how_}", classes, baseline
        ),
        columns_html(model.encoder_.to_json()["columns"]),
        folded(
            network.sentence.removesuffix("."),
            layers_html(model.spec_),
            f"<p>{text(course_of(model).sentence)}</p>",
            f'<p class="faint">{text(settings)}</p>' if settings else "",
        ),
    )


def task_words(loss: Loss, n_outputs: int) -> str:
    """What a model with this loss answers."""
    if "cross_entropy" in loss.name:
        several = loss.name == "binary_cross_entropy"
        return f"Classifier of {n_outputs} {'labels, several at once' if several else 'classes'}"
    if loss.quantiles:
        return f"Regressor of the quantiles {', '.join(f'{q:g}' for q in loss.quantiles)}"
    what = "counts" if loss.name == "poisson" else "numbers"
    return f"Regressor of {what if n_outputs == 1 else f'{n_outputs} {what}'}"


def scores_html(
    scores: Mapping[str, Score], rows: str, classes: Sequence[str], baseline: Any
) -> str:
    """Each metric with its interval and the baseline's; `rows` says which rows are scored."""
    if not scores or baseline is None:
        return '<p class="faint">No rows were held out of training: there are no scores.</p>'
    verdict = verdict_of(
        {}, scores, "", n_rows=0, n_known=0, classes=classes, baseline=np.asarray(baseline)
    )
    (held,) = verdict.tables
    cells = [[text(score.label), *score_cells(score)] for score in held.scores]
    caption = f"Scores of {rows}. The baseline answers {verdict.baseline}."
    return (
        f"<p>{SIGNS[verdict.level]} {HEADINGS[verdict.level]}</p>"
        f"{table(['metric', 'model', '90 % interval', 'baseline'], cells, caption=caption)}"
    )


def columns_html(columns: Sequence[Mapping[str, Any]]) -> str:
    """Each column with what it was taken for."""
    rows = [
        [name(column["name"]), text(column["kind"]), text(column_words(column))]
        for column in columns[:_MOST_COLUMNS]
    ]
    rest = len(columns) - len(rows)
    more = f", the first {len(rows)}" if rest else ""
    noun = "column" if len(columns) == 1 else "columns"
    head = ["column", "taken as", "read as"]
    caption = "What training made of each column."
    return folded(
        f"{len(columns)} {noun}, as understood{more}",
        table(head, rows, caption=caption, kind="words"),
    )
