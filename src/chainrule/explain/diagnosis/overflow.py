"""Where the finite numbers were left first: the diverged step, taken again and recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.explain.derivation.asked import owner
from chainrule.explain.diagnosis.detectors import TABLE, finding
from chainrule.explain.diagnosis.evidence import Evidence
from chainrule.explain.diagnosis.findings import Finding
from chainrule.spec import TrainingState


def first_overflow(
    seen: Evidence,
    params: dict[str, np.ndarray],
    rows: engine.TrainingRows,
    target: np.ndarray,
    state: TrainingState | None,
) -> Iterator[Finding]:
    """The first quantity, layer, unit, batch and row that is infinite or NaN.

    A diverged training keeps the parameters of its last finite epoch. From them the batches of the
    next epoch are taken again, one recorded step each, until one leaves the finite numbers.
    """
    place = _in_trace(seen, seen.trace, seen.rows)
    if place:
        yield _finding(seen, place, "in a step over these rows")
    elif seen.history.stop_reason == "diverged":
        yield from _replay(seen, params, rows, target, state)


def _replay(
    seen: Evidence,
    params: dict[str, np.ndarray],
    rows: engine.TrainingRows,
    target: np.ndarray,
    state: TrainingState | None,
) -> Iterator[Finding]:
    training, n = seen.training, seen.n
    epoch = state.epoch if state else seen.history.n_epochs
    size = min(training.batch_size or n, n)
    order = np.arange(n)
    if training.shuffle and training.batch_size is not None:
        order = engine.permutation(n, training.seed, "shuffle", epoch)
    starts = range(0, n, size)[: int(TABLE["non-finite"]["replayed_steps"])]
    for batch, start in enumerate(starts):
        chosen = np.asarray(order[start : start + size])
        weight = None if rows.weights is None else rows.weights[chosen]
        if weight is not None and not weight.any():
            continue
        step = engine.trace(
            seen.spec,
            params,
            rows.x[chosen],
            target[chosen],
            training,
            sample_weight=weight,
            state=state,
        )
        place = _in_trace(seen, step, chosen)
        if place:
            found = {**place, "batch": batch, "epoch": epoch}
            yield _finding(seen, found, f"in batch {batch} of epoch {epoch}")
            return
        params, state = step.params_after, step.state_after
    yield _finding(
        seen,
        {"quantity": "the loss"},
        f"in epoch {epoch}, and not when its batches were taken again on these rows",
    )


def _in_trace(seen: Evidence, step: engine.Trace, rows: np.ndarray) -> dict[str, Any] | None:
    """The first number of a step, in the order of computation, that is not finite."""
    L = seen.spec.n_layers
    forward = [(kind, l, series[l]) for l in range(1, L + 1) for kind, series in
               (("z", step.z), ("a", step.a))]  # fmt: skip
    backward = [("delta", l, step.delta[l]) for l in range(L, 0, -1)]
    for kind, l, array in [*forward, ("loss", L, step.losses[:, np.newaxis]), *backward]:
        bad = np.argwhere(~np.isfinite(np.asarray(0.0 if array is None else array)))
        if len(bad):
            row, unit = (int(k) for k in bad[0])
            of_unit = kind if kind == "loss" else f"{kind} of unit {unit}, layer {l}"
            return {
                "quantity": f"{of_unit}, row {int(rows[row])}",
                "kind": kind,
                "layer": l,
                "unit": unit,
                "row": int(rows[row]),
            }
    for kind, arrays in (("dL_d", step.grads), ("the updated ", step.params_after)):
        for name, array in arrays.items():
            if not np.isfinite(array).all():
                number = owner(step.spec, name).number
                return {"quantity": f"{kind}{name}", "kind": kind.strip(), "layer": number}
    if not np.isfinite(step.loss):
        return {"quantity": "the sum of the losses", "kind": "loss"}
    return None


def _finding(seen: Evidence, place: dict[str, Any], where: str) -> Finding:
    evidence = {**place, "where": where, "lower_rate": seen.lower_rate}
    layer, unit = place.get("layer"), place.get("unit")
    return finding("non-finite", evidence, layer, () if unit is None else (unit,))
