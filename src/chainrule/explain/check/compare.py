"""Two gradients of one tensor side by side, on a scale that knows how much rounding there is."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from chainrule.engine import Trace
from chainrule.explain.check.gradient_check import LIMITS, Entry
from chainrule.explain.check.kinks import KinkSearch
from chainrule.explain.derivation.kinds import kind_of
from chainrule.explain.derivation.wiring import wires
from chainrule.reference.layers import own
from chainrule.reference.losses import OF_LOGITS, row_shares, targets
from chainrule.spec import NetworkSpec, Placed, TrainingSpec

MAX_KINK_SEARCH = 200  # differing central differences looked at per tensor
Params = dict[str, np.ndarray]


def compare_at(
    name: str,
    g: np.ndarray,
    reference: np.ndarray,
    places: np.ndarray,
    method: str,
    scale: float,
    *,
    aside: np.ndarray | None = None,
    slack: float = 0.0,
    across: KinkSearch | None = None,
) -> Entry:
    """The worst place of one tensor by one method, those across a kink set aside."""
    at = g[places]
    difference = np.abs(at - reference)
    if aside is not None:
        difference[aside] = 0.0
    scale = max(scale, np.finfo(np.float64).tiny)
    excess = np.maximum(difference - slack, 0.0)
    allowed = LIMITS[method] * scale
    n_kinks = 0 if aside is None else int(aside.sum())
    if across is not None:
        for k in np.argsort(-excess)[:MAX_KINK_SEARCH]:
            if not excess[k] > allowed or not across(name, int(places[k])):
                break
            excess[k] = difference[k] = 0.0
            n_kinks += 1
    finite = np.isfinite(difference)
    worst = int(np.argmax(excess)) if finite.all() else int(np.argmin(finite))
    return Entry(
        tensor=name,
        place=int(places[worst]),
        method=method,
        analytic=float(at[worst]),
        reference=float(reference[worst]),
        error=float(difference[worst] / scale) if finite.all() else float("inf"),
        severity=float(excess[worst] / allowed) if finite.all() else float("inf"),
        n_checked=len(places),
        n_kinks=n_kinks,
    )


def rounding_scale(
    trace: Trace, y: np.ndarray, weight: np.ndarray | None, training: TrainingSpec
) -> dict[str, float]:
    """Per tensor, the largest sum of absolute terms behind one gradient.

    The backward pass over absolute values, started from |a| + |y| instead of a - y. Masks, which
    are near 1 on average, are left out.
    """
    spec, rows = trace.spec, targets(trace.spec, y)
    share = row_shares(len(rows), weight, training.reduction)
    made = [layer.out for layer in trace.layers]
    reads = {wire.at.index: wire for wire in wires(spec)}
    found: dict[str, float] = {}

    def sizes(at: Placed, d: np.ndarray) -> np.ndarray | None:
        """The absolute terms of dl/din of one layer from those of dl/dout."""
        wire = reads[at.index]
        a = trace.x if wire.source is None else made[wire.source.index]
        inside = [partial(sizes, part) for part in at.inside]
        back, grads = kind_of(at).sizes(
            at,
            own(at, trace.params_before),
            a[:, wire.first : wire.first + at.n_in],
            d,
            share,
            *inside,
        )
        found.update({at.name(family): float(terms.max()) for family, terms in grads.items()})
        return back

    d: Any = np.abs(trace.a[-1]) + np.abs(rows)
    slope = trace.slope[-1]
    if slope is not None and spec.loss.name not in OF_LOGITS:
        d = d * np.abs(slope)
    last = spec.dense_places[-1].index
    for at in reversed([at for at in spec.placed if at.index <= last]):
        d = sizes(at, d)
    share_of_penalty = 1.0 / trace.weight_sum if training.penalty_per_batch else 1.0
    for name, parameter in spec.parameters.items():
        if parameter.is_weight:
            largest = np.abs(trace.params_before[name]).max()
            found[name] += share_of_penalty * (training.l1 + training.l2 * float(largest))
    return found


def from_penalty_kink(
    spec: NetworkSpec, params: Params, name: str, training: TrainingSpec
) -> np.ndarray:
    """Distance of each weight (flat) from 0, where l1 |w| has its kink; inf without one."""
    flat = params[name].reshape(-1)
    if training.l1 and spec.parameters[name].is_weight:
        return np.abs(flat)
    return np.full(flat.shape, np.inf)


def floor_of(noise: float, dtype: Any, limit: float) -> float:
    """The scale below which 8 roundings of the terms would exceed the limit."""
    return 8 * float(np.finfo(dtype).eps) * noise / limit
