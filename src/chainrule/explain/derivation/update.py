"""The optimizer's update of one parameter as equations: one builder per optimizer.

The last equation is always new parameter = old parameter, less decay, plus the step.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from chainrule.explain.derivation.asked import Asked
from chainrule.explain.derivation.step import Step
from chainrule.explain.notation.tree import (
    ONE,
    Equation,
    Node,
    Quantity,
    add,
    apply,
    minus,
    over,
    power,
    times,
)


class Update:
    """Equations of one step for one parameter."""

    def __init__(self, step: Step, asked: Asked) -> None:
        self.step, self.training, self.asked = step, step.training, asked
        self.recorded = step.recorded

    def equations(self) -> list[Equation]:
        """Clipping where it acts, the optimizer's moments, and the new parameter."""
        steps, change = UPDATE_RULES[self.training.optimizer](self)
        terms = [self.parameter, *self._decay(), change]
        left = self._here("new_", self.recorded.params_after)
        return [*self._clipping(), *steps, Equation(left, (add(*terms),))]

    def _here(self, prefix: str, arrays: dict[str, np.ndarray]) -> Quantity:
        """This parameter, its gradient or its new value."""
        asked = self.asked
        value = float(arrays[asked.tensor][asked.at])
        layer = asked.layer or None
        return Quantity(f"{prefix}{asked.kind.lower()}", value, layer, asked.unit, asked.source)

    @cached_property
    def parameter(self) -> Quantity:
        return self._here("", self.step.params)

    @cached_property
    def _raw(self) -> Quantity:
        return self._here("dL_d", self.recorded.grads)

    @cached_property
    def eta(self) -> Quantity:
        """The learning rate, times the factor of this parameter's group."""
        factor = self.training.learning_rate_factor(self.asked.tensor)
        return Quantity("learning_rate", self.training.learning_rate * factor)

    def constant(self, name: str) -> Quantity:
        return Quantity(name, self.training.constant(name))

    @cached_property
    def _norm(self) -> float:
        return float(np.sqrt(sum(float((g * g).sum()) for g in self.recorded.grads.values())))

    @property
    def clips(self) -> bool:
        """Whether the gradient is longer than `clip_norm`."""
        return self.training.clip_norm is not None and self._norm > self.training.clip_norm

    @cached_property
    def g(self) -> Quantity:
        """The gradient that the optimizer sees: dL/dw, or g where clipping acts."""
        clipping = self._clipping()
        return clipping[0].left if clipping else self._raw

    def _clipping(self) -> list[Equation]:
        if not self.clips:
            return []
        limit = Quantity("clip_norm", float(self.training.clip_norm or 0.0))
        right = times(self._raw, over(limit, Quantity("gradient_norm", self._norm)))
        return [Equation(Quantity("gradient", right.value), (right,), "clipped")]

    def _decay(self) -> list[Node]:
        factor = self.training.weight_decay_factor(self.asked.tensor)
        size = self.training.weight_decay * factor
        if not size:
            return []
        return [minus(times(self.eta, Quantity("weight_decay", size), self.parameter))]

    def moment(self, name: str) -> Quantity:
        """A moment before the step; 0 at the start."""
        moments = self.recorded.state_before.moments
        key = f"{name}.{self.asked.tensor}"
        return Quantity(name, float(moments[key][self.asked.at]) if key in moments else 0.0)

    def new_moment(self, name: str) -> Quantity:
        value = self.recorded.state_after.moments[f"{name}.{self.asked.tensor}"][self.asked.at]
        return Quantity(f"new_{name}", float(value))

    def beta_power(self, beta: str) -> Quantity:
        """beta^t after the step."""
        power = getattr(self.recorded.state_after, f"{beta}_power")
        return Quantity(f"{beta}_power", float(power))

    def unbiased(self, kind: str, moment: str, beta: str) -> Equation:
        """moment / (1 - beta^t), which undoes the start at 0."""
        right = over(self.new_moment(moment), add(ONE, minus(self.beta_power(beta))))
        return Equation(Quantity(kind, right.value), (right,), self.t)

    @property
    def t(self) -> str:
        return f"t = {self.recorded.state_after.n_steps}"

    def corrected_rate(self) -> Equation:
        """eta_t = eta sqrt(1 - beta2^t) / (1 - beta1^t), both corrections in the rate."""
        second = apply("sqrt", add(ONE, minus(self.beta_power("beta2"))))
        right = over(times(self.eta, second), add(ONE, minus(self.beta_power("beta1"))))
        return Equation(Quantity("corrected_rate", right.value), (right,), self.t)


def _mix(rate: Quantity, old: Quantity, new: Node) -> Node:
    """rate old + (1 - rate) new: a moving average."""
    return add(times(rate, old), times(add(ONE, minus(rate)), new))


def sgd(u: Update) -> tuple[list[Equation], Node]:
    """theta' = theta - eta g."""
    return [], minus(times(u.eta, u.g))


def _velocity(u: Update) -> Equation:
    right = add(times(u.constant("momentum"), u.moment("velocity")), minus(times(u.eta, u.g)))
    return Equation(u.new_moment("velocity"), (right,))


def momentum(u: Update) -> tuple[list[Equation], Node]:
    """v' = mu v - eta g;  theta' = theta + v'."""
    return [_velocity(u)], u.new_moment("velocity")


def nesterov(u: Update) -> tuple[list[Equation], Node]:
    """v' = mu v - eta g;  theta' = theta + mu v' - eta g."""
    ahead = times(u.constant("momentum"), u.new_moment("velocity"))
    return [_velocity(u)], add(ahead, minus(times(u.eta, u.g)))


def adagrad(u: Update) -> tuple[list[Equation], Node]:
    """s' = s + g^2;  theta' = theta - eta g / (sqrt s' + eps)."""
    new = u.new_moment("square_sum")
    grown = Equation(new, (add(u.moment("square_sum"), power(u.g, 2)),))
    return [grown], _scaled(u, u.g, new)


def rmsprop(u: Update) -> tuple[list[Equation], Node]:
    """v' = rho v + (1 - rho) g^2;  theta' = theta - eta g / (sqrt v' + eps)."""
    new = u.new_moment("second_moment")
    mixed = Equation(new, (_mix(u.constant("rho"), u.moment("second_moment"), power(u.g, 2)),))
    return [mixed], _scaled(u, u.g, new)


def adam(u: Update) -> tuple[list[Equation], Node]:
    """m', v' by moving averages, both made unbiased;  theta' = theta - eta m^ / (sqrt v^ + eps);
    with `epsilon_hat` before the corrections:         theta' = theta - eta_t m' / (sqrt v' + eps).
    """
    m, v = u.new_moment("first_moment"), u.new_moment("second_moment")
    first = _mix(u.constant("beta1"), u.moment("first_moment"), u.g)
    second = _mix(u.constant("beta2"), u.moment("second_moment"), power(u.g, 2))
    steps = [Equation(m, (first,)), Equation(v, (second,))]
    if u.training.epsilon_hat:
        rate = u.corrected_rate()
        return [*steps, rate], _scaled(u, m, v, rate.left)
    m_hat = u.unbiased("first_unbiased", "first_moment", "beta1")
    v_hat = u.unbiased("second_unbiased", "second_moment", "beta2")
    return [*steps, m_hat, v_hat], _scaled(u, m_hat.left, v_hat.left)


def _scaled(u: Update, direction: Quantity, second: Quantity, rate: Quantity | None = None) -> Node:
    size = add(apply("sqrt", second), u.constant("epsilon"))
    return minus(over(times(rate or u.eta, direction), size))


UPDATE_RULES: dict[str, Callable[[Update], tuple[list[Equation], Node]]] = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adam": adam,
    "adamw": adam,
}
