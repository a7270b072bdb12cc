"""What a recipe comes to for one table: networks, their rows, and epochs within a time limit."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chainrule.estimators.arguments import plain
from chainrule.estimators.tabular.arrangement import Arrangement
from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.folds import Fold, arranged_folds
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.estimators.tabular.optimization import (
    Optimization,
    n_training_rows,
    smoothed,
    validation_rows,
)
from chainrule.estimators.tabular.recipe import Recipe
from chainrule.estimators.tabular.rows import Rows
from chainrule.spec.checks import check_number
from chainrule.table.encode.encoder import Encoder

_LEAST_SECONDS = 1e-3  # a limit that has passed still leaves one epoch


def plan(
    recipe: Recipe,
    encoder: Encoder,
    target: ClassTarget | NumberTarget,
    rows: Rows,
    own: Rows | None,
    seed: int,
    arguments: Mapping[str, Any],
    arrangement: Arrangement,
) -> Optimization:
    """The recipe's networks for these rows.

    Parameters
    ----------
    rows : Rows
        Of the whole table, encoded.
    own : Rows or None
        Evaluation rows that are not of the table.
    arguments : mapping
        The estimator's.
    arrangement : Arrangement
        Groups and order of the table's rows.
    """
    n_rows = len(rows.inputs)
    fraction = plain(arguments["validation_fraction"])
    strata = target.strata(rows.target)
    found = (
        [Fold()] * recipe.n_members
        if own is not None
        else arranged_folds(
            n_rows, recipe.n_members, fraction, seed, strata, rows.weights, arrangement
        )
    )
    most = max(n_training_rows(fold, n_rows) for fold in found)
    n_threads, patience = plain(arguments["n_threads"]), plain(arguments["patience"])
    spec = recipe.network(
        rows.inputs.shape[1],
        target.n_outputs,
        target.loss,
        encoder.n_numbers,
        encoder.level_counts,
    )
    return Optimization(
        spec=spec,
        training=recipe.training(spec, most, seed, n_threads, patience),
        init=recipe.init,
        rows=rows,
        target=smoothed(rows.target, target.n_outputs, recipe.label_smoothing),
        folds=found,
        own=own,
        metrics=[target.metric(validation_rows(rows, own, fold), arguments) for fold in found],
        arrangement=arrangement,
    )


def within_limit(
    job: Optimization, recipe: Recipe, start: float, arguments: Mapping[str, Any]
) -> Optimization:
    """As many epochs as `time_limit` allows from `start` on, unless their number was asked for.

    Raises
    ------
    SpecError
        For a limit that is no number above 0.
    """
    limit = plain(arguments["time_limit"])
    if limit is None:
        return job
    check_number("time_limit", limit, low=0.0, open_low=True)
    end = start + limit
    if arguments["epochs"] is None:
        left = end - time.perf_counter()
        if job.checkpoint is None:
            epochs = job.epochs_within(left)
        else:  # a trial of another day would find another number
            epochs = job.checkpoint.remembered("epochs", lambda: job.epochs_within(left))
        shorter = replace(recipe, epochs=epochs, row_visits=None)
        told = job.training
        training = shorter.training(job.spec, job.n_rows, told.seed, told.n_threads, told.patience)
        job = replace(job, training=training)
    return job.limited(max(end - time.perf_counter(), _LEAST_SECONDS))
