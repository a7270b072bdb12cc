"""`diagnose`: why a training goes badly, in sentences with numbers, and what to do about it.

The detectors read the losses of the epochs, the rows, and one recorded step over at most 1,024 of
them. Training itself pays nothing for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.explain.derivation.names import Names
from chainrule.explain.diagnosis.detectors import Level
from chainrule.explain.diagnosis.evidence import MAX_ROWS, Evidence
from chainrule.explain.diagnosis.findings import Diagnosis, Finding
from chainrule.explain.diagnosis.table import TABLE
from chainrule.explain.diagnosis.words import Words, words_of_network
from chainrule.spec import History, NetworkSpec, TrainingSpec, TrainingState


@dataclass(frozen=True)
class Context:
    """What is known of the object at hand beside its network.

    Attributes
    ----------
    words : Words or None
        How it is told what to change; None is a `Network`.
    names : Names or None
        What inputs and outputs are called.
    columns : sequence of str
        For each input the column that it comes from; the inputs' names where empty.
    classes : sequence of str
        Names of the two classes of one sigmoid output.
    raw : mapping of str to ndarray (n,) or None
        Columns of the user's table that hold numbers; None where they are the inputs.
    table : sequence of str
        Names of all columns of that table.
    answers : ndarray or None
        y as the user has it, where that is not what the engine takes.
    """

    words: Words | None = None
    names: Names | None = None
    columns: Sequence[str] = ()
    classes: Sequence[str] = ()
    raw: Mapping[str, np.ndarray] | None = None
    table: Sequence[str] = ()
    answers: np.ndarray | None = field(default=None, repr=False)


def diagnose(
    spec: NetworkSpec,
    params: Mapping[str, np.ndarray],
    X: Any,
    y: Any,
    training: TrainingSpec | None = None,
    history: History | None = None,
    *,
    sample_weight: Any = None,
    eval_set: tuple[Any, Any] | None = None,
    state: TrainingState | None = None,
    context: Context | None = None,
) -> Diagnosis:
    """Look for the faults of `chainrule.explain.diagnosis.table.TABLE`.

    Parameters
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
        The parameters after training, or those that were kept when it diverged.
    X : array (n, n_features)
    y : array
        Targets as `engine.fit` takes them; best the rows of training.
    training : TrainingSpec, optional
        How the network was trained; the defaults of `fit` otherwise.
    history : History, optional
        Without it the course of the training is not looked at.
    sample_weight : array (n,), optional
    eval_set : (X, y), optional
        The validation rows, to look at both together.
    state : TrainingState, optional
        Moments of the optimizer; zero otherwise.
    context : Context, optional
        Names, and the words of the object at hand.

    Returns
    -------
    Diagnosis
        A sequence of `Finding`; empty when nothing was found, and then it says what was checked.

    Raises
    ------
    DataError
        When X, y or sample_weight cannot be used, naming row and column.
    """
    with np.errstate(all="ignore"):  # what overflows is a finding here
        seen = _evidence(
            spec, dict(params), X, y, training or TrainingSpec(), history or History(),
            sample_weight, eval_set, state, context or Context(),
        )  # fmt: skip
        return _diagnosis(seen)


def _evidence(
    spec: NetworkSpec,
    params: dict[str, np.ndarray],
    X: Any,
    y: Any,
    training: TrainingSpec,
    history: History,
    sample_weight: Any,
    eval_set: tuple[Any, Any] | None,
    state: TrainingState | None,
    context: Context,
) -> Evidence:
    dtype = params["W1"].dtype
    given = engine.TrainingRows.of(spec, dtype, X, y, sample_weight)
    held = (
        None if eval_set is None else engine.TrainingRows.of(spec, dtype, *eval_set, what="eval_")
    )
    target = np.asarray(given.classes if given.y is None else given.y)
    n = len(given.x)
    chosen = np.arange(n)
    if n > MAX_ROWS:
        chosen = np.sort(engine.permutation(n, training.seed)[:MAX_ROWS])
    weight = None if given.weights is None else given.weights[chosen]
    if weight is not None and not weight.any():  # the trace needs a row that counts
        weight = None
    names = context.names or Names(spec)
    columns = context.columns or names.inputs or [f"x{k}" for k in range(spec.n_features)]
    return Evidence(
        spec=spec,
        training=training,
        history=history,
        trace=engine.trace(
            spec, params, given.x[chosen], target[chosen], training, sample_weight=weight,
            state=state,
        ),
        y=target,
        weights=given.weights,
        rows=chosen,
        columns=columns,
        labels=names.outputs,
        words=context.words or words_of_network(spec),
        x=given.x,
        raw=dict(zip(columns, given.x.T, strict=True)) if context.raw is None else context.raw,
        table=context.table,
        classes=context.classes,
        answers=np.asarray(y).squeeze() if context.answers is None else context.answers,
        params=params,
        state=state,
        held=held,
    )  # fmt: skip


def _diagnosis(seen: Evidence) -> Diagnosis:
    found: list[Finding] = []
    checked: dict[str, str] = {}
    skipped: dict[str, str] = {}
    missing = _missing(seen)
    for code, detector in TABLE.items():
        lacks = [why for what, why in missing.items() if what in detector.needs]
        if lacks:
            skipped[code] = lacks[0]
            continue
        checked[code] = detector.looks_for
        found += detector.findings(seen)
    return Diagnosis(
        findings=_with_causes(found),
        checked=checked,
        skipped=skipped,
        n_rows=seen.n,
        n_seen=len(seen.rows),
        n_epochs=seen.history.n_epochs,
        loss=seen.loss,
        baseline=seen.baseline,
    )


def _missing(seen: Evidence) -> dict[str, str]:
    """What a detector may need and there is not, and why."""
    missing = {}
    if not seen.history.loss:
        missing["history"] = "no epoch has been completed"
    if not seen.history.validation_loss:
        missing["validation losses"] = "there were no validation rows"
    if seen.held is None:
        missing["validation rows"] = "no validation rows were given (eval_set)"
    if not all(np.isfinite(np.asarray(z)).all() for z in seen.trace.z[1:]):
        missing["finite step"] = "the recorded step is not finite"
    return missing


def _with_causes(found: list[Finding]) -> tuple[Finding, ...]:
    """Causes first; each other finding names the first one that lies deeper."""
    causes: list[Finding] = []
    followed: list[Finding] = []
    for finding in found:
        level = TABLE[finding.code].level
        deeper = [f for f in causes if TABLE[f.code].level < level < Level.BESIDE]
        if deeper:
            followed.append(replace(finding, cause=deeper[0].code))
        else:
            causes.append(finding)
    return (*causes, *followed)
