"""A fitted model on its validation rows, as it would answer them had it never met them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.ensemble import Member
from chainrule.estimators.tabular.evaluation import Evaluation, Sway
from chainrule.estimators.tabular.nested import (
    Recorded,
    nested_outputs,
    parts_of_rows,
    together,
)
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.estimators.tabular.optimization import Optimization, n_training_rows
from chainrule.estimators.tabular.rows import Rows
from chainrule.estimators.tabular.scored_how import scored_how
from chainrule.estimators.tabular.unseen import Moved, as_if_unseen

Array = np.ndarray
Target = ClassTarget | NumberTarget

_STEP = 1e-4  # of what answers sway with, for a slope


@dataclass(frozen=True)
class HeldOut:
    """Some validation rows of one network.

    Attributes
    ----------
    places : ndarray of int64
        In the table, or among the rows of an `eval_set`.
    rows : Rows
        Those rows, without inputs.
    outputs : ndarray, shape (n, n_outputs)
        Answers of epochs and temperatures chosen on other rows: logits, or outputs of numbers.
    """

    places: Array
    rows: Rows
    outputs: Array


def held_out(
    target: Target,
    job: Optimization,
    known: Sequence[Rows],
    members: Sequence[Member],
    records: Sequence[Recorded | None],
    arguments: Mapping[str, Any],
) -> list[HeldOut]:
    """Of each network; none where no epoch was recorded.

    Parameters
    ----------
    known : sequence of Rows
        All validation rows of each network.
    """
    found: list[HeldOut] = []
    evidence = target.evidence(known)
    for member, record, rows, n_rows in zip(members, records, known, evidence, strict=True):
        if record is None or not record.outputs:
            return []
        if found and job.shares_validation:
            kept, some = found[0].places, found[0].rows
        else:
            places = np.arange(len(rows.target)) if job.own is not None else member.eval_rows
            assert places is not None
            kept, some = places[record.places], rows.targets(record.places)
        in_time = job.own is None and job.arrangement.order is not None
        order = job.arrangement.places(kept) if in_time else None
        parts = parts_of_rows(
            len(kept),
            job.training.seed,
            strata=target.strata(some.target),
            groups=_of(job.arrangement.groups, kept, job),
            order=order,
        )
        outputs = nested_outputs(
            np.stack(record.outputs),
            some,
            parts,
            lambda choosing: target.metric(choosing, arguments),
            target.loss,
            target.finished(arguments, n_rows),
            order,
        )
        found.append(HeldOut(kept, some, outputs))
    return found


def validation(
    target: Target,
    job: Optimization,
    members: Sequence[Member],
    held: Sequence[HeldOut],
    forward: Callable[[Member, Array], Array],
    raw_weights: Array | None,
) -> tuple[Evaluation, Array | None]:
    """The model's answers on the validation rows, and those of the table out of fold.

    Parameters
    ----------
    target : ClassTarget or NumberTarget
        With the temperatures of the members.
    forward : callable
        A member's outputs on encoded rows.
    raw_weights : ndarray or None
        `sample_weight` of the table's rows.

    Returns
    -------
    Evaluation
    ndarray, shape (n_rows, n_outputs), or None
        Of every row of the table the answer of the networks that did not train on it, NaN where all
        did; None for an `eval_set`.
    """
    inputs = (job.own or job.rows).inputs
    scored = np.unique(np.concatenate([part.places for part in held]))
    nested = [target.answers_of(number, part.outputs) for number, part in enumerate(held)]
    answers = together(nested, [part.places for part in held], len(inputs))[:, scored]
    honest = np.ones(answers.shape[:2], bool)
    for number, (member, fold) in enumerate(zip(members, job.folds, strict=False)):
        missing = np.flatnonzero(np.isnan(answers[number, :, 0]))
        if len(missing):
            outputs = forward(member, inputs[scored[missing]])
            answers[number, missing] = target.answers_of(number, outputs, final=True)
            trained = fold.rows
            if job.own is None:
                seen = np.isin(scored[missing], trained) if trained is not None else True
                honest[number, missing] = ~np.asarray(seen)
    rows = (job.own or job.rows).targets(scored)
    weights = rows.weights if job.own is not None else _picked(raw_weights, scored)
    moved = as_if_unseen(
        answers, honest, target.rows_of(rows), target.link, target.losses_of(rows), weights
    )
    unseen = np.where(honest[:, :, None], answers, np.nan)
    out_of_fold = None
    if job.own is None:
        out_of_fold = np.full((len(inputs), answers.shape[2]), np.nan)
        out_of_fold[scored] = target.joined(np.nanmean(unseen, axis=0, keepdims=True))
        left = _left_out(members, scored)
        if len(left):  # more rows than are recorded; they hardly weigh in what chose the epoch
            out_of_fold[left] = _by_own_network(target, members, left, inputs, forward)
    found = Evaluation(
        how=scored_how(target, job, len(members), scored),
        rows=None if job.own is not None else scored,
        truth=rows.raw,
        answers=target.shaped(target.joined(moved.answers)),
        weights=weights,
        clusters=None if job.own is not None else job.arrangement.clusters(scored),
        baseline=target.baseline(*_trained_on(job, raw_weights)),
        target=target,
        sway=_sway(target, moved),
        overlap=0.0 if job.own is not None else len(scored) / _n_trained(job),
    )
    return found, out_of_fold


def _sway(target: Target, moved: Moved) -> Sway | None:
    """How the bag's answers move with what rows say of it."""
    if moved.slope is None:
        return None
    above, below = (
        target.shaped(target.joined(moved.answers + step * moved.slope)) for step in (_STEP, -_STEP)
    )
    return Sway((above - below) / (2.0 * _STEP), moved.pull)


def _trained_on(job: Optimization, weights: Array | None) -> tuple[Array, Array | None]:
    """Targets and weights of the rows that some network trained on."""
    rows = job.folds[0].rows if len(job.folds) == 1 or job.shares_validation else None
    if rows is None:
        return job.rows.raw, weights
    return job.rows.raw[rows], _picked(weights, rows)


def _n_trained(job: Optimization) -> float:
    """Rows that a network trained on."""
    return float(np.mean([n_training_rows(fold, len(job.rows.inputs)) for fold in job.folds]))


def _left_out(members: Sequence[Member], scored: Array) -> Array:
    rows = [member.eval_rows for member in members if member.eval_rows is not None]
    return np.setdiff1d(np.concatenate(rows), scored) if rows else np.empty(0, np.int64)


def _by_own_network(
    target: Target,
    members: Sequence[Member],
    rows: Array,
    inputs: Array,
    forward: Callable[[Member, Array], Array],
) -> Array:
    """The answer of the last network that validated each row."""
    found = np.empty((len(rows), target.n_outputs))
    for number, member in enumerate(members):
        mine = member.eval_rows
        own = np.empty(0, np.int64) if mine is None else np.flatnonzero(np.isin(rows, mine))
        if len(own):
            outputs = forward(member, inputs[rows[own]])
            found[own] = target.joined(target.answers_of(number, outputs, final=True)[None])
    return found


def _of(values: Array | None, places: Array, job: Optimization) -> Array | None:
    return None if values is None or job.own is not None else values[places]


def _picked(weights: Array | None, rows: Array) -> Array | None:
    return None if weights is None else weights[rows]
