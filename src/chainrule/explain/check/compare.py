"""Two gradients of one tensor side by side, on a scale that knows how much rounding there is."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.explain.check.gradient_check import LIMITS, Entry
from chainrule.explain.check.kinks import KinkSearch
from chainrule.reference.activations import activation
from chainrule.reference.layers import weight_scale
from chainrule.reference.losses import row_shares, targets
from chainrule.reference.stem import (
    TURN,
    categories_backward,
    embed,
    level_places,
    per_column,
)
from chainrule.spec import NetworkSpec, TrainingSpec

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
    spec: NetworkSpec,
    params: Params,
    trace: Any,
    X: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray | None,
    training: TrainingSpec,
) -> dict[str, float]:
    """Per tensor, the largest sum of absolute terms behind one gradient.

    The backward pass with |W|, |a| and |slope|, started from |a| + |y| instead of a - y. Masks,
    which are near 1 on average, are left out.
    """
    rows = targets(spec, y)
    share = row_shares(len(rows), weight, training.reduction)[:, np.newaxis]
    d = np.abs(trace.a[-1]) + np.abs(rows)
    if spec.loss.name not in ("cross_entropy", "binary_cross_entropy", "poisson"):
        d = d * np.abs(trace.slope[-1])
    out: dict[str, float] = {}
    for number in range(spec.n_layers, 0, -1):
        W, a_in = np.abs(params[f"W{number}"]), np.abs(trace.a[number - 1])
        scale = weight_scale(W, spec.dense[number - 1].ntk)
        penalties = training.l1 + training.l2 * W.max()
        out[f"W{number}"] = float(scale * ((share * d).T @ a_in).max() + penalties)
        out[f"b{number}"] = float((share * d).sum(axis=0).max())
        d = d @ W * scale
        if number > 1 and spec.dense[number - 2].blend:
            z = trace.z[number - 1]
            bend = np.abs(activation(spec.dense[number - 2].activation, z)) + np.abs(z)
            out[f"blend{number - 1}"] = float((share * d * bend).sum(axis=0).max())
        if number > 1:
            d = d * np.abs(trace.slope[number - 1])
    return out | (_stem_scale(spec, params, X, share * d) if spec.has_stem else {})


def _stem_scale(
    spec: NetworkSpec, params: Params, X: np.ndarray, d: np.ndarray
) -> dict[str, float]:
    """The same before layer 1, from the absolute terms d (n, n_0) of dl/da(0), shares included;
    |cos u| and |sin u| are taken for 1."""
    out: dict[str, float] = {}
    if spec.scale:
        out["scale"] = float((d * np.abs(embed(spec, params, X))).sum(axis=0).max())
        d = d * np.abs(params["scale"])
    if periodic := spec.periodic:
        n, columns, width = len(X), periodic.columns, periodic.outputs + 1
        waves = d[:, : columns * width].reshape(n, columns, width)[..., :-1]
        mix = np.abs(per_column(params["mix"], params["shift"]))
        angles = np.einsum("nco,cok->nck", waves, mix)
        out["mix"] = out["shift"] = float(waves.sum(axis=0).max())
        out["phase"] = float(angles.sum(axis=0).max())
        x = TURN * np.abs(X[:, :columns, np.newaxis])
        out["freq"] = float((x * angles).sum(axis=0).max())
    if categories := spec.categories:
        coded, width = len(categories.levels), len(categories.levels) * categories.units
        places = level_places(categories.levels, X[:, -coded:])
        met = categories_backward(params["levels"], places, d[:, -width:], np.ones(len(X)))
        out["levels"] = float(met.max())
    return out


def from_penalty_kink(w: np.ndarray, name: str, training: TrainingSpec) -> np.ndarray:
    """Distance of each weight (flat) from 0, where l1 |w| has its kink; inf without one."""
    flat = w.reshape(-1)
    return np.abs(flat) if training.l1 and name[0] == "W" else np.full(flat.shape, np.inf)


def floor_of(noise: float, dtype: Any, limit: float) -> float:
    """The scale below which 8 roundings of the terms would exceed the limit."""
    return 8 * float(np.finfo(dtype).eps) * noise / limit
