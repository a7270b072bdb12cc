"""`diagnose`: why a training goes badly, in sentences with numbers, and what to do about it.

The detectors read the losses of the epochs and one recorded step over at most 1,024 rows. Training
itself pays nothing for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.explain.derivation.names import Names
from chainrule.explain.diagnosis import course, layers
from chainrule.explain.diagnosis import rows as rows_of
from chainrule.explain.diagnosis.detectors import TABLE
from chainrule.explain.diagnosis.evidence import MAX_ROWS, Evidence
from chainrule.explain.diagnosis.findings import Diagnosis, Finding
from chainrule.explain.diagnosis.overflow import first_overflow
from chainrule.spec import History, NetworkSpec, TrainingSpec, TrainingState

Detect = Callable[[Evidence], Iterator[Finding]]

# code -> (detector, whether it reads the history, whether it needs validation rows).
_DETECTORS: dict[str, tuple[Detect, bool, bool]] = {
    "constant-target": (rows_of.constant_target, False, False),
    "leak": (rows_of.leak, False, False),
    "imbalance": (rows_of.imbalance, False, False),
    "unscaled-inputs": (rows_of.unscaled_inputs, False, False),
    "exploding": (layers.exploding, False, False),
    "vanishing": (layers.vanishing, False, False),
    "dead-units": (layers.dead_units, False, False),
    "saturated": (layers.saturated, False, False),
    "twin-units": (layers.twin_units, False, False),
    "rate-too-high": (course.rate_too_high, False, False),
    "rate-too-low": (course.rate_too_low, True, False),
    "oscillating": (course.oscillating, True, False),
    "stuck": (course.stuck, True, False),
    "overfitting": (course.overfitting, True, True),
    "label-noise": (rows_of.label_noise, False, False),
}

_NEEDS_FINITE = ("vanishing", "dead-units", "saturated", "twin-units", "label-noise")


def diagnose(
    spec: NetworkSpec,
    params: Mapping[str, np.ndarray],
    X: Any,
    y: Any,
    training: TrainingSpec | None = None,
    history: History | None = None,
    *,
    sample_weight: Any = None,
    names: Names | None = None,
    columns: Sequence[str] | None = None,
    state: TrainingState | None = None,
) -> Diagnosis:
    """Look for the faults of `chainrule.explain.diagnosis.detectors.TABLE`.

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
    names : Names, optional
        What inputs and outputs are called.
    columns : sequence of str, optional
        For each input the column that it comes from, where several belong to one; the inputs'
        names otherwise.
    state : TrainingState, optional
        Moments of the optimizer; zero otherwise.

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
        return _diagnose(
            spec, dict(params), X, y, training or TrainingSpec(), history or History(),
            sample_weight, names or Names(spec), columns, state,
        )  # fmt: skip


def _diagnose(
    spec: NetworkSpec,
    params: dict[str, np.ndarray],
    X: Any,
    y: Any,
    training: TrainingSpec,
    history: History,
    sample_weight: Any,
    names: Names,
    columns: Sequence[str] | None,
    state: TrainingState | None,
) -> Diagnosis:
    dtype = params["W1"].dtype
    given = engine.TrainingRows.of(spec, dtype, X, y, sample_weight)
    target = np.asarray(given.classes if given.y is None else given.y)
    n = len(given.x)
    chosen = np.arange(n)
    if n > MAX_ROWS:
        chosen = np.sort(engine.permutation(n, training.seed)[:MAX_ROWS])
    weight = None if given.weights is None else given.weights[chosen]
    if weight is not None and not weight.any():  # the trace needs a row that counts
        weight = None
    trace = engine.trace(
        spec, params, given.x[chosen], target[chosen], training, sample_weight=weight, state=state
    )
    seen = Evidence(
        spec=spec,
        training=training,
        history=history,
        trace=trace,
        y=target,
        weights=given.weights,
        rows=chosen,
        columns=columns or names.inputs or [f"x{k}" for k in range(spec.n_features)],
        labels=names.outputs,
    )
    found = list(first_overflow(seen, params, given, target, state))
    checked = {"non-finite": TABLE["non-finite"].looks_for}
    finite = all(np.isfinite(np.asarray(z)).all() for z in trace.z[1:])
    skipped: dict[str, str] = {}
    for code, (detect, needs_history, needs_validation) in _DETECTORS.items():
        if needs_history and not history.loss:
            skipped[code] = "no epoch has been completed"
        elif code in _NEEDS_FINITE and not finite:
            skipped[code] = "the recorded step is not finite"
        elif needs_validation and not history.validation_loss:
            skipped[code] = "there were no validation rows"
        else:
            checked[code] = TABLE[code].looks_for
            found += detect(seen)
    order = list(TABLE)
    found.sort(key=lambda finding: order.index(finding.code))
    return Diagnosis(tuple(found), checked, skipped, n, len(chosen), history.n_epochs)
