"""Attributions of a fitted Tabular model: its answers, shared out among the columns of the table.

A classifier's are log-odds, a regressor's numbers in y's own units: what its networks are averaged
in, so that the average's attributions are the average of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_random_state

from chainrule.estimators.arguments import check_arguments, plain, seeds
from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.estimators.tabular.trace import Cells
from chainrule.explain.attribution import (
    Answer,
    Attributions,
    MeanAnswer,
    attributed,
    log_odds,
    samples_of,
)
from chainrule.table.frame import Table, as_table

if TYPE_CHECKING:
    from chainrule.estimators.tabular.base import TabularModel

_RULES = {"random_state": seeds(32)}


def attribute(
    model: TabularModel, X: Any, background: Any, method: str, n_samples: Any, random_state: Any
) -> Attributions:
    """Of a fitted model's answers on these rows; see `ColumnsModel.attribute`."""
    check_arguments(_RULES, {"random_state": random_state})
    n_samples = samples_of(method, n_samples)
    table = as_table(X)
    inputs = model._encode(table, model._dtype)
    start = inputs if background is None else model._encode(as_table(background), model._dtype)
    names = model.encoder_.column_names
    place = {name: k for k, name in enumerate(names)}
    columns = np.array([place.get(name, 0) for name in model.encoder_.input_columns])
    answers, unit, answer_names = answers_of(model._target, len(model.members_))
    mean = MeanAnswer(
        model.spec_,
        [member.params for member in model.members_],
        answers,
        columns,
        len(names),
        plain(model.n_threads),
    )
    return attributed(
        mean,
        inputs,
        start,
        method,
        n_samples,
        check_random_state(random_state),
        names=names,
        data=cells(table, names, model.encoder_.named),
        unit=unit,
        answer_names=answer_names,
    )


def answers_of(
    target: ClassTarget | NumberTarget, n_members: int
) -> tuple[Sequence[Answer], str, tuple[str, ...]]:
    """Each network's answer, what it is in words, and the names of several."""
    if isinstance(target, NumberTarget):
        std, mean = np.asarray(target.scale.std, float), np.asarray(target.scale.mean, float)
        n = target.n_outputs
        std, mean = np.broadcast_to(std, n), np.broadcast_to(mean, n)
        answer = Answer(np.diag(std), mean, "exp" if target.loss.name == "poisson" else "identity")
        levels = tuple(f"quantile {q:g}" for q in target.loss.quantiles)
        names = levels or tuple(f"target {k}" for k in range(n))
        return [answer] * n_members, "the prediction", names if n > 1 else ()
    classes = [str(label) for label in target.labels.classes.tolist()]
    contrast = log_odds(len(classes), exclusive=not target.labels.multilabel)
    betas = [temperature.beta for temperature in target.temperatures]
    betas = betas * n_members if len(betas) == 1 else betas
    answers = [Answer(beta * contrast, np.zeros(len(contrast))) for beta in betas]
    if len(contrast) == 1:
        return answers, f"log-odds of {classes[1]}", ()
    return (
        answers,
        "log-odds" if target.labels.multilabel else "relative log-probability",
        tuple(classes),
    )


def cells(table: Table, names: tuple[str, ...], named: bool) -> np.ndarray:
    """The cells of the model's columns, (n_rows, n_columns), as they stand in the table; None where
    they are missing."""
    found = np.empty((table.n_rows, len(names)), object)
    for k, row in enumerate(Cells(table, names, named)):
        found[k] = list(row.values())
    return found
