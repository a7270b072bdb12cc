"""L-BFGS over the engine's full-batch gradients, by `scipy.optimize`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from chainrule import engine
from chainrule.errors import DivergedError
from chainrule.spec import NetworkSpec, TrainingSpec

Array = np.ndarray
Params = dict[str, Array]


@dataclass(frozen=True)
class Minimum:
    """Where L-BFGS ended.

    Attributes
    ----------
    params : dict of str to ndarray
        float64.
    loss : float
        The total, penalty included.
    n_iter : int
    failure : str
        Why it has not converged; empty when it has.
    """

    params: Params
    loss: float
    n_iter: int
    failure: str


def minimize_loss(
    spec: NetworkSpec,
    params: Params,
    X: Array,
    y: Array,
    alpha: float,
    *,
    sample_weight: Array | None = None,
    max_iter: int = 200,
    max_fun: int = 15000,
    tol: float = 1e-4,
    n_threads: int | None = None,
    report: Callable[[int, float], None] | None = None,
) -> Minimum:
    """Minimise mean loss + alpha sum W^2 / (2 sum s), where s are the row weights.

    Of several squared errors it minimises the sum over outputs, whose gradient it follows;
    scikit-learn follows that gradient too, but compares their means.

    It computes in float64 whatever the type of the rows, because a line search near the minimum
    compares losses that float32 cannot tell apart.

    Parameters
    ----------
    tol : float
        Ends when the largest element of the gradient is at most this.
    report : callable, optional
        Called as report(iteration, loss) after each iteration.
    """
    # With momentum 0 and rate 1, the velocity that one step leaves is the gradient with its sign
    # changed: the loss and its gradient on the fast path, all threads at work.
    training = TrainingSpec(
        optimizer="momentum",
        momentum=0.0,
        learning_rate=1.0,
        epochs=1,
        batch_size=None,
        l2=alpha,
        penalty_per_batch=True,
        n_threads=n_threads,
    )
    names = list(spec.parameter_shapes)
    X = X.astype(np.float64, copy=False)
    latest = np.inf

    def loss_and_gradient(flat: Array) -> tuple[float, Array]:
        nonlocal latest
        try:
            step = engine.fit(
                spec, unpacked(spec, flat), X, y, training,
                sample_weight=sample_weight, recovers=False,
            )  # fmt: skip
        except DivergedError:
            return np.inf, np.zeros_like(flat)
        if step.history.interrupted:
            raise KeyboardInterrupt
        latest = step.history.loss[0] + step.history.penalty[0]
        moments = step.state.moments
        return latest, -np.concatenate([moments[f"velocity.{name}"].ravel() for name in names])

    iterations = 0

    def iterated(_: Any) -> None:
        nonlocal iterations
        iterations += 1
        if report is not None:
            report(iterations, latest)

    found = minimize(
        loss_and_gradient,
        np.concatenate([params[name].astype(np.float64).ravel() for name in names]),
        method="L-BFGS-B",
        jac=True,
        callback=iterated,
        options={"maxfun": max_fun, "maxiter": max_iter, "gtol": tol},
    )
    failure = "" if found.status == 0 else str(found.message)
    n_iter = min(int(found.nit), max_iter)
    return Minimum(unpacked(spec, found.x), float(found.fun), n_iter, failure)


def unpacked(spec: NetworkSpec, flat: Array) -> Params:
    """The parameters by name from one vector in storage order."""
    params, start = {}, 0
    for name, shape in spec.parameter_shapes.items():
        size = int(np.prod(shape))
        params[name] = flat[start : start + size].reshape(shape)
        start += size
    return params
