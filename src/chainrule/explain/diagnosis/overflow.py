"""Where the finite numbers were left first: the diverged step, taken again and recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.explain.derivation.asked import owner
from chainrule.explain.diagnosis.detectors import Level, Seen, looks_for
from chainrule.explain.diagnosis.evidence import Evidence

Limits = Mapping[str, float]


@looks_for(
    "a number that is infinite or NaN",
    Level.SYMPTOM,
    "{quantity} overflowed first, {where}",
    remedies=(
        {"learning_rate": "{lower_rate}", "clip_norm": 1.0},
        {"learning_rate": "{lower_rate}"},
        {"standardise_inputs": True},
    ),
    advice="look at the weights that the training started from",
    limits={"replayed_steps": 2000},
)
def non_finite(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """The first quantity, layer, unit, batch and row that is infinite or NaN.

    A diverged training keeps the parameters of its last finite epoch. From them the batches of the
    next epoch are taken again, one recorded step each, until one leaves the finite numbers.
    """
    place = _in_trace(seen, seen.trace, seen.rows)
    if place:
        yield _seen(seen, place, "in a step over these rows")
    elif seen.history.stop_reason == "diverged":
        yield _replay(seen, int(limits["replayed_steps"]))


def _replay(seen: Evidence, most: int) -> Seen:
    training, n, params, state = seen.training, seen.n, seen.params, seen.state
    epoch = state.epoch if state else seen.history.n_epochs
    size = min(training.batch_size or n, n)
    order = np.arange(n)
    if training.shuffle and training.batch_size is not None:
        order = engine.permutation(n, training.seed, "shuffle", epoch)
    starts = range(0, n, size)[:most]
    for batch, start in enumerate(starts):
        chosen = np.asarray(order[start : start + size])
        weight = None if seen.weights is None else seen.weights[chosen]
        if weight is not None and not weight.any():
            continue
        step = engine.trace(
            seen.spec,
            params,
            seen.x[chosen],
            seen.y[chosen],
            training,
            sample_weight=weight,
            state=state,
        )
        place = _in_trace(seen, step, chosen)
        if place:
            found = {**place, "batch": batch, "epoch": epoch}
            return _seen(seen, found, f"in batch {batch} of epoch {epoch}")
        params, state = step.params_after, step.state_after
    return _seen(
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


def _seen(seen: Evidence, place: dict[str, Any], where: str) -> Seen:
    layer, unit = place.get("layer"), place.get("unit")
    numbers = {**place, "where": where, "lower_rate": seen.lower_rate}
    return Seen(numbers, layer, () if unit is None else (unit,))
