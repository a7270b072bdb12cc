"""`check_gradients`: every gradient of the engine against derivatives that know no chain rule.

Three comparisons. In float64 the engine's gradient against the complex step of `reference/` (exact
to rounding) and against central differences of the engine's own loss; for a float32 network its
float32 gradient against the float64 one.

    error = max |g - g_ref| / max( max |g_ref|, 1e-3 largest gradient of the net, rounding floor )

per tensor. The rounding floor is what a few roundings of the terms in a gradient amount to, which
exceeds the gradient itself once training has converged; it is taken from the same backward pass
over absolute values.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.errors import SpecError
from chainrule.explain.check.compare import compare_at, floor_of, from_penalty_kink, rounding_scale
from chainrule.explain.check.gradient_check import LIMITS, GradientCheck, TensorCheck
from chainrule.explain.check.kinks import (
    STEP,
    Kink,
    KinkSearch,
    crossed,
    on_kink,
    reference_sides,
    traced_sides,
)
from chainrule.explain.derivation.names import Names
from chainrule.reference.gradients import complex_step, frozen_masks
from chainrule.spec import NetworkSpec, TrainingSpec

__all__ = ["GradientCheck", "check_gradients"]

MAX_ALL = 10_000  # parameters; larger networks are sampled
SAMPLE = 500  # parameters of each tensor in a sample
COMPLEX_BUDGET = 5e8  # multiply-adds that the complex steps may take
EPSILON = float(np.finfo(np.float64).eps)

Params = dict[str, np.ndarray]
Indices = dict[str, np.ndarray]


def check_gradients(
    spec: NetworkSpec,
    params: Params,
    X: np.ndarray,
    y: np.ndarray,
    training: TrainingSpec | None = None,
    *,
    sample_weight: np.ndarray | None = None,
    dropout_epoch: int | None = None,
    parameters: str | Sequence[str] | None = None,
    seed: int = 0,
    names: Names | None = None,
) -> GradientCheck:
    """Check the engine's gradients of the total loss on these rows.

    Parameters
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
        The network's parameters; float32 ones are checked in float64 and in float32.
    X : ndarray (n, n_features)
    y : ndarray
        Targets as `engine.fit` takes them.
    training : TrainingSpec, optional
        Reduction and penalties; the defaults of `fit` otherwise.
    sample_weight : ndarray (n,), optional
    dropout_epoch : int, optional
        Freezes the dropout masks of that epoch; None switches dropout off.
    parameters : str or sequence of str, optional
        Tensors to check ("W1", "b2"); all by default.
    seed : int
        Chooses the sample: every parameter of networks up to 10,000, else 500 of each tensor. The
        complex step takes a part of those where it would take more than about a second.
    names : Names, optional
        Names of inputs and outputs, shown beside indices.

    Returns
    -------
    GradientCheck
        `.ok`, `.worst`, `.tensors` ranked from the largest error; prints as a table. Rows on a kink
        and central differences across one are counted and reported, not failed.
    """
    started = time.perf_counter()
    training = TrainingSpec() if training is None else training
    wanted = _wanted(spec, parameters)
    full = {name: np.ascontiguousarray(w, np.float64) for name, w in params.items()}
    rows = engine.TrainingRows.of(spec, np.dtype(np.float64), X, y, sample_weight)
    X64, y = rows.x, np.asarray(rows.classes if rows.y is None else rows.y)
    sample_weight = rows.weights
    options: dict[str, Any] = {"dropout_epoch": dropout_epoch}
    trace = engine.trace(spec, full, X64, y, training, sample_weight=sample_weight, **options)
    lowered = _float32(params)
    kinks = _kinks(spec, full, lowered, X64, y, training, trace, dropout_epoch)
    weight = _without(kinks, len(X64), sample_weight)
    loss, grads = engine.gradients(spec, full, X64, y, training, sample_weight=weight, **options)
    chosen = _choose(params, wanted, seed)
    exact_at = _thin(spec, chosen, len(X64))
    exact = complex_step(
        spec, full, X64, y, training, sample_weight=weight, indices=exact_at, **options
    )
    central = engine.numeric_gradients(
        spec, full, X64, y, training, sample_weight=weight, indices=chosen, **options
    )
    grads32: Params = {}
    if lowered:
        weight32 = None if weight is None else weight.astype(np.float32)
        X32 = X64.astype(np.float32)
        y32 = np.asarray(y, np.float32) if np.asarray(y).dtype.kind == "f" else y
        _, grads32 = engine.gradients(
            spec, lowered, X32, y32, training, sample_weight=weight32, **options
        )
    noise = rounding_scale(trace, y, weight, training)
    largest = max(float(np.abs(g).max()) for g in grads.values())
    across = KinkSearch(spec, full, X64, y, frozen_masks(spec, len(X64), training, dropout_epoch))
    tensors = []
    for name in wanted:
        g = grads[name].reshape(-1)
        scale = max(float(np.abs(g).max()), 1e-3 * largest)
        floor = floor_of(noise[name], np.float64, LIMITS["complex step"])
        distance = from_penalty_kink(spec, full, name, training)
        compare = partial(compare_at, name, g, scale=max(scale, floor))
        at, slack = exact_at[name], 10 * EPSILON * abs(loss) / STEP  # rounding of the differences
        parts = [
            compare(exact[name], at, "complex step", aside=distance[at] == 0),
            compare(
                central[name], chosen[name], "central difference",
                aside=distance[chosen[name]] < STEP, slack=slack, across=across,
            ),
        ]  # fmt: skip
        if grads32:
            low = grads32[name].reshape(-1).astype(np.float64)
            floor32 = floor_of(noise[name], np.float32, LIMITS["float32"])
            everywhere = np.arange(g.size)
            parts.append(compare_at(name, low, g, everywhere, "float32", max(scale, floor32)))
        tensors.append(TensorCheck(name, params[name].shape, float(np.abs(g).max()), tuple(parts)))
    return GradientCheck(
        tensors=tuple(sorted(tensors, key=lambda tensor: -tensor.severity)),
        n_parameters=spec.n_parameters,
        n_rows=len(X64),
        dtype="float32" if lowered else "float64",
        loss=float(loss),
        kinks=tuple(kinks),
        seed=seed,
        seconds=time.perf_counter() - started,
        names=names or Names(spec),
    )


def _wanted(spec: NetworkSpec, parameters: str | Sequence[str] | None) -> list[str]:
    known = list(spec.parameter_shapes)
    if parameters is None:
        return known
    asked = [parameters] if isinstance(parameters, str) else list(parameters)
    for name in asked:
        if name not in known:
            raise SpecError(f"unknown parameter {name!r}; the parameters are {', '.join(known)}.")
    return asked


def _float32(params: Params) -> Params:
    """The parameters when they are float32, else none."""
    single = all(w.dtype == np.float32 for w in params.values())
    return dict(params) if single else {}


def _kinks(
    spec: NetworkSpec,
    full: Params,
    lowered: Params,
    X: np.ndarray,
    y: np.ndarray,
    training: TrainingSpec,
    trace: engine.Trace,
    dropout_epoch: int | None,
) -> list[Kink]:
    """Where the computations compared below stand on different sides of a kink."""
    mine = traced_sides(trace, y)
    if not mine:
        return []
    masks = frozen_masks(spec, len(X), training, dropout_epoch)
    found = on_kink(spec, mine)
    found += crossed(spec, mine, reference_sides(spec, full, X, y, masks))
    if lowered:
        low = engine.trace(
            spec, lowered, X.astype(np.float32), y, training, dropout_epoch=dropout_epoch
        )
        found += crossed(spec, mine, traced_sides(low, y))
    return list(dict.fromkeys(found))


def _without(kinks: Sequence[Kink], n: int, sample_weight: np.ndarray | None) -> np.ndarray | None:
    """Row weights with 0 for rows on a kink; unchanged when no row would be left."""
    if not kinks:
        return sample_weight
    weight = np.ones(n) if sample_weight is None else np.array(sample_weight, np.float64)
    weight[sorted({kink.row for kink in kinks})] = 0.0
    return weight if weight.sum() > 0 else sample_weight


def _choose(params: Params, wanted: Sequence[str], seed: int) -> Indices:
    """Flat places to check in each tensor."""
    total = sum(params[name].size for name in wanted)
    chosen = {}
    for place, name in enumerate(wanted):
        size = params[name].size
        if total <= MAX_ALL or size <= SAMPLE:
            chosen[name] = np.arange(size)
        else:
            rng = np.random.default_rng([seed, place])
            chosen[name] = np.sort(rng.choice(size, SAMPLE, replace=False))
    return chosen


def _thin(spec: NetworkSpec, chosen: Indices, n_rows: int) -> Indices:
    """Evenly fewer places where all complex steps together would take too long."""
    cost = 8.0 * n_rows * sum(a * b for a, b in pairwise(spec.layer_sizes))
    affordable = max(int(COMPLEX_BUDGET / cost / len(chosen)), 8)
    thinned = {}
    for name, places in chosen.items():
        keep = np.unique(np.linspace(0, len(places) - 1, min(affordable, len(places))).astype(int))
        thinned[name] = places[keep]
    return thinned
