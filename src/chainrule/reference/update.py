"""Update: what the optimizer adds to the parameters, as pure functions.

In a rule, g is the gradient, eta the learning rate of the tensor, t = 1, 2, ... the number of the
step, m the tensor's moments and c(name) a constant of the optimizer. The rule returns what is added
to the tensor and its new moments. Where books differ, PyTorch's form at a constant rate holds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from chainrule.reference.arrays import Array, Params
from chainrule.spec import OPTIMIZERS, TrainingSpec, TrainingState

Moments = dict[str, Array]
Constant = Callable[[str], float]
Change = tuple[Array, Moments]
Rule = Callable[[Array, float, int, Moments, Constant], Change]


def sgd(g: Array, eta: float, t: int, m: Moments, c: Constant) -> Change:
    """w <- w - eta g."""
    return -eta * g, {}


def momentum(g: Array, eta: float, t: int, m: Moments, c: Constant) -> Change:
    """v <- mu v - eta g;  w <- w + v."""
    v = c("momentum") * m["velocity"] - eta * g
    return v, {"velocity": v}


def nesterov(g: Array, eta: float, t: int, m: Moments, c: Constant) -> Change:
    """v <- mu v - eta g;  w <- w + mu v - eta g, with the new v."""
    v = c("momentum") * m["velocity"] - eta * g
    return c("momentum") * v - eta * g, {"velocity": v}


def adagrad(g: Array, eta: float, t: int, m: Moments, c: Constant) -> Change:
    """s <- s + g^2;  w <- w - eta g / (sqrt(s) + epsilon)."""
    s = m["square_sum"] + g * g
    return -eta * g / (np.sqrt(s) + c("epsilon")), {"square_sum": s}


def rmsprop(g: Array, eta: float, t: int, m: Moments, c: Constant) -> Change:
    """s <- rho s + (1 - rho) g^2;  w <- w - eta g / (sqrt(s) + epsilon)."""
    s = c("rho") * m["second_moment"] + (1.0 - c("rho")) * g * g
    return -eta * g / (np.sqrt(s) + c("epsilon")), {"second_moment": s}


def adam(g: Array, eta: float, t: int, m: Moments, c: Constant) -> Change:
    """first <- beta1 first + (1 - beta1) g;  second <- beta2 second + (1 - beta2) g^2.

    w <- w - eta first' / (sqrt(second') + epsilon), where first' and second' are divided by
    1 - beta^t because they began at 0; with `epsilon_hat` the quotient is
    sqrt(1 - beta2^t) first' / (sqrt(second) + epsilon).
    """
    first = c("beta1") * m["first_moment"] + (1.0 - c("beta1")) * g
    second = c("beta2") * m["second_moment"] + (1.0 - c("beta2")) * g * g
    unbiased_first = first / (1.0 - c("beta1") ** t)
    unbiased_second = second / (1.0 - c("beta2") ** t)
    epsilon = c("epsilon") / (math.sqrt(1.0 - c("beta2") ** t) if c("epsilon_hat") else 1.0)
    change = -eta * unbiased_first / (np.sqrt(unbiased_second) + epsilon)
    return change, {"first_moment": first, "second_moment": second}


# The rule of each optimizer. adamw is adam; its decay is in `update`.
RULES: dict[str, Rule] = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adam": adam,
    "adamw": adam,
}


def init(training: TrainingSpec, params: Params) -> TrainingState:
    """The state before the first step: all moments are 0."""
    kinds = OPTIMIZERS[training.optimizer].moments
    moments = {f"{kind}.{name}": np.zeros_like(w) for name, w in params.items() for kind in kinds}
    return TrainingState(training.optimizer, moments=moments)


def update(
    training: TrainingSpec,
    params: Params,
    grads: Params,
    state: TrainingState,
    factor: float = 1.0,
    decay_factor: float = 1.0,
) -> tuple[Params, TrainingState]:
    """One step: clip the gradients, then for each tensor decay it and apply the optimizer's rule.

    Parameters
    ----------
    training : TrainingSpec
    params, grads : dict of str to ndarray
    state : TrainingState
    factor, decay_factor : float
        Of the schedules, on the learning rate and on the weight decay.

    Returns
    -------
    updates : dict of str to ndarray
        What is added to the parameters, decay included.
    state : TrainingState
    """
    rule, kinds = RULES[training.optimizer], OPTIMIZERS[training.optimizer].moments
    grads = clip(grads, training.clip_norm)
    t = state.n_steps + 1
    updates: Params = {}
    moments: Moments = {}
    for name, w in params.items():
        eta = training.learning_rate * factor * training.learning_rate_factor(name)
        rate = training.weight_decay * decay_factor * training.weight_decay_factor(name)
        decay = -eta * rate * w
        before = {kind: state.moments[f"{kind}.{name}"] for kind in kinds}
        change, after = rule(grads[name], eta, t, before, training.constant)
        updates[name] = decay + change
        moments |= {f"{kind}.{name}": moment for kind, moment in after.items()}
    beta1_power, beta2_power = training.constant("beta1") ** t, training.constant("beta2") ** t
    return updates, replace(
        state, n_steps=t, moments=moments, beta1_power=beta1_power, beta2_power=beta2_power
    )


def clip(grads: Params, limit: float | None) -> Params:
    """g min(1, limit / ||g||), where ||g|| is the Euclidean norm of all gradients together."""
    norm = math.sqrt(sum(float((g * g).sum()) for g in grads.values()))
    if limit is None or norm <= limit:
        return grads
    return {name: g * (limit / norm) for name, g in grads.items()}
